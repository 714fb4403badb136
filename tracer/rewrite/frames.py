"""The pass for function bodies: body  ->  ~__mark_enter_0__; try: body; finally: ~__mark_leave_0__."""

from __future__ import annotations

import ast

from .generated import mark

__all__ = ["Frames"]


class Frames(ast.NodeTransformer):
    """def f(): body  ->  def f(): enter; try: body; finally: leave.

    Generators are left as they are: their frames come and go between the calls of others.
    """

    def __init__(self) -> None:
        self.found: list[ast.FunctionDef] = []

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        number = len(self.found)
        self.found.append(node)
        self.generic_visit(node)
        if not _yields(node):
            docstring = node.body[:1] if ast.get_docstring(node, clean=False) is not None else []
            body = node.body[len(docstring) :]
            if body:
                head, last = body[0], body[-1]
                guarded = ast.Try(body, [], [], [mark("leave", 0, last)])
                node.body = [*docstring, mark("enter", number, head), ast.copy_location(guarded, head)]
        return node


def _yields(function: ast.FunctionDef) -> bool:
    """Whether the function itself, not one nested in it, is a generator."""
    queue: list[ast.AST] = list(function.body)
    while queue:
        node = queue.pop()
        if isinstance(node, ast.Yield | ast.YieldFrom):
            return True
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef):
            queue.extend(ast.iter_child_nodes(node))
    return False
