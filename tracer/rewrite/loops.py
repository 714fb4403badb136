"""The pass for loops: for x in xs: ...  ->  for x in xs: __tracer__.turn(0); ..."""

from __future__ import annotations

import ast

from .hooks import hook

__all__ = ["Loops"]


class Loops(ast.NodeTransformer):
    """for / while: body  ->  a mark, then the body."""

    def __init__(self) -> None:
        self.found: list[ast.For | ast.While] = []

    def _mark(self, node: ast.For | ast.While, head: ast.expr) -> ast.AST:
        number = ast.copy_location(ast.Constant(len(self.found)), head)
        self.found.append(node)
        self.generic_visit(node)
        node.body.insert(0, ast.copy_location(ast.Expr(hook("turn", [number], head)), head))
        return node

    def visit_For(self, node: ast.For) -> ast.AST:
        return self._mark(node, node.target)

    def visit_While(self, node: ast.While) -> ast.AST:
        return self._mark(node, node.test)
