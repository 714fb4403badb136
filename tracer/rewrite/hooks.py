"""Owns the one name that rewritten code knows, and the making of every call through it."""

from __future__ import annotations

import ast
from typing import Final

__all__ = ["HOOKS", "NAME", "hook", "literal_name"]

# Ends in two underscores, so that class bodies do not mangle it.
NAME: Final = "__tracer__"
# What the object under NAME must offer besides being callable; `tests` hold both sides to it.
HOOKS: Final = ("bare", "caught", "enter", "leave", "plain", "receiver", "result", "turn")


def hook(attribute: str | None, args: list[ast.expr], at: ast.AST) -> ast.Call:
    """`__tracer__(args)` or `__tracer__.attribute(args)`, standing where `at` stands."""
    target: ast.expr = ast.Name(NAME, ast.Load())
    if attribute is not None:
        target = ast.Attribute(target, attribute, ast.Load())
    call = ast.Call(target, args, [])
    for node in (call, target, target.value if isinstance(target, ast.Attribute) else target):
        ast.copy_location(node, at)
    return call


def literal_name(number: int) -> str:
    """The closure variable that holds a function's literal."""
    return f"__literal_{number}__"
