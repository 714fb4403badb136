"""Rewrite functions and loops: where a call begins and ends and an iteration begins is marked on the tape."""

from __future__ import annotations

import ast

from .passes import LoopNode, Pass, mark, mark_name, operator_call, placed

__all__ = ["CallMarks", "LoopMarks"]


class LoopMarks(Pass):
    """Mark each iteration: as a `for` is given an item, as the test of a `while` holds."""

    before = """
for x in xs: f(x)
while x > 1: x = f(x)
"""
    after = """
for x in __mark_iteration_0__ | xs: f(x)
while __mark_iteration_1__ @ (x > 1): x = f(x)
"""

    _around: tuple[int, ...] = ()  # the numbers of the loops around a node

    def _number(self, node: LoopNode) -> int:
        around = self._around
        number = len(self.draft.loops)
        self.draft.loops.append((node, around))
        self._around = (*around, number)
        self.generic_visit(node)
        self._around = around
        return number

    def visit_For(self, node: ast.For) -> ast.AST:
        node.iter = operator_call(mark_name("iteration", self._number(node)), ast.BitOr(), node.iter)
        return node

    def visit_While(self, node: ast.While) -> ast.AST:
        number = self._number(node)
        if _is_tested_once(node.test):
            node.test = operator_call(mark_name("iteration", number), ast.MatMult(), node.test)
        else:
            node.body.insert(0, mark("iteration", number, node.test))
        return node


def _is_tested_once(test: ast.expr) -> bool:
    """Return whether the interpreter takes the truth of the whole test, once; of `a and b` it takes two."""
    match test:
        case ast.BoolOp() | ast.IfExp() | ast.Constant() | ast.UnaryOp(op=ast.Not()):
            return False
        case ast.Compare(ops=[_, _, *_]):
            return False
    return True


class CallMarks(Pass):
    """Mark the begin and the end of each call.

    Generators are left as they are: their frames come and go between the calls of others.
    """

    before = "def f(): g()"
    after = """
def f():
    ~__mark_enter_0__
    try:
        g()
    finally:
        ~__mark_leave_0__
"""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        number = len(self.draft.functions)
        self.draft.functions.append(node)
        self.generic_visit(node)
        if not _is_generator(node):
            docstring = node.body[:1] if ast.get_docstring(node, clean=False) is not None else []
            body = node.body[len(docstring) :]
            if body:
                head, last = body[0], body[-1]
                guarded = placed(ast.Try(body, [], [], [mark("leave", 0, last)]), head)
                node.body = [*docstring, mark("enter", number, head), guarded]
        return node


def _is_generator(function: ast.FunctionDef) -> bool:
    """Return whether the function itself, not one nested in it, yields."""
    queue: list[ast.AST] = list(function.body)
    while queue:
        node = queue.pop()
        if isinstance(node, ast.Yield | ast.YieldFrom):
            return True
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef):
            queue.extend(ast.iter_child_nodes(node))
    return False
