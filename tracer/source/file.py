"""Owns the source of a function: its file's text and syntax tree, and what a place in it says."""

from __future__ import annotations

import ast
import linecache
import os
import sys
from collections.abc import Iterator
from functools import cached_property
from itertools import islice
from types import CodeType
from typing import Any, Final

from .text import Span, Text

__all__ = ["FunctionNode", "Source", "label", "parameter_nodes"]

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
Position = tuple[int, int, int, int]
_OPERATORS: Final = {
    **{ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.FloorDiv: "//", ast.Mod: "%"},
    **{ast.Pow: "**", ast.LShift: "<<", ast.RShift: ">>", ast.BitAnd: "&", ast.BitOr: "|", ast.BitXor: "^"},
    ast.MatMult: "@",
}
_COMPARISONS: Final = {
    **{ast.Lt: "lt", ast.LtE: "le", ast.Gt: "gt", ast.GtE: "ge", ast.Eq: "eq", ast.NotEq: "ne"},
}
_files: dict[str, Source | None] = {}


def label(filename: str) -> str:
    """How a file is named in a trace: the shortest path that still tells, never an absolute one."""
    path = os.path.abspath(filename)
    roots = [os.getcwd(), *(p for p in sys.path if p)]
    around = [root for root in roots if path.startswith(os.path.abspath(root) + os.sep)]
    inside = [os.path.relpath(path, root) for root in around]
    return min(inside, key=len, default=os.path.basename(filename)).replace(os.sep, "/")


