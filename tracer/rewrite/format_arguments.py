"""Rewrite the arguments of formats that take a width from them, which must be a true int."""

from __future__ import annotations

import ast

from .generated import Hook
from .passes import BodyPass

__all__ = ["FormatArguments"]


class FormatArguments(BodyPass):
    """Give a `%` format with a `*` the numbers, not their handles."""

    before = "'%*d' % (width, n)"
    after = "'%*d' % __tracer__.format_arguments((width, n))"
    format_arguments = Hook()

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        match node:
            case ast.BinOp(left=ast.Constant(value=str() as text), op=ast.Mod()) if "*" in text:
                node.right = self.format_arguments(node.right, at=node.right)
        return node
