"""Refuse what cannot be rewritten, with its place and the reason."""

from __future__ import annotations

import ast

from ..errors import UnsupportedError
from ..source.file import SourceFile
from .passes import NAME

__all__ = ["refuse_unsupported"]


def refuse_unsupported(source: SourceFile, function: ast.AST) -> None:
    """Raise UnsupportedError at async code and where the source uses the name of the rewritten code."""
    for node in ast.walk(function):
        hint = "trace the function that does the arithmetic"
        match node:
            case ast.AsyncFunctionDef(name=name):
                message = f"{name} is an async function; its steps interleave with other tasks"
            case ast.Await():
                message = "await cannot be traced"
            case ast.Name(id=name) if name == NAME:
                message, hint = f"the name {NAME} belongs to the rewritten code", "rename the variable"
            case _:
                continue
        span = source.span(node)
        raise UnsupportedError(message, span=span, line=source.text.lines[span.line - 1], hint=hint)
