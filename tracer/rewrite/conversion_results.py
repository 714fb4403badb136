"""Rewrite what `__hash__`, `__int__` and their like return: the interpreter takes only a true number."""

from __future__ import annotations

import ast
from typing import Any, Final

from .generated import Hook
from .passes import Draft, Pass

__all__ = ["ConversionResults"]

# The interpreter takes nothing but a true bool, int, float or complex from these.
_CONVERSIONS: Final = {
    *("__bool__", "__hash__", "__int__", "__index__", "__float__", "__complex__"),
    *("__len__", "__length_hint__"),
}


class ConversionResults(Pass):
    """Return the number, not its handle, from a method that converts."""

    before = "def __hash__(self): return self.x"
    after = "def __hash__(self): return __tracer__.conversion_result(self.x)"
    conversion_result = Hook()

    def __init__(self, draft: Draft) -> None:
        super().__init__(draft)
        self._converts = False

    def _function(self, node: Any, *, converts: bool) -> Any:
        around, self._converts = self._converts, converts
        self.generic_visit(node)
        self._converts = around
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> Any:
        return self._function(node, converts=node.name in _CONVERSIONS)

    def visit_Return(self, node: ast.Return) -> Any:
        self.generic_visit(node)
        if self._converts and node.value is not None:
            node.value = self.conversion_result(node.value, at=node.value)
        return node
