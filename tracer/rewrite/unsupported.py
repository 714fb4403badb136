"""Refuse what cannot be rewritten, with its place and the reason."""

from __future__ import annotations

import ast

from ..errors import UnsupportedError
from ..source.file import SourceFile
from .generated import NAME

__all__ = ["Unsupported"]


class Unsupported(ast.NodeVisitor):
    """Raise UnsupportedError at async code and where the source uses the name of the rewritten code."""

    def __init__(self, source: SourceFile) -> None:
        self.source = source

    def _refuse(self, node: ast.AST, message: str, hint: str) -> None:
        span = self.source.span(node)
        raise UnsupportedError(message, span=span, line=self.source.text.lines[span.line - 1], hint=hint)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
        self._refuse(
            node,
            f"{node.name} is an async function; its steps interleave with other tasks",
            "trace the function that does the arithmetic",
        )

    def visit_Await(self, node: ast.Await) -> None:
        self._refuse(node, "await cannot be traced", "trace the function that does the arithmetic")

    def visit_Name(self, node: ast.Name) -> None:
        if node.id == NAME:
            self._refuse(node, f"the name {NAME} belongs to the rewritten code", "rename the variable")
