"""Rewrite private names, for a method that is compiled outside its class."""

from __future__ import annotations

import ast
from typing import Any

from .passes import Draft, Pass

__all__ = ["PrivateNames"]


class PrivateNames(Pass):
    """Mangle names as the compiler does in a class C (Python Language Reference, 6.2.1: Identifiers)."""

    before = "self.__x = __y"
    after = "self._C__x = _C__y"

    def __init__(self, draft: Draft) -> None:
        super().__init__(draft)
        self._prefix = "_" + (draft.class_name or "").lstrip("_")

    def visit(self, node: ast.AST) -> Any:
        """Change nothing outside a class, nor in one whose name is all underscores."""
        return super().visit(node) if self._prefix != "_" else node

    def _mangled(self, name: str) -> str:
        private = name.startswith("__") and not name.endswith("__") and "." not in name
        return self._prefix + name if private else name

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        node.name = self._mangled(node.name)
        node.bases = [self.visit(base) for base in node.bases]
        return node  # a class of its own mangles for itself

    def generic_visit(self, node: ast.AST) -> ast.AST:
        for field in ("id", "attr", "arg", "name", "asname", "rest"):
            value = getattr(node, field, None)
            if isinstance(value, str) and node is not self.draft.function:
                setattr(node, field, self._mangled(value))
        if isinstance(node, ast.Global | ast.Nonlocal):
            node.names = [self._mangled(name) for name in node.names]
        return super().generic_visit(node)
