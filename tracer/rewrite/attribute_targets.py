"""Rewrite the setting of attributes that C code takes nothing but a true int for."""

from __future__ import annotations

import ast
from typing import Final

from .generated import Hook
from .passes import BodyPass

__all__ = ["AttributeTargets"]

# Of decimal contexts, and of arrays.
_INT_ATTRIBUTES: Final = {"prec", "Emin", "Emax", "clamp", "capitals", "shape", "strides"}


class AttributeTargets(BodyPass):
    """Set such an attribute through the run, which gives objects of C the number instead of its handle."""

    before = "context.prec = n"
    after = "__tracer__.attribute_target(context).prec = n"
    attribute_target = Hook()

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        self.generic_visit(node)
        if node.attr in _INT_ATTRIBUTES and not isinstance(node.ctx, ast.Load):
            node.value = self.attribute_target(node.value, at=node.value)
        return node
