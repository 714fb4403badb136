"""Code objects in their source: the file, the function and the expression they were compiled from."""

from __future__ import annotations

import ast
import linecache
import weakref
from collections.abc import Iterator
from itertools import islice
from types import CodeType
from typing import Any, Final, Generic, TypeVar

from .file import FunctionNode, SourceFile, codes_in, label, parsed, position

__all__ = ["PerCode", "comparison", "expression_at", "file_of", "function_of", "operand", "parameter_nodes"]

T = TypeVar("T")


class PerCode(Generic[T]):
    """Something known of code objects, for as long as each lives.

    They are told apart by identity: equal ones may come from different files, and hashing is slow.
    """

    def __init__(self) -> None:
        self._known: dict[int, tuple[weakref.ref[CodeType], T]] = {}

    def get(self, code: CodeType) -> T | None:
        """Return what is known of a code object, or None."""
        known = self._known.get(id(code))
        return known[1] if known is not None and known[0]() is code else None

    def keep(self, code: CodeType, known: T) -> T:
        """Remember something of a code object, and return it."""
        key = id(code)
        self._known[key] = weakref.ref(code, lambda _: self._known.pop(key, None)), known
        return known


_functions: Final[PerCode[tuple[str, FunctionNode]]] = PerCode()
_texts: Final[dict[str, tuple[list[str], str]]] = {}  # file name -> the lines of `linecache`, the text


def file_of(code: CodeType) -> SourceFile | None:
    """Return the file that a code object names, as it is now, or None if it cannot be read."""
    linecache.checkcache(code.co_filename)
    return _read(code.co_filename)


def function_of(code: CodeType) -> tuple[SourceFile, FunctionNode] | None:
    """Return the file and the function that a code object was compiled from.

    A function that was not imported again since its file changed was compiled from an older text:
    that one is found if it was read before. None if no text is known that gives this very code.
    """
    known = _functions.get(code)
    if known is None:
        older = _read(code.co_filename)
        for file in (file_of(code), older):
            if file is not None and (node := _function(file, code)) is not None:
                known = _functions.keep(code, (file.text.text, node))
                break
        else:
            return None
    text, node = known
    file = parsed(label(code.co_filename), text)
    return (file, node) if file is not None else None


def _read(filename: str) -> SourceFile | None:
    lines = linecache.getlines(filename)
    known = _texts.get(filename)
    if known is None or known[0] is not lines:
        known = _texts[filename] = lines, "".join(lines)
    return parsed(label(filename), known[1]) if lines else None


def _function(file: SourceFile, code: CodeType) -> FunctionNode | None:
    key = (code.co_name, code.co_firstlineno)
    candidates = [node for region in file.regions(key[1]) for node in region.functions.get(key, [])]
    fitting = [node for node in candidates if _same_parameters(node, code)]
    if len(fitting) > 1:
        fitting = [node for node in fitting if _spans_code(node, code)]
    return fitting[0] if fitting and (file.compiles_to(code) or _is_instrumented(code)) else None


def _is_instrumented(code: CodeType) -> bool:
    """Return whether an import hook changed the code: pytest adds names like `@py_assert1` for `assert`."""
    names = (name for inner in codes_in(code) for name in (*inner.co_names, *inner.co_varnames))
    return not all(name.isidentifier() or name.startswith(".") for name in names)


def expression_at(file: SourceFile, code: CodeType, offset: int) -> ast.AST | None:
    """Return the expression that the instruction at `offset` computes, or None."""
    found = next(islice(code.co_positions(), offset // 2, None), None)
    if found is None or None in found:
        return None
    line, end_line, column, end_column = found
    return file.expression((line, column, end_line, end_column))  # type: ignore[arg-type]  # no None: see above


def operand(node: ast.AST, operator: type[ast.AST] | None, number: int) -> ast.AST | None:
    """Return the node of one operand of the operation computed at `node`, or None.

    Args:
        operator: the class of the operator's node, `ast.Lt`; of a chain of comparisons it chooses one.
        number: which operand, counted from 0.
    """
    match node:
        case ast.BinOp(left=left, right=right) | ast.AugAssign(target=left, value=right):
            return (left, right)[number]
        case ast.Compare():
            pair = comparison(node, operator)
            return pair[number] if pair else None
        case ast.Call(args=args) if number < len(args) and not any(
            isinstance(a, ast.Starred) for a in args[: number + 1]
        ):
            return args[number]
    return None


def comparison(node: ast.Compare, operator: type[ast.AST] | None) -> tuple[ast.expr, ast.expr] | None:
    """Return the two sides of the only comparison in a chain with such an operator, or None."""
    sides = [node.left, *node.comparators]
    pairs = [(sides[i], sides[i + 1]) for i, o in enumerate(node.ops) if type(o) is operator]
    return pairs[0] if len(pairs) == 1 else None


def parameter_nodes(node: FunctionNode) -> Iterator[ast.arg]:
    """Yield the parameters of a function in the order in which the compiler keeps them."""
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
    """Return whether the instructions lie within the node, for lambdas that share a line."""
    body = node.body if isinstance(node, ast.Lambda) else node
    places: list[Any] = [place for place in code.co_positions() if None not in place and any(place[2:])]
    if not places:
        return False
    begin = min((line, column) for line, _, column, _ in places)
    end = max((line, column) for _, line, _, column in places)
    return (*begin, *end) == position(body)
