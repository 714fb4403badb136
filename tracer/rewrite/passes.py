"""Define what a pass of the rewriting is, and what the passes on one function share."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import Any, ClassVar

from ..source.file import FunctionNode
from .generated import Hook

__all__ = ["BodyPass", "Draft", "LoopNode", "Pass"]

LoopNode = ast.For | ast.While


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
