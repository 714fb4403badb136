"""The pass for numeric literals: 3.0  ->  a closure variable that holds the trace's own Value."""

from __future__ import annotations

import ast
from typing import Any

from .body import Body
from .generated import literal_name

__all__ = ["Literals"]


class Literals(Body):
    """3.0  ->  __literal_0__ (bound to one Value a literal, however often it is evaluated).

    Stay as written: indices, slices, match patterns, annotations, decorators, the defaults and
    class-level values of nested definitions, and the texts of formats. `-2` is one literal.
    """

    def __init__(self) -> None:
        self.found: list[tuple[Any, ast.expr]] = []

    def _bind(self, value: Any, node: ast.expr) -> ast.expr:
        self.found.append((value, node))
        return ast.copy_location(ast.Name(literal_name(len(self.found) - 1), ast.Load()), node)

    def visit_Constant(self, node: ast.Constant) -> ast.expr:
        return self._bind(node.value, node) if type(node.value) in (int, float, complex) else node

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.AST:
        match node:
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() | complex() as value)):
                if not isinstance(value, bool):
                    return self._bind(-value, node)
        return self.generic_visit(node)

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        node.value = self.visit(node.value)
        return node
