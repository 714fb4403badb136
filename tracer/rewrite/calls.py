"""The pass for calls: f(x)  ->  (__tracer__ @ f)(x)."""

from __future__ import annotations

import ast

from .body import Body
from .generated import converted

__all__ = ["Calls"]


class Calls(Body):
    """f(x)  ->  (__tracer__ @ f)(x): the callee is converted, the call itself stays the interpreter's."""

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        node.func = converted(node.func)
        return node
