"""Make the expressions that only rewritten code has; it reaches the run through the name `__tracer__`."""

from __future__ import annotations

import ast
from typing import Final, TypeVar

__all__ = ["GENERATED", "NAME", "Hook", "literal_name", "mark", "mark_name", "operator_call", "placed"]

# Ends in two underscores, so that class bodies do not mangle it.
NAME: Final = "__tracer__"
# How the names begin that only rewritten code knows.
GENERATED: Final = (NAME, "__literal_", "__mark_")

Node = TypeVar("Node", bound=ast.AST)


class Hook:
    """A function of `__tracer__`, as a pass writes it; its name is that of the attribute it is kept in."""

    name: str

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def attribute(self, at: ast.AST) -> ast.Attribute:
        """Return `__tracer__.name`, standing where `at` stands."""
        return placed(ast.Attribute(ast.Name(NAME, ast.Load()), self.name, ast.Load()), at)

    def __call__(self, *args: ast.expr, at: ast.AST) -> ast.Call:
        """Return `__tracer__.name(args)`, standing where `at` stands."""
        return placed(ast.Call(self.attribute(at), list(args), []), at)


def placed(made: Node, at: ast.AST) -> Node:
    """Give a new node the position of the node `at`, also the nodes in it that have none yet; return it."""
    if not hasattr(made, "lineno"):
        ast.copy_location(made, at)
        for child in ast.iter_child_nodes(made):
            placed(child, at)
    return made


def operator_call(name: str, operator: ast.operator, operand: ast.expr) -> ast.BinOp:
    """Return `name @ operand` (or another operator), which costs the interpreter less than a call."""
    return placed(ast.BinOp(ast.Name(name, ast.Load()), operator, operand), operand)


def literal_name(number: int) -> str:
    """Return the closure variable that holds a function's literal."""
    return f"__literal_{number}__"


def mark_name(kind: str, number: int) -> str:
    """Return the closure variable that holds a marker; the kinds are `enter`, `leave` and `iteration`."""
    return f"__mark_{kind}_{number}__"


def mark(kind: str, number: int, at: ast.AST) -> ast.Expr:
    """Return `~__mark_enter_0__`, a statement: the cheapest expression that runs code of ours."""
    name = ast.Name(mark_name(kind, number), ast.Load())
    return placed(ast.Expr(ast.UnaryOp(ast.Invert(), name)), at)
