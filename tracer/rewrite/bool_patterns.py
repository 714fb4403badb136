"""Rewrite the patterns `True` and `False`: a handle of a bool matches them too."""

from __future__ import annotations

import ast

from .generated import Hook, placed
from .passes import Pass

__all__ = ["BoolPatterns"]


class BoolPatterns(Pass):
    """Match by class and value what the interpreter would match by identity."""

    before = """
match x:
    case True: f()
    case False: g()
"""
    after = """
match x:
    case __tracer__.bool_type(__tracer__.true): f()
    case __tracer__.bool_type(__tracer__.false): g()
"""
    bool_type, true, false = Hook(), Hook(), Hook()

    def visit_MatchSingleton(self, node: ast.MatchSingleton) -> ast.AST:
        if node.value is None:
            return node
        value = ast.MatchValue((self.true if node.value else self.false).attribute(node))
        return placed(ast.MatchClass(self.bool_type.attribute(node), [value], [], []), node)
