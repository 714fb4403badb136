"""Rewrite where the interpreter or C code takes nothing but a number itself, not its handle."""

from __future__ import annotations

import ast
from typing import Final

from .passes import BodyPass, Hook, Pass, placed

__all__ = ["AttributeTargets", "BoolPatterns", "ConversionResults", "FormatArguments", "Identity"]


class Identity(BodyPass):
    """Compare the numbers with `is` and `is not`; a comparison with None stays as written."""

    before = "x is y, x is None"
    after = "__tracer__.unwrap(x) is __tracer__.unwrap(y), x is None"
    unwrap = Hook()

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        self.generic_visit(node)
        match node:
            case ast.Compare(ops=[ast.Is() | ast.IsNot()], comparators=[right]):
                if not _is_none(node.left) and not _is_none(right):
                    node.left, node.comparators = self._number(node.left), [self._number(right)]
        return node

    def _number(self, node: ast.expr) -> ast.expr:
        return node if isinstance(node, ast.Constant) else self.unwrap(node, at=node)


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


class FormatArguments(BodyPass):
    """Give a `%` format with a `*`, which takes a width from its arguments, the numbers."""

    before = "'%*d' % (width, n)"
    after = "'%*d' % __tracer__.format_arguments((width, n))"
    format_arguments = Hook()

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        match node:
            case ast.BinOp(left=ast.Constant(value=str() as text), op=ast.Mod()) if "*" in text:
                node.right = self.format_arguments(node.right, at=node.right)
        return node


# Of decimal contexts, and of arrays: C code takes nothing but a true int for them.
_INT_ATTRIBUTES: Final = {"prec", "Emin", "Emax", "clamp", "capitals", "shape", "strides"}


class AttributeTargets(BodyPass):
    """Set an attribute that must be a true int through the run, which gives objects of C the number."""

    before = "context.prec = n"
    after = "__tracer__.attribute_target(context).prec = n"
    attribute_target = Hook()

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        self.generic_visit(node)
        if node.attr in _INT_ATTRIBUTES and isinstance(node.ctx, ast.Store):
            node.value = self.attribute_target(node.value, at=node.value)
        return node


# The interpreter takes nothing but a true bool, int, float or complex from these.
_CONVERSIONS: Final = {
    *("__bool__", "__hash__", "__int__", "__index__", "__float__", "__complex__"),
    *("__len__", "__length_hint__"),
}


class ConversionResults(Pass):
    """Return the number from a method that converts, `__hash__` or `__int__`."""

    before = "def __hash__(self): return self.x"
    after = "def __hash__(self): return __tracer__.conversion_result(self.x)"
    conversion_result = Hook()

    _converts = False  # whether the innermost function does

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        around, self._converts = self._converts, node.name in _CONVERSIONS
        self.generic_visit(node)
        self._converts = around
        return node

    def visit_Return(self, node: ast.Return) -> ast.AST:
        self.generic_visit(node)
        if self._converts and node.value is not None:
            node.value = self.conversion_result(node.value, at=node.value)
        return node


class BoolPatterns(Pass):
    """Match `True` and `False`, which the interpreter matches by identity, by class and value."""

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
