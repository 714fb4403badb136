"""Owns `outline`: what a file offers to trace, found in its text without running it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from .reading import parse

__all__ = ["Example", "Offer", "example", "outline"]

Example: TypeAlias = tuple[list[str], ast.Call]
_Function: TypeAlias = ast.FunctionDef | ast.Lambda


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


def _offer(name: str, node: _Function, doc: str | None, *, bound: bool) -> Offer:
    parameters = node.args
    positional = [*parameters.posonlyargs, *parameters.args]
    if bound and positional:
        parameters = ast.arguments(**{f: getattr(parameters, f) for f in parameters._fields})
        if parameters.posonlyargs:
            parameters.posonlyargs = parameters.posonlyargs[1:]
        else:
            parameters.args = parameters.args[1:]
        positional = positional[1:]
    returns = node.returns if isinstance(node, ast.FunctionDef) else None
    signature = f"({ast.unparse(parameters)})" + (f" -> {ast.unparse(returns)}" if returns else "")
    shown = example(name, doc or "") is not None
    required = len(positional) > len(parameters.defaults) or None in parameters.kw_defaults
    summary = (doc or "").strip().partition("\n")[0]
    return Offer(name, signature, summary, shown, shown or not required)


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
