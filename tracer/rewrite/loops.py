"""The pass for loops: for x in xs  ->  for x in __mark_turn_0__ | xs, and so with while."""

from __future__ import annotations

import ast

from .generated import mark, mark_name

__all__ = ["LoopNode", "Loops"]


LoopNode = ast.For | ast.While


class Loops(ast.NodeTransformer):
    """for x in xs  ->  for x in mark | xs; while test  ->  while mark @ test: each turn is noted.

    `found` holds each loop with the numbers of the loops around it.
    """

    def __init__(self) -> None:
        self.found: list[tuple[LoopNode, tuple[int, ...]]] = []
        self._around: tuple[int, ...] = ()

    def _inside(self, node: LoopNode) -> int:
        around = self._around
        number = len(self.found)
        self.found.append((node, around))
        self._around = (*around, number)
        self.generic_visit(node)
        self._around = around
        return number

    def visit_For(self, node: ast.For) -> ast.AST:
        node.iter = _marked(self._inside(node), ast.BitOr(), node.iter)
        return node

    def visit_While(self, node: ast.While) -> ast.AST:
        number = self._inside(node)
        if _is_tested_at_once(node.test):
            node.test = _marked(number, ast.MatMult(), node.test)
        else:
            node.body.insert(0, mark("turn", number, node.test))
        return node


def _marked(number: int, operator: ast.operator, operand: ast.expr) -> ast.expr:
    name = ast.Name(mark_name("turn", number), ast.Load())
    return ast.copy_location(ast.BinOp(ast.copy_location(name, operand), operator, operand), operand)


def _is_tested_at_once(test: ast.expr) -> bool:
    """Whether the truth of the whole is asked for, once: `a and b` asks each part."""
    match test:
        case ast.BoolOp() | ast.IfExp() | ast.Constant() | ast.UnaryOp(op=ast.Not()):
            return False
        case ast.Compare(ops=[_, _, *_]):
            return False
    return True
