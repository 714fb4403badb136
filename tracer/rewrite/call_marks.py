"""Rewrite the bodies of functions: where a call begins and ends is marked on the tape."""

from __future__ import annotations

import ast

from .generated import mark, placed
from .passes import Pass

__all__ = ["CallMarks"]


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
