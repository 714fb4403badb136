"""Rewrite what is called: the run converts the callee."""

from __future__ import annotations

import ast

from .passes import NAME, BodyPass, operator_call

__all__ = ["Callees"]


class Callees(BodyPass):
    """Convert the callee; the call itself stays the interpreter's."""

    before = "f(x)"
    after = "(__tracer__ @ f)(x)"

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        node.func = operator_call(NAME, ast.MatMult(), node.func)
        return node
