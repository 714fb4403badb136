"""The pass for widths in formats: "%*d" % (w, n)  ->  "%*d" % __tracer__.bare((w, n))."""

from __future__ import annotations

import ast

from .body import Body
from .generated import hook

__all__ = ["Formats"]


class Formats(Body):
    """The arguments of "%*d" become `__tracer__.bare(arguments)`: a width must be a true int."""

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        match node:
            case ast.BinOp(left=ast.Constant(value=str() as text), op=ast.Mod()) if "*" in text:
                node.right = hook("bare", [node.right], node.right)
        return node
