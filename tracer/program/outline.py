"""List the functions of a file that can be traced, from its text and without running it."""

from __future__ import annotations

import ast
import inspect
import re
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeAlias

from .reading import read

__all__ = ["Example", "TraceableFunction", "example", "outline"]

Example: TypeAlias = tuple[list[str], ast.Call]
_Node: TypeAlias = ast.FunctionDef | ast.Lambda
_VARIABLE: Final = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)


@dataclass(frozen=True, slots=True)
class TraceableFunction:
    """A function of a file that can be traced.

    Attributes:
        name: its name on the command line: `f` or `Class.method`.
        signature: its parameters as written, and what it returns.
        summary: the first line of its docstring; empty without one.
        example: whether its docstring shows a call of it.
        ready: whether it can be traced without arguments: it has defaults for all, or an example.
    """

    name: str
    signature: str
    summary: str
    example: bool
    ready: bool


def outline(path: Path) -> list[TraceableFunction]:
    """Return the functions of a file that can be traced, in the order they are written.

    Raises:
        SourceError: the file cannot be read or is not Python.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tree, _ = read(path)
    return list({function.name: function for function in _functions(tree.body, "")}.values())


def _functions(body: Sequence[ast.stmt], prefix: str) -> Iterator[TraceableFunction]:
    """Yield what these statements define, those under `if`, `try` and `with` included."""
    for node in body:
        match node:
            case ast.FunctionDef() if not prefix:
                yield _function(node.name, node, ast.get_docstring(node), bound=False)
            case ast.FunctionDef(decorator_list=decorators):
                kinds = {d.id for d in decorators if isinstance(d, ast.Name)}
                if kinds & {"staticmethod", "classmethod"}:
                    yield _function(
                        prefix + node.name, node, ast.get_docstring(node), bound="classmethod" in kinds
                    )
            case ast.ClassDef():
                yield from _functions(node.body, f"{prefix}{node.name}.")
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Lambda() as function) if not prefix:
                yield _function(name, function, None, bound=False)
            case ast.If(test=ast.Compare(left=ast.Name(id="__name__"))):
                pass
            case ast.If() | ast.Try() | ast.TryStar() | ast.With():
                for part in ("body", "orelse", "finalbody"):
                    yield from _functions(getattr(node, part, ()), prefix)


class _Written:
    """An object whose `repr` is source text, for the annotations and defaults of a signature."""

    def __init__(self, node: ast.expr) -> None:
        self.text = ast.unparse(node)

    def __repr__(self) -> str:
        return self.text


def _function(name: str, node: _Node, doc: str | None, *, bound: bool) -> TraceableFunction:
    """Read a function; `bound` says that its first parameter is not for the caller."""
    parameters = list(_parameters(node.args))[1 if bound else 0 :]
    returns = node.returns if isinstance(node, ast.FunctionDef) else None
    signature = inspect.Signature(
        parameters, return_annotation=_Written(returns) if returns else inspect.Signature.empty
    )
    shown = example(name, doc or "") is not None
    required = any(p.default is p.empty and p.kind not in _VARIABLE for p in parameters)
    summary = (doc or "").strip().partition("\n")[0]
    return TraceableFunction(name, str(signature), summary, shown, shown or not required)


def _parameters(node: ast.arguments) -> Iterator[inspect.Parameter]:
    """Yield the parameters of a function, with annotations and defaults as written."""
    positional = [
        *((arg, inspect.Parameter.POSITIONAL_ONLY) for arg in node.posonlyargs),
        *((arg, inspect.Parameter.POSITIONAL_OR_KEYWORD) for arg in node.args),
    ]
    missing = [None] * (len(positional) - len(node.defaults))
    rows: list[tuple[ast.arg, Any, ast.expr | None]] = [
        (arg, kind, default)
        for (arg, kind), default in zip(positional, [*missing, *node.defaults], strict=True)
    ]
    if node.vararg:
        rows.append((node.vararg, inspect.Parameter.VAR_POSITIONAL, None))
    rows += [
        (arg, inspect.Parameter.KEYWORD_ONLY, default)
        for arg, default in zip(node.kwonlyargs, node.kw_defaults, strict=True)
    ]
    if node.kwarg:
        rows.append((node.kwarg, inspect.Parameter.VAR_KEYWORD, None))
    for arg, kind, default in rows:
        yield inspect.Parameter(
            arg.arg,
            kind,
            default=_Written(default) if default else inspect.Parameter.empty,
            annotation=_Written(arg.annotation) if arg.annotation else inspect.Parameter.empty,
        )


def example(name: str, doc: str) -> Example | None:
    """Return the examples of a docstring before the first that calls the function, and that call."""
    before: list[str] = []
    short = name.rpartition(".")[2]
    for source in _examples(doc):
        try:
            tree = ast.parse(source)
        except SyntaxError:
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in (name, short):
                return before, node
        before.append(source)
    return None


def _examples(doc: str) -> list[str]:
    """Return the code after each `>>>`, with its `...` lines.

    The standard `doctest` would do, but importing it takes longer than many runs.
    """
    found: list[str] = []
    inside = False
    for line in doc.splitlines():
        match re.match(r"\s*(>>>|\.\.\.)(?: (.*))?$", line):
            case re.Match() as prompt if prompt[1] == ">>>":
                found.append(prompt[2] or "")
                inside = True
            case re.Match() as prompt if found and inside:
                found[-1] += "\n" + (prompt[2] or "")
            case _:
                inside = False
    return found
