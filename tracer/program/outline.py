"""List the functions of a file that can be traced, from its text and without running it."""

from __future__ import annotations

import ast
import inspect
import re
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from .reading import read

__all__ = ["Example", "TraceableFunction", "example", "outline", "required"]

Example: TypeAlias = tuple[list[str], ast.Call]


@dataclass(frozen=True, slots=True)
class TraceableFunction:
    """A function of a file that can be traced."""

    name: str  # its name on the command line: `f` or `Class.method`
    signature: str  # its parameters as written, and what it returns
    summary: str  # the first line of its docstring; empty without one
    example: bool  # whether its docstring shows a call of it
    ready: bool  # whether it can be traced without arguments: it has defaults for all, or an example


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
            case ast.FunctionDef(decorator_list=decorators):
                kinds = {d.id for d in decorators if isinstance(d, ast.Name)}
                if not prefix or kinds & {"staticmethod", "classmethod"}:
                    yield _function(prefix + node.name, node, bound="classmethod" in kinds)
            case ast.ClassDef():
                yield from _functions(node.body, f"{prefix}{node.name}.")
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Lambda() as function) if not prefix:
                yield _function(name, function)
            case ast.If(test=ast.Compare(left=ast.Name(id="__name__"))):
                pass
            case ast.If() | ast.Try() | ast.TryStar() | ast.With():
                for part in ("body", "orelse", "finalbody"):
                    yield from _functions(getattr(node, part, ()), prefix)


class _Written(str):
    """Source text as an annotation or a default: a signature shows it without quotes."""

    __slots__ = ()
    __repr__ = str.__str__


def _written(node: ast.expr | None) -> Any:
    return _Written(ast.unparse(node)) if node is not None else inspect.Parameter.empty


def _function(name: str, node: ast.FunctionDef | ast.Lambda, *, bound: bool = False) -> TraceableFunction:
    """Read a function; `bound` says that its first parameter is not for the caller."""
    doc = ast.get_docstring(node) or "" if isinstance(node, ast.FunctionDef) else ""
    parameters = list(_parameters(node.args))[bound:]
    returns = _written(getattr(node, "returns", None))
    signature = inspect.Signature(parameters, return_annotation=returns)
    shown = example(name, doc) is not None
    summary = doc.strip().partition("\n")[0]
    return TraceableFunction(
        name, str(signature), summary, shown, shown or not any(map(required, parameters))
    )


def _parameters(node: ast.arguments) -> Iterator[inspect.Parameter]:
    """Yield the parameters of a function, with annotations and defaults as written."""
    last_first = zip(reversed([*node.posonlyargs, *node.args]), reversed(node.defaults), strict=False)
    defaults = {**dict(last_first), **dict(zip(node.kwonlyargs, node.kw_defaults, strict=True))}
    for args, kind in (
        (node.posonlyargs, inspect.Parameter.POSITIONAL_ONLY),
        (node.args, inspect.Parameter.POSITIONAL_OR_KEYWORD),
        ([node.vararg], inspect.Parameter.VAR_POSITIONAL),
        (node.kwonlyargs, inspect.Parameter.KEYWORD_ONLY),
        ([node.kwarg], inspect.Parameter.VAR_KEYWORD),
    ):
        for arg in filter(None, args):
            default, annotation = _written(defaults.get(arg)), _written(arg.annotation)
            yield inspect.Parameter(arg.arg, kind, default=default, annotation=annotation)


def required(parameter: inspect.Parameter) -> bool:
    """Return whether a caller must give this parameter."""
    variable = parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD)
    return parameter.default is parameter.empty and not variable


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
    prompts = re.findall(r"^[ \t]*>>>(?: (.*))?$((?:\n[ \t]*\.\.\.(?: .*)?$)*)", doc, re.MULTILINE)
    return [first + re.sub(r"\n[ \t]*\.\.\. ?", "\n", more) for first, more in prompts]
