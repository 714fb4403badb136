"""Rewrite numeric literals: each becomes a closure variable that holds the run's own handle for it."""

from __future__ import annotations

import ast
from typing import Any

from .passes import BodyPass, literal_name, placed

__all__ = ["Literals"]


class Literals(BodyPass):
    """Bind each literal to one variable, however often it is evaluated. `-2` is one literal.

    Stay as written: indices, slices, match patterns, annotations, decorators, the defaults and
    class-level values of nested definitions, and the texts of formats.
    """

    before = "x[1] * 3.0"
    after = "x[1] * __literal_0__"

    def _variable(self, value: Any, node: ast.expr) -> ast.expr:
        self.draft.literals.append((value, node))
        return placed(ast.Name(literal_name(len(self.draft.literals) - 1), ast.Load()), node)

    def visit_Constant(self, node: ast.Constant) -> ast.expr:
        return self._variable(node.value, node) if type(node.value) in (int, float, complex) else node

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.AST:
        match node:
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() | complex() as value)):
                if not isinstance(value, bool):
                    return self._variable(-value, node)
        return self.generic_visit(node)

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        node.value = self.visit(node.value)
        return node
