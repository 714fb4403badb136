"""The pass for patterns: case True:  ->  case __tracer__.boolean(__tracer__.yes):."""

from __future__ import annotations

import ast

from .generated import NAME

__all__ = ["Patterns"]


class Patterns(ast.NodeTransformer):
    """case True:  ->  case __tracer__.boolean(__tracer__.yes):, which a Value that is true matches too."""

    def visit_MatchSingleton(self, node: ast.MatchSingleton) -> ast.AST:
        if node.value is None:
            return node
        boolean, value = (
            ast.Attribute(ast.Name(NAME, ast.Load()), name, ast.Load())
            for name in ("boolean", "yes" if node.value else "no")
        )
        pattern = ast.MatchClass(boolean, [ast.MatchValue(value)], [], [])
        for made in ast.walk(pattern):
            if isinstance(made, ast.expr | ast.pattern):
                ast.copy_location(made, node)
        return pattern
