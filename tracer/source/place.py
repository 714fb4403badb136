"""Owns what surrounds an expression in its source: the statement, the loops, the scope."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

from .text import Span, Text

__all__ = ["NOWHERE", "Place", "Places"]


_LOOPS: Final = (ast.For, ast.AsyncFor, ast.While)
_FUNCTIONS: Final = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_TESTS: Final = {ast.If: "if ", ast.IfExp: "if ", ast.While: "while ", ast.Assert: "assert "}
_BEGIN: Final = {ast.Return: "return ", ast.Yield: "yield ", ast.comprehension: "if ", ast.match_case: "if "}
# What hands a number on as it is.
_PASSES: Final = (ast.IfExp, ast.BoolOp, ast.Tuple, ast.List, ast.Set, ast.Starred, ast.keyword)

Position = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """What surrounds one expression.

    Attributes:
        path: the syntax tree from the module down to the expression.
        text: the expression on one line, comments left out; empty if the source is not known.
        lead: what a line begins with that says what the value is for: `return `, `if not `, `and `.
        assigned: whether the value goes to a variable, not to a parameter.
        loops: where the `for` and `while` statements around it begin, outermost first, and
            whether it is in the `head`, the `test` or the `body`.
        function: tells the functions apart; 0 if it is not known.
    """

    path: tuple[ast.AST, ...] = ()
    text: str = ""
    lead: str = ""
    assigned: bool = False
    loops: tuple[tuple[tuple[str, int, int], str], ...] = ()
    function: int = 0

    def feeds(self, other: Place) -> bool:
        """Whether its value goes straight into the operation at another place."""
        if not self.path or not other.path or other.path[-1] not in self.path[:-1]:
            return False
        between = self.path[self.path.index(other.path[-1]) + 1 : -1]
        return all(isinstance(node, _PASSES) for node in between)


NOWHERE: Final = Place()


class Places:
    """The places of the files that a record carries."""

    def __init__(self, sources: Mapping[str, str]) -> None:
        self.sources = sources
        self._trees: dict[str, ast.Module | None] = {}
        self._places: dict[Span | None, Place] = {None: NOWHERE}

    def at(self, span: Span | None) -> Place:
        """What surrounds the expression at a span."""
        place = self._places.get(span)
        if place is None:
            assert span is not None
            place = self._places[span] = self._at(span)
        return place

    def text(self, span: Span | None) -> str:
        """The source at a span, on one line."""
        if span is None or span.file not in self.sources:
            return ""
        text = self.at(span).text if span.line != span.end_line else ""
        return text or " ".join(Text(span.file, self.sources[span.file]).cut(span).split())

    def _tree(self, file: str) -> ast.Module | None:
        if file not in self._trees:
            try:
                self._trees[file] = ast.parse(self.sources[file])
            except (KeyError, SyntaxError, ValueError, RecursionError, MemoryError):
                self._trees[file] = None  # the record shows less, but shows
        return self._trees[file]

    def _at(self, span: Span) -> Place:
        tree = self._tree(span.file)
        if tree is None:
            return NOWHERE
        lines = self.sources[span.file].splitlines()
        if not 0 < span.line <= span.end_line <= len(lines):
            return NOWHERE
        start = len(lines[span.line - 1][: span.column].encode())
        end = len(lines[span.end_line - 1][: span.end_column].encode())
        target = (span.line, start, span.end_line, end)
        path: list[ast.AST] = [tree]
        while True:
            inner = next((c for c in _children(path[-1]) if _contains(c[-1], target)), None)
            if inner is None:
                return _place(span.file, path, exact=False)
            path += inner
            if _position(inner[-1]) == target and isinstance(inner[-1], ast.expr):
                return _place(span.file, path)


def _children(node: ast.AST) -> Iterator[list[ast.AST]]:
    """The children that have a position, each behind the ones that have none (`comprehension`)."""
    for child in ast.iter_child_nodes(node):
        if hasattr(child, "lineno"):
            yield [child]
        else:
            for inner in _children(child):
                yield [child, *inner]


def _position(node: Any) -> Position:
    return node.lineno, node.col_offset, node.end_lineno, node.end_col_offset


def _contains(node: ast.AST, target: Position) -> bool:
    line, column, end_line, end_column = _position(node)
    return (line, column) <= target[:2] and target[2:] <= (end_line, end_column)


def _place(file: str, path: list[ast.AST], *, exact: bool = True) -> Place:
    depth = max((k for k, node in enumerate(path[:-1]) if isinstance(node, _FUNCTIONS)), default=0)
    return Place(
        path=tuple(path),
        text=ast.unparse(path[-1]) if exact else "",
        lead=_lead(path),
        assigned=_assigned(path),
        loops=tuple(
            ((file, loop.lineno, loop.col_offset), _part(loop, inner))
            for loop, inner in pairwise(path[depth:])
            if isinstance(loop, _LOOPS) and inner not in loop.orelse
        ),
        function=id(path[depth]),
    )


def _part(loop: ast.AST, inner: ast.AST) -> str:
    if inner is getattr(loop, "test", None):
        return "test"
    return "head" if inner in (getattr(loop, "iter", None), getattr(loop, "target", None)) else "body"


def _assigned(path: list[ast.AST]) -> bool:
    above = path[-2:-4:-1]
    if above and isinstance(above[0], ast.Tuple | ast.IfExp):
        above = above[1:]
    return bool(above) and isinstance(above[0], ast.Assign | ast.AnnAssign | ast.NamedExpr)


def _lead(path: list[ast.AST]) -> str:
    """What the expression is for, seen from the statement or test it is the whole of."""
    words = ""
    for inner, outer in zip(path[::-1], path[-2::-1], strict=False):
        if isinstance(outer, ast.UnaryOp) and isinstance(outer.op, ast.Not):
            words = "not " + words
        elif isinstance(outer, ast.BoolOp):
            if inner is not outer.values[0]:
                return ("and " if isinstance(outer.op, ast.And) else "or ") + words
        elif inner is getattr(outer, "test", None):
            return _TESTS.get(type(outer), "") + words
        elif isinstance(outer, ast.comprehension) and inner not in outer.ifs:
            return words
        else:
            return _BEGIN.get(type(outer), "") + words
    return words
