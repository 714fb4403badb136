"""Owns the one name that rewritten code knows, and the making of every call through it."""

from __future__ import annotations

import ast
from typing import Final

__all__ = ["GENERATED", "HOOKS", "NAME", "converted", "hook", "literal_name", "mark", "mark_name"]

# Ends in two underscores, so that class bodies do not mangle it.
NAME: Final = "__tracer__"
# What the object under NAME must offer besides `@`; `tests` hold both sides to it.
HOOKS: Final = ("bare", "boolean", "caught", "no", "plain", "receiver", "result", "yes")
# How the names begin that only rewritten code knows.
GENERATED: Final = (NAME, "__literal_", "__mark_")


def converted(callee: ast.expr) -> ast.expr:
    """`__tracer__ @ callee`, standing where the callee stands: an operator costs less than a call."""
    name = ast.copy_location(ast.Name(NAME, ast.Load()), callee)
    return ast.copy_location(ast.BinOp(name, ast.MatMult(), callee), callee)


def hook(attribute: str, args: list[ast.expr], at: ast.AST) -> ast.Call:
    """`__tracer__.attribute(args)`, standing where `at` stands."""
    name = ast.Name(NAME, ast.Load())
    target = ast.Attribute(name, attribute, ast.Load())
    call = ast.Call(target, args, [])
    for node in (call, target, name):
        ast.copy_location(node, at)
    return call


def literal_name(number: int) -> str:
    """The closure variable that holds a function's literal."""
    return f"__literal_{number}__"


def mark_name(what: str, number: int) -> str:
    """The closure variable that holds a mark: `enter`, `leave` or `turn`."""
    return f"__mark_{what}_{number}__"


def mark(what: str, number: int, at: ast.AST) -> ast.Expr:
    """`~__mark_turn_0__`: the cheapest expression that runs code of ours."""
    name = ast.Name(mark_name(what, number), ast.Load())
    expression = ast.UnaryOp(ast.Invert(), name)
    statement = ast.Expr(expression)
    for node in (name, expression, statement):
        ast.copy_location(node, at)
    return statement
