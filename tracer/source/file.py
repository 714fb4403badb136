"""One source file: its text, its syntax tree, and the nodes of the tree by position."""

from __future__ import annotations
import __future__

import ast
import contextlib
import functools
import os
import sys
from collections.abc import Iterator
from types import CodeType
from typing import Any, Final

from .text import Position, Span, Text

__all__ = ["FUTURES", "FunctionNode", "Region", "SourceFile"]
__all__ += ["codes_in", "label", "parsed", "position", "start"]

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
FUTURES: Final = functools.reduce(
    int.__or__, (getattr(__future__, name).compiler_flag for name in __future__.all_feature_names)
)


def label(filename: str) -> str:
    """Return how a file is named in a trace: its shortest path from a folder that is known."""
    return _label(filename, os.getcwd(), tuple(sys.path))


@functools.lru_cache(maxsize=512)
def _label(filename: str, folder: str, search: tuple[str, ...]) -> str:
    path = os.path.abspath(filename)
    roots = [folder, *(p for p in search if p)]
    around = [root for root in roots if path.startswith(os.path.abspath(root) + os.sep)]
    inside = [os.path.relpath(path, root) for root in around]
    return min(inside, key=len, default=os.path.basename(filename)).replace(os.sep, "/")


@functools.lru_cache(maxsize=128)
def parsed(file: str, text: str) -> SourceFile | None:
    """Return the file of that label and text, or None if the text is not Python.

    One text is parsed once, for the run and for all that is made of its record.
    """
    try:
        return SourceFile(file, text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


class SourceFile:
    """The text of a file with its syntax tree."""

    def __init__(self, file: str, text: str) -> None:
        """Parse the text; raise SyntaxError or ValueError if it is not Python."""
        self.text = Text(file, text)
        self.tree = ast.parse(text, file)
        self._indexed: dict[ast.stmt, Region] = {}
        self._codes: dict[ast.stmt | ast.Module, dict[tuple[str, int], list[CodeType]]] = {}

    @functools.cached_property
    def _statements(self) -> list[tuple[int, int, ast.stmt]]:
        """(first line, last line, statement) of each statement of the module and of its classes."""
        found: list[tuple[int, int, ast.stmt]] = []
        pending: list[ast.stmt] = list(reversed(self.tree.body))
        while pending:
            node = pending.pop()
            if isinstance(node, ast.ClassDef):
                head = (*node.decorator_list, *node.bases)
                found.extend((d.lineno, d.end_lineno or d.lineno, node) for d in head)
                pending.extend(reversed(node.body))
            else:
                found.append((start(node)[0], node.end_lineno or node.lineno, node))
        return found

    def regions(self, line: int) -> list[Region]:
        """Return what stands at a line; only that part of a long file is ever indexed."""
        around = [node for first, last, node in self._statements if first <= line <= last]
        for node in around:
            if node not in self._indexed:
                self._indexed[node] = Region(node)
        return [self._indexed[node] for node in around]

    def compiles_to(self, code: CodeType) -> bool:
        """Return whether the compiler makes this very code of the text.

        The statement around it is compiled first; a few functions need the whole file around them.
        """
        key = (code.co_name, code.co_firstlineno)
        around = (s for s in self.tree.body if start(s)[0] <= key[1] <= (s.end_lineno or s.lineno))
        flags = code.co_flags & FUTURES | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
        parts: list[ast.stmt | ast.Module] = [*around, self.tree]
        return any(code in self._codes_of(part, flags).get(key, ()) for part in parts)

    def _codes_of(self, part: ast.stmt | ast.Module, flags: int) -> dict[tuple[str, int], list[CodeType]]:
        """Return the code objects of a part by name and first line; each part is compiled once."""
        codes = self._codes.get(part)
        if codes is None:
            codes = self._codes[part] = {}
            tree = part if isinstance(part, ast.Module) else ast.Module([part], [])
            with contextlib.suppress(SyntaxError, ValueError, RecursionError, MemoryError):
                for code in codes_in(compile(tree, "", "exec", flags, dont_inherit=True)):
                    codes.setdefault((code.co_name, code.co_firstlineno), []).append(code)
        return codes

    def expression(self, position: Position) -> ast.AST | None:
        """Return the outermost expression at a position, or None."""
        found = (region.by_position.get(position) for region in self.regions(position[0]))
        return next((node for node in found if node is not None), None)

    @functools.cached_property
    def bound_names(self) -> frozenset[str]:
        """The names that the file binds anywhere, also by an import."""
        aliases = (node for node in ast.walk(self.tree) if isinstance(node, ast.alias))
        return frozenset(_bound(self.tree)).union(a.asname or a.name.partition(".")[0] for a in aliases)

    @functools.cached_property
    def computed_names(self) -> frozenset[str]:
        """The names and attributes that the functions of the file assign."""
        functions = (node for node in ast.walk(self.tree) if isinstance(node, FunctionNode))
        return frozenset(name for function in functions for name in _bound(function))

    def parent(self, node: Any) -> ast.AST | None:
        """Return the node around a node, or None for a statement of the module or of a class."""
        found = (region.parents.get(node) for region in self.regions(node.lineno))
        return next((parent for parent in found if parent is not None), None)

    def span(self, node: Any) -> Span:
        """Return where a node stands."""
        return self.text.span(*position(node))

    def parameter_span(self, node: ast.arg) -> Span:
        """Return where the name of a parameter stands, without its annotation."""
        end = node.col_offset + len(node.arg.encode())
        return self.text.span(node.lineno, node.col_offset, node.lineno, end)

    def words(self, node: ast.AST) -> str:
        """Return a node as written, on one line; of an augmented assignment what it computes."""
        if isinstance(node, ast.AugAssign):
            _, symbol, _ = ast.unparse(ast.BinOp(ast.Name("x"), node.op, ast.Name("x"))).split()
            return f"{self.words(node.target)} {symbol} {self.words(node.value)}"
        return self.text.words(self.span(node))


class Region:
    """One statement of a module or of a class, with the nodes in it by position."""

    def __init__(self, statement: ast.stmt) -> None:
        self.statement = statement
        self.by_position: dict[Position, ast.AST] = {}  # the outermost expression at each position
        self.parents: dict[ast.AST, ast.AST] = {}
        self.functions: dict[tuple[str, int], list[FunctionNode]] = {}
        for node in ast.walk(statement):
            for child in ast.iter_child_nodes(node):
                self.parents[child] = node
            match node:
                case ast.FunctionDef() | ast.AsyncFunctionDef():
                    self.functions.setdefault((node.name, start(node)[0]), []).append(node)
                case ast.expr() | ast.AugAssign() | ast.Raise() | ast.Assert() | ast.Delete():
                    self.by_position.setdefault(position(node), node)
                    if isinstance(node, ast.Lambda):
                        self.functions.setdefault(("<lambda>", node.lineno), []).append(node)


def codes_in(code: CodeType) -> Iterator[CodeType]:
    """Yield a code object and all that are nested in it."""
    yield code
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield from codes_in(inner)


def _bound(node: ast.AST) -> Iterator[str]:
    """Yield the names and attributes that are assigned in a node."""
    for inner in ast.walk(node):
        match inner:
            case ast.Name(id=name, ctx=ast.Store() | ast.Del()) | ast.Attribute(attr=name, ctx=ast.Store()):
                yield name
            case ast.arg(arg=name) | ast.ClassDef(name=name) | ast.FunctionDef(name=name):
                yield name


def position(node: Any) -> Position:
    """Return the position of a node."""
    return node.lineno, node.col_offset, node.end_lineno, node.end_col_offset


def start(node: Any) -> tuple[int, int]:
    """Return the line and byte at which a statement begins, with its decorators."""
    decorators = getattr(node, "decorator_list", ())
    return min([(node.lineno, node.col_offset), *((d.lineno, d.col_offset) for d in decorators)])
