"""The pass for private names: self.__x  ->  self._C__x, for a method compiled outside its class."""

from __future__ import annotations

import ast

__all__ = ["Private"]


class Private(ast.NodeTransformer):
    """self.__x  ->  self._C__x (Python Language Reference, 6.2.1: Identifiers)."""

    def __init__(self, class_name: str) -> None:
        self.prefix = "_" + class_name.lstrip("_")

    def _mangle(self, name: str) -> str:
        private = name.startswith("__") and not name.endswith("__") and "." not in name
        return self.prefix + name if private and self.prefix != "_" else name

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        node.name = self._mangle(node.name)
        node.bases = [self.visit(base) for base in node.bases]
        return node  # a class of its own mangles for itself

    def generic_visit(self, node: ast.AST) -> ast.AST:
        for field in ("id", "attr", "arg", "name", "asname", "rest"):
            value = getattr(node, field, None)
            if isinstance(value, str):
                setattr(node, field, self._mangle(value))
        if isinstance(node, ast.Global | ast.Nonlocal):
            node.names = [self._mangle(name) for name in node.names]
        return super().generic_visit(node)
