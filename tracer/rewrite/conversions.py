"""The pass for conversions: def __hash__(self): return x  ->  return __tracer__.result(x)."""

from __future__ import annotations

import ast
from typing import Any, Final

from .generated import hook

__all__ = ["Conversions"]

# The interpreter takes nothing but a true bool, int, float or complex from these.
_STRICT: Final = {
    *("__bool__", "__hash__", "__int__", "__index__", "__float__", "__complex__"),
    *("__len__", "__length_hint__"),
}


class Conversions(ast.NodeTransformer):
    """def __hash__(self): return x  ->  return __tracer__.result(x), the plain number."""

    def __init__(self) -> None:
        self._strict = False

    def _function(self, node: Any, strict: bool) -> Any:
        around, self._strict = self._strict, strict
        self.generic_visit(node)
        self._strict = around
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> Any:
        return self._function(node, node.name in _STRICT)

    def visit_Lambda(self, node: ast.Lambda) -> Any:
        return self._function(node, False)

    def visit_Return(self, node: ast.Return) -> Any:
        self.generic_visit(node)
        if self._strict and node.value is not None:
            node.value = hook("result", [node.value], node.value)
        return node
