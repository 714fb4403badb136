"""The pass for handlers: except E: body  ->  except E: __tracer__.caught(); body."""

from __future__ import annotations

import ast

from .generated import hook

__all__ = ["Handlers"]


class Handlers(ast.NodeTransformer):
    """except E: body  ->  except E: __tracer__.caught(); body, which sees the traceback of a plain run."""

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> ast.AST:
        self.generic_visit(node)
        head = node.body[0]
        node.body.insert(0, ast.copy_location(ast.Expr(hook("caught", [], head)), head))
        return node
