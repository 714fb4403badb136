"""Owns `outline`: what a file offers to trace, found in its text without running it."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeAlias

from .reading import parse

__all__ = ["Example", "Offer", "example", "outline"]

Example: TypeAlias = tuple[list[str], ast.Call]
_Function: TypeAlias = ast.FunctionDef | ast.Lambda
_VARIABLE: Final = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)


@dataclass(frozen=True, slots=True)
class Offer:
    """A function of a file that can be traced.

    Attributes:
        name: as one names it on the command line: `f` or `Class.method`.
        signature: its parameters as written, and what it returns.
        summary: the first line of its docstring, or nothing.
        example: whether its docstring shows a call of it.
        ready: whether it runs without arguments: defaults for all, or an example.
    """

    name: str
    signature: str
    summary: str
    example: bool
    ready: bool


def outline(path: Path) -> list[Offer]:
    """The functions of a file that can be traced, in the order they are written; nothing is run."""
    offers = {offer.name: offer for offer in _offers(parse(path).body, "")}
    return list(offers.values())


def _offers(body: Sequence[ast.stmt], prefix: str) -> Iterator[Offer]:
    """What these statements define, those under `if`, `try` and `with` included."""
    for node in body:
        match node:
            case ast.FunctionDef() if not prefix:
                yield _offer(node.name, node, ast.get_docstring(node), bound=False)
            case ast.FunctionDef(decorator_list=decorators):
                kinds = {d.id for d in decorators if isinstance(d, ast.Name)}
                if kinds & {"staticmethod", "classmethod"}:
                    yield _offer(
                        prefix + node.name, node, ast.get_docstring(node), bound="classmethod" in kinds
                    )
            case ast.ClassDef():
                yield from _offers(node.body, f"{prefix}{node.name}.")
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Lambda() as function) if not prefix:
                yield _offer(name, function, None, bound=False)
            case ast.If(test=ast.Compare(left=ast.Name(id="__name__"))):
                pass
            case ast.If() | ast.Try() | ast.TryStar() | ast.With():
                for part in ("body", "orelse", "finalbody"):
                    yield from _offers(getattr(node, part, ()), prefix)


class _Written:
    """Source text that stands in a signature for the object it would make."""

    def __init__(self, node: ast.expr) -> None:
        self.text = ast.unparse(node)

    def __repr__(self) -> str:
        return self.text


def _offer(name: str, node: _Function, doc: str | None, *, bound: bool) -> Offer:
    parameters = list(_parameters(node.args))[1 if bound else 0 :]
    returns = node.returns if isinstance(node, ast.FunctionDef) else None
    signature = inspect.Signature(
        parameters, return_annotation=_Written(returns) if returns else inspect.Signature.empty
    )
    shown = example(name, doc or "") is not None
    required = any(p.default is p.empty and p.kind not in _VARIABLE for p in parameters)
    summary = (doc or "").strip().partition("\n")[0]
    return Offer(name, str(signature), summary, shown, shown or not required)


def _parameters(node: ast.arguments) -> Iterator[inspect.Parameter]:
    """The parameters of a function, with annotations and defaults as written."""
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
    """The first `>>>` call of the function, and the examples that go before it."""
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
    """The code after each `>>>`, with its `...` lines (importing doctest takes longer than a run)."""
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
