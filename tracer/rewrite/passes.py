"""Define what a pass of the rewriting is, what the passes on one function share, and the expressions that
only rewritten code has; it reaches the run through the name `__tracer__`.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import Any, ClassVar, Final, TypeVar

from ..source.file import FunctionNode

__all__ = ["GENERATED", "NAME", "BodyPass", "Draft", "Hook", "LoopNode", "Pass"]
__all__ += ["literal_name", "mark", "mark_name", "operator_call", "placed"]

# Ends in two underscores, so that class bodies do not mangle it.
NAME: Final = "__tracer__"
# How the names begin that only rewritten code knows.
GENERATED: Final = (NAME, "__literal_", "__mark_")

LoopNode = ast.For | ast.While
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


@dataclass
class Draft:
    """A function that is being rewritten, and what the passes have found in it."""

    function: FunctionNode  # its syntax tree, which the passes change
    class_name: str | None = None  # the class it is a method of, if it is one
    # the value and the node of each literal that became a variable
    literals: list[tuple[Any, ast.expr]] = field(default_factory=list)
    # each loop, with the numbers of the loops around it
    loops: list[tuple[LoopNode, tuple[int, ...]]] = field(default_factory=list)
    # the function itself and those defined in it, unless they are lambdas
    functions: list[ast.FunctionDef] = field(default_factory=list)

    @property
    def marks(self) -> list[tuple[str, int]]:
        """Return the kind and the number of each marker that the function uses."""
        iterations = [("iteration", number) for number in range(len(self.loops))]
        return [("leave", 0), *iterations, *(("enter", number) for number in range(len(self.functions)))]


class Pass(ast.NodeTransformer):
    """One rewriting of a function; it declares each hook that it calls as an attribute, `unwrap = Hook()`."""

    # before, after: the smallest program that shows it, and what becomes of that
    before: ClassVar[str]
    after: ClassVar[str]

    def __init__(self, draft: Draft) -> None:
        self.draft = draft

    @classmethod
    def hooks(cls) -> set[str]:
        """Return the names of the hooks that the pass declares."""
        return {hook.name for hook in vars(cls).values() if isinstance(hook, Hook)}


class BodyPass(Pass):
    """A pass that rewrites only the expressions that run when the function's body runs.

    It leaves as they are: annotations, patterns, decorators, defaults of parameters, and in nested
    classes every statement but the methods.
    """

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        if node.value is not None:
            node.value = self.visit(node.value)
        return node

    def visit_match_case(self, node: ast.match_case) -> ast.AST:
        if node.guard is not None:
            node.guard = self.visit(node.guard)
        node.body = [self.visit(statement) for statement in node.body]
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.body = [self.visit(statement) for statement in node.body]
        return node

    def visit_Lambda(self, node: ast.Lambda) -> ast.AST:
        node.body = self.visit(node.body)
        return node

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        node.body = [self.visit(s) if isinstance(s, ast.FunctionDef | ast.ClassDef) else s for s in node.body]
        return node


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
