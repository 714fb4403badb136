"""What surrounds an expression in its source: its statement, loops and function, and what it is for."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any, Final

from .file import FunctionNode, SourceFile, parsed, position, start
from .text import Position, Span

__all__ = ["NOWHERE", "Place", "Places", "assigned_name"]

_TESTS: Final = {ast.If: "if ", ast.IfExp: "if ", ast.While: "while ", ast.Assert: "assert "}
_BEGIN: Final = {ast.Return: "return ", ast.Yield: "yield ", ast.comprehension: "if ", ast.match_case: "if "}
# What hands a number on as it is.
_PASSES: Final = (ast.IfExp, ast.BoolOp, ast.Tuple, ast.List, ast.Set, ast.Starred, ast.keyword)

Where = tuple[str, int, int]  # file, line, column


@dataclass(frozen=True, eq=False)
class Place:
    """What surrounds one expression."""

    file: SourceFile | None = None  # the file that it stands in; None if that is not known
    # the nodes from the expression up to a statement of the module or of a class; empty if the source is not
    # known. What is no expression has the path of the node around it.
    path: tuple[ast.AST, ...] = ()
    node: ast.AST | None = None  # the expression itself; None if there is none of just that extent

    @cached_property
    def text(self) -> str:
        """The expression on one line without comments; empty if it is none."""
        return ast.unparse(self.node) if isinstance(self.node, ast.expr) else ""

    @cached_property
    def _statement(self) -> ast.stmt | None:
        return next((node for node in self.path if isinstance(node, ast.stmt)), None)

    @cached_property
    def statement(self) -> Where | None:
        """Where the innermost statement begins, with its decorators."""
        return self._where(self._statement) if self._statement is not None else None

    @cached_property
    def head(self) -> str:
        """The innermost statement on one line, a compound one up to its colon."""
        node: Any = self._statement
        if node is None or self.file is None:
            return ""
        body = node.cases[0].body if isinstance(node, ast.Match) else getattr(node, "body", None)
        if not body:
            return self.file.text.words(self.file.span(node))
        span = self.file.text.span(node.lineno, node.col_offset, *start(body[0]))
        return self.file.text.words(span).rstrip(": ")

    @cached_property
    def loops(self) -> tuple[tuple[Where, str], ...]:
        """Where each `for` and `while` around it begins in its function, outermost first, and
        whether it stands in the `head`, the `test` or the `body`.
        """
        found: list[tuple[Where, str]] = []
        for inner, outer in pairwise(self.path):
            if isinstance(outer, ast.FunctionDef | ast.AsyncFunctionDef):
                break
            if isinstance(outer, ast.For | ast.AsyncFor | ast.While) and inner not in outer.orelse:
                test = inner is getattr(outer, "test", None)
                part = "test" if test else "body" if inner in outer.body else "head"
                found.append((self._where(outer), part))
        return tuple(found[::-1])

    @cached_property
    def function(self) -> int:
        """A number that tells the innermost function around it from others; 0 if there is none."""
        return next((id(node) for node in self.path[1:] if isinstance(node, FunctionNode)), 0)

    @cached_property
    def assigned(self) -> bool:
        """Whether the value goes to a variable, not to a parameter."""
        above = self.path[1:3]
        if above and isinstance(above[0], ast.Tuple | ast.IfExp):
            above = above[1:]
        return bool(above) and isinstance(above[0], ast.Assign | ast.AnnAssign | ast.NamedExpr)

    @cached_property
    def lead(self) -> str:
        """What its line begins with to say what the value is for: `return `, `if not `, `and `."""
        words = ""
        for inner, outer in pairwise(self.path):
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

    def feeds(self, other: Place) -> bool:
        """Return whether the value goes straight into the operation at another place."""
        if not other.path or other.path[0] not in self.path[1:]:
            return False
        between = self.path[1 : self.path.index(other.path[0])]
        return all(isinstance(node, _PASSES) for node in between)

    def _where(self, node: ast.AST) -> Where:
        assert self.file is not None
        line, byte = start(node)
        span = self.file.text.span(line, byte, line, byte)
        return span.file, span.line, span.column


NOWHERE: Final = Place()


class Places:
    """The places in the sources of a record."""

    def __init__(self, sources: Mapping[str, str]) -> None:
        self._sources = sources
        self._places: dict[Span | None, Place] = {None: NOWHERE}

    def at(self, span: Span | None) -> Place:
        """Return what surrounds a span; `NOWHERE` if its source is not known."""
        if span not in self._places:
            assert span is not None
            self._places[span] = self._at(span)
        return self._places[span]

    def text(self, span: Span | None) -> str:
        """Return the source at a span on one line, empty if it is not known."""
        if span is None or (file := self._file(span)) is None:
            return ""
        return (self.at(span).text if span.line != span.end_line else "") or file.text.words(span)

    def _file(self, span: Span) -> SourceFile | None:
        text = self._sources.get(span.file)
        return parsed(span.file, text) if text is not None else None

    def _at(self, span: Span) -> Place:
        if (file := self._file(span)) is None or (target := file.text.position(span)) is None:
            return NOWHERE
        for region in file.regions(span.line):
            exact = region.by_position.get(target)
            node = exact or _innermost(region.statement, target)
            if node is not None:
                path = [node]
                while path[-1] in region.parents:
                    path.append(region.parents[path[-1]])
                return Place(file, tuple(path), exact)
        return NOWHERE


def assigned_name(file: SourceFile, node: ast.AST) -> str | None:
    """Return what the value of an expression is called next: the variable, attribute, item or
    parameter that it goes to; None if it goes to none.
    """
    if isinstance(node, ast.AugAssign):
        return file.words(node.target)
    parent = file.parent(node)
    match parent:
        case (
            ast.Assign(targets=[target, *_], value=value)
            | ast.AnnAssign(target=target, value=value)
            | (ast.NamedExpr(target=target, value=value))
        ) if value is node and not isinstance(target, ast.Tuple | ast.List):
            return file.words(target)
        case ast.keyword(arg=str(name)):
            return name
        case ast.IfExp(test=test) if test is not node:
            return assigned_name(file, parent)
        case ast.Tuple(elts=elements):
            match file.parent(parent):
                case ast.Assign(targets=[ast.Tuple(elts=targets)], value=value) if value is parent:
                    starred = any(isinstance(target, ast.Starred) for target in targets)
                    if len(targets) == len(elements) and not starred:
                        pairs = zip(targets, elements, strict=True)
                        return next(file.words(target) for target, element in pairs if element is node)
    return None


def _innermost(node: ast.AST, target: Position) -> ast.AST | None:
    """Return the innermost node around a position, or None if `node` does not hold it."""
    placed = hasattr(node, "lineno")  # `comprehension` and `arguments` are not
    if placed and (target[:2] < start(node) or position(node)[2:] < target[2:]):
        return None
    inner = (_innermost(child, target) for child in ast.iter_child_nodes(node))
    return next((child for child in inner if child is not None), node if placed else None)