class Source:
    """One file: its text, its tree, and the nodes by position."""

    def __init__(self, filename: str, text: str) -> None:
        """Parse the text.

        Raises:
            SyntaxError, ValueError: it is not Python.
        """
        self.filename = filename
        self.tree = ast.parse(text, filename)
        self.text = Text(label(filename), text)
        self._indexed: dict[ast.stmt, _Region] = {}

    @classmethod
    def of(cls, code: CodeType) -> Source | None:
        """The source a code object was compiled from, if it can be had."""
        filename = code.co_filename
        if filename not in _files:
            text = "".join(linecache.getlines(filename))
            try:
                _files[filename] = cls(filename, text) if text else None
            except (SyntaxError, ValueError, RecursionError):
                _files[filename] = None
        return _files[filename]

    @classmethod
    def forget(cls, filename: str) -> None:
        """Read the file again the next time: it has changed."""
        _files.pop(filename, None)
        linecache.checkcache(filename)

    @cached_property
    def _regions(self) -> list[tuple[int, int, ast.stmt]]:
        """(first line, last line, statement) of everything at the level of the module or of a class."""
        found: list[tuple[int, int, ast.stmt]] = []
        pending: list[ast.stmt] = list(reversed(self.tree.body))
        while pending:
            node = pending.pop()
            decorators: list[ast.expr] = getattr(node, "decorator_list", [])
            first, last = min([node.lineno, *(d.lineno for d in decorators)]), node.end_lineno or node.lineno
            if isinstance(node, ast.ClassDef):
                found.extend((d.lineno, d.end_lineno or d.lineno, node) for d in [*decorators, *node.bases])
                pending.extend(reversed(node.body))
            else:
                found.append((first, last, node))
        return found

    def _region(self, line: int) -> list[_Region]:
        """What stands at a line: only that part of a long file is ever indexed."""
        nodes = [node for first, last, node in self._regions if first <= line <= last]
        for node in nodes:
            if node not in self._indexed:
                self._indexed[node] = _Region(node)
        return [self._indexed[node] for node in nodes]

    def function(self, code: CodeType) -> FunctionNode | None:
        """The node that a function's code was compiled from; None if the file no longer fits."""
        key = (code.co_name, code.co_firstlineno)
        candidates = [node for region in self._region(key[1]) for node in region.functions.get(key, [])]
        fitting = [node for node in candidates if _same_parameters(node, code)]
        if len(fitting) > 1:
            fitting = [node for node in fitting if _spans_code(node, code)]
        return fitting[0] if fitting else None

    def node_at(self, code: CodeType, offset: int) -> ast.AST | None:
        """The expression that the instruction at `offset` computes."""
        position = next(islice(code.co_positions(), offset // 2, None), None)
        if position is None or None in position:
            return None
        line, end_line, column, end_column = position
        return self.expression((line, column, end_line, end_column))  # type: ignore[arg-type]  # no None: see above

    def expression(self, position: Position) -> ast.AST | None:
        """The outermost expression at (line, byte, end line, end byte)."""
        found = (region.by_position.get(position) for region in self._region(position[0]))
        return next((node for node in found if node is not None), None)

    def span(self, node: Any) -> Span:
        """Where a node stands."""
        return self.text.span(node.lineno, node.col_offset, node.end_lineno, node.end_col_offset)

    def parameter_span(self, node: ast.arg) -> Span:
        """Where a parameter's name stands, its annotation left out."""
        end = node.col_offset + len(node.arg.encode())
        return self.text.span(node.lineno, node.col_offset, node.lineno, end)

    def words(self, node: ast.AST) -> str:
        """The node as written, on one line; an augmented assignment as what it computes."""
        if isinstance(node, ast.AugAssign):
            return f"{self.words(node.target)} {_OPERATORS[type(node.op)]} {self.words(node.value)}"
        return " ".join(self.text.cut(self.span(node)).split())

    def name(self, node: ast.AST) -> str | None:
        """What the value of an expression is called next: the variable, attribute or item it goes to."""
        if isinstance(node, ast.AugAssign):
            return self.words(node.target)
        parent = self._parent(node)
        match parent:
            case (
                ast.Assign(targets=[target, *_], value=value)
                | ast.AnnAssign(target=target, value=value)
                | (ast.NamedExpr(target=target, value=value))
            ) if value is node and not isinstance(target, ast.Tuple | ast.List):
                return self.words(target)
            case ast.keyword(arg=str(name)):
                return name
            case ast.IfExp(test=test) if test is not node:
                return self.name(parent)
            case ast.Tuple(elts=elements):
                match self._parent(parent):
                    case ast.Assign(targets=[ast.Tuple(elts=targets)], value=value) if value is parent:
                        starred = any(isinstance(target, ast.Starred) for target in targets)
                        if len(targets) == len(elements) and not starred:
                            return next(
                                self.words(t) for t, e in zip(targets, elements, strict=True) if e is node
                            )
        return None

    def _parent(self, node: Any) -> ast.AST | None:
        found = (region.parents.get(node) for region in self._region(node.lineno))
        return next((parent for parent in found if parent is not None), None)

    def operand(self, node: ast.AST, op: str, position: int) -> ast.AST | None:
        """The node of one operand of the operation computed at `node`."""
        match node:
            case ast.BinOp(left=left, right=right) | ast.AugAssign(target=left, value=right):
                return (left, right)[position]
            case ast.Compare():
                pair = self.comparison(node, op)
                return pair[position] if pair else None
            case ast.Call(args=args) if position < len(args) and not any(
                isinstance(a, ast.Starred) for a in args[: position + 1]
            ):
                return args[position]
        return None

    def comparison(self, node: ast.Compare, op: str) -> tuple[ast.expr, ast.expr] | None:
        """The two sides of the only comparison in a chain that is spelled `op`."""
        sides = [node.left, *node.comparators]
        pairs = [(sides[i], sides[i + 1]) for i, o in enumerate(node.ops) if _COMPARISONS.get(type(o)) == op]
        return pairs[0] if len(pairs) == 1 else None


class _Region:
    """One statement with everything in it, found by position."""

    def __init__(self, statement: ast.stmt) -> None:
        self.by_position: dict[Position, ast.AST] = {}  # the outermost expression at each position
        self.parents: dict[ast.AST, ast.AST] = {}
        self.functions: dict[tuple[str, int], list[FunctionNode]] = {}
        for node in ast.walk(statement):
            for child in ast.iter_child_nodes(node):
                self.parents[child] = node
            match node:
                case ast.FunctionDef() | ast.AsyncFunctionDef():
                    first = min([node.lineno, *(d.lineno for d in node.decorator_list)])
                    self.functions.setdefault((node.name, first), []).append(node)
                case ast.expr() | ast.AugAssign() | ast.Raise() | ast.Assert() | ast.Delete():
                    position = (node.lineno, node.col_offset, node.end_lineno or 0, node.end_col_offset or 0)
                    self.by_position.setdefault(position, node)
                    if isinstance(node, ast.Lambda):
                        self.functions.setdefault(("<lambda>", node.lineno), []).append(node)


def parameter_nodes(node: FunctionNode) -> Iterator[ast.arg]:
    """The parameters in the order the compiler keeps them."""
    a = node.args
    yield from (*a.posonlyargs, *a.args, *a.kwonlyargs)
    yield from (extra for extra in (a.vararg, a.kwarg) if extra)


def _same_parameters(node: FunctionNode, code: CodeType) -> bool:
    varying = bool(code.co_flags & 0x04) + bool(code.co_flags & 0x08)  # CO_VARARGS, CO_VARKEYWORDS
    names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount + varying]
    written = [a.arg for a in parameter_nodes(node)]
    # a private parameter of a method is compiled under a longer name
    return len(names) == len(written) and all(n.endswith(w) for n, w in zip(names, written, strict=True))


def _spans_code(node: FunctionNode, code: CodeType) -> bool:
    """Whether the code's instructions lie within the node: tells lambdas of one line apart."""
    body = node.body if isinstance(node, ast.Lambda) else node
    start, end = (body.lineno, body.col_offset), (body.end_lineno or 0, body.end_col_offset or 0)
    places = [
        ((line, column), (end_line, end_column))
        for line, end_line, column, end_column in code.co_positions()
        if line is not None and end_line is not None and column is not None and end_column is not None
        if (column, end_column) != (0, 0)
    ]
    return bool(places) and min(p[0] for p in places) == start and max(p[1] for p in places) == end
