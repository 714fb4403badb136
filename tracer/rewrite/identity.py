"""The pass for identity: x is y  ->  __tracer__.plain(x) is __tracer__.plain(y)."""

from __future__ import annotations

import ast

from .body import Body
from .generated import hook

__all__ = ["Identity"]


class Identity(Body):
    """x is y  ->  __tracer__.plain(x) is __tracer__.plain(y); `x is None` stays as written."""

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        self.generic_visit(node)
        sides = [node.left, *node.comparators]
        if (
            isinstance(node.ops[0], ast.Is | ast.IsNot)
            and len(node.ops) == 1
            and not any(map(_is_none, sides))
        ):
            node.left, node.comparators = _plain(node.left), [_plain(node.comparators[0])]
        return node


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _plain(node: ast.expr) -> ast.expr:
    return node if isinstance(node, ast.Constant) else hook("plain", [node], node)
