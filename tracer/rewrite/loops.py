"""The pass for loops: for x in xs: ...  ->  for x in xs: ~__mark_turn_0__; ..."""

from __future__ import annotations

import ast

from .hooks import mark

__all__ = ["LoopNode", "Loops"]


LoopNode = ast.For | ast.While


class Loops(ast.NodeTransformer):
    """for / while: body  ->  a mark, then the body.

    `found` holds each loop with the numbers of the loops around it.
    """

    def __init__(self) -> None:
        self.found: list[tuple[LoopNode, tuple[int, ...]]] = []
        self._around: tuple[int, ...] = ()

    def _mark(self, node: LoopNode, head: ast.expr) -> ast.AST:
        around = self._around
        number = len(self.found)
        self.found.append((node, around))
        self._around = (*around, number)
        self.generic_visit(node)
        self._around = around
        node.body.insert(0, mark("turn", number, head))
        return node

    def visit_For(self, node: ast.For) -> ast.AST:
        return self._mark(node, node.target)

    def visit_While(self, node: ast.While) -> ast.AST:
        return self._mark(node, node.test)
