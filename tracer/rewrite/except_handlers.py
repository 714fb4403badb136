"""Rewrite `except` clauses: they see the traceback of the run without tracer."""

from __future__ import annotations

import ast

from .passes import Hook, Pass, placed

__all__ = ["ExceptHandlers"]


class ExceptHandlers(Pass):
    """Let the run take tracer's own frames out of the traceback before a handler reads it."""

    before = """
try: f()
except E: g()
"""
    after = """
try: f()
except E:
    __tracer__.except_handler()
    g()
"""
    except_handler = Hook()

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> ast.AST:
        self.generic_visit(node)
        head = node.body[0]
        node.body.insert(0, placed(ast.Expr(self.except_handler(at=head)), head))
        return node
