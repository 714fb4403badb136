"""The pass for attributes of C objects: c.prec = n  ->  __tracer__.receiver(c).prec = n."""

from __future__ import annotations

import ast
from typing import Final

from .body import Body
from .generated import hook

__all__ = ["Attributes"]

# What C objects take nothing but a true int for: decimal contexts, the shapes of arrays.
_STRICT: Final = {"prec", "Emin", "Emax", "clamp", "capitals", "shape", "strides"}


class Attributes(Body):
    """c.prec = n  ->  __tracer__.receiver(c).prec = n, which gets the plain number if it must."""

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        self.generic_visit(node)
        if node.attr in _STRICT and not isinstance(node.ctx, ast.Load):
            node.value = hook("receiver", [node.value], node.value)
        return node
