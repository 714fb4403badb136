"""Rewrite `is` and `is not`: numbers are compared, not the handles that stand for them."""

from __future__ import annotations

import ast

from .generated import Hook
from .passes import BodyPass

__all__ = ["Identity"]


class Identity(BodyPass):
    """Compare the numbers; a comparison with None stays as written."""

    before = "x is y, x is None"
    after = "__tracer__.unwrap(x) is __tracer__.unwrap(y), x is None"
    unwrap = Hook()

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        self.generic_visit(node)
        match node:
            case ast.Compare(ops=[ast.Is() | ast.IsNot()], comparators=[right]):
                if not _is_none(node.left) and not _is_none(right):
                    node.left, node.comparators = self._number(node.left), [self._number(right)]
        return node

    def _number(self, node: ast.expr) -> ast.expr:
        return node if isinstance(node, ast.Constant) else self.unwrap(node, at=node)


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None
