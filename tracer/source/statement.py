"""Owns what stands around an expression in its source: its statement and the loops that repeat it."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from .text import Span

__all__ = ["Around", "Syntax"]

Position = tuple[int, int]


class Around(NamedTuple):
    """The statement around a place, and the loops around that, outermost first.

    Attributes:
        statement: its file, line and column (in bytes); for a compound statement its head's.
        text: the statement on one line, of a compound one the head.
        loops: where each `for` and `while` statement begins whose body or test the place is in.
    """

    statement: tuple[str, int, int]
    text: str
    loops: tuple[tuple[str, int, int], ...]


class Syntax:
    """The syntax trees of a record's sources, asked by span."""

    def __init__(self, sources: Mapping[str, str]) -> None:
        self._sources = sources
        self._trees: dict[str, tuple[ast.Module, list[str]] | None] = {}
        self._known: dict[Span, Around | None] = {}

    def around(self, span: Span) -> Around | None:
        """What is around a span; None if the source is not known or does not hold it."""
        if span not in self._known:
            self._known[span] = self._around(span)
        return self._known[span]

    def _around(self, span: Span) -> Around | None:
        tree = self._tree(span.file)
        if tree is None or span.end_line > len(tree[1]):
            return None
        start, end = self.position(span), _bytes(tree[1], span.end_line, span.end_column)
        inner: ast.stmt | None = None
        loops: list[tuple[str, int, int]] = []
        statements: list[ast.stmt] = list(tree[0].body)
        while True:
            found = next((s for s in statements if _first(s) <= start and end <= _end(s)), None)
            if found is None:
                break
            inner = found
            if isinstance(found, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                loops = []
            elif _repeats(found, start, end):
                loops.append((span.file, found.lineno, found.col_offset))
            statements = list(_inside(found))
        if inner is None:
            return None
        return Around((span.file, *_first(inner)), _words(inner, tree[1]), tuple(loops))

    def position(self, span: Span) -> Position:
        """Where a span begins: the line, and the column in bytes."""
        tree = self._tree(span.file)
        return _bytes(tree[1], span.line, span.column) if tree else (span.line, span.column)

    def _tree(self, file: str) -> tuple[ast.Module, list[str]] | None:
        if file not in self._trees:
            text = self._sources.get(file, "")
            try:
                self._trees[file] = (ast.parse(text), text.splitlines()) if text else None
            except (SyntaxError, ValueError, RecursionError, MemoryError):
                self._trees[file] = None
        return self._trees[file]


def _bytes(lines: list[str], line: int, column: int) -> Position:
    text = lines[line - 1] if 0 < line <= len(lines) else ""
    return line, len(text[:column].encode()) if not text.isascii() else column


def _first(node: Any) -> Position:
    decorators = getattr(node, "decorator_list", ())
    return min([(node.lineno, node.col_offset), *((d.lineno, d.col_offset) for d in decorators)])


def _end(node: Any) -> Position:
    return node.end_lineno, node.end_col_offset


def _inside(node: ast.stmt) -> Iterator[ast.stmt]:
    """The statements in a statement."""
    for name in ("body", "orelse", "finalbody"):
        yield from getattr(node, name, ())
    for part in (*getattr(node, "handlers", ()), *getattr(node, "cases", ())):
        yield from part.body


def _repeats(node: ast.stmt, start: Position, end: Position) -> bool:
    """Whether a loop does what stands there once a turn: its body does, the head of a `for` does not."""
    if not isinstance(node, ast.For | ast.AsyncFor | ast.While):
        return False
    body = (_first(node.body[0]), _end(node.body[-1]))
    if isinstance(node, ast.While) and end <= _end(node.test):
        return True
    return body[0] <= start and end <= body[1]


def _words(node: Any, lines: list[str]) -> str:
    """The statement as written, up to the colon of a compound one."""
    last = _end(node)
    inner = next(_inside(node), None)
    if inner is not None:
        last = _first(inner)
    elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        last = _first(node.body[0])
    rows = [line.encode() for line in lines[node.lineno - 1 : last[0]]]
    rows[-1] = rows[-1][: last[1]]
    rows[0] = rows[0][node.col_offset :]
    text = " ".join(b" ".join(rows).decode(errors="replace").split())
    return text.rstrip(": ") if inner is not None else text
