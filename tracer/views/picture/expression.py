"""The expression in a box: short, and with its operation set off from its operands."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import accumulate
from typing import NamedTuple

from ...ops import OPS, Op
from ...source.text import Text
from ..number_text import clip

__all__ = ["Expression", "expression"]

WIDTH = 36  # characters of source that are shown as written
SIDE = 18  # characters that are shown on each side of the operation in a longer one
BLANK = "..."  # an operand without a short name; an engine would take the one character for three
OPERAND = 12  # characters of an operand that is named in a shortened expression


class Expression(NamedTuple):
    """The text before the operation, the operation, the text after it."""

    before: str
    operation: str
    after: str

    def __str__(self) -> str:
        return "".join(self)


def expression(text: str, op: str, operands: Sequence[str]) -> Expression:
    """What a box says of how its number was made.

    The source text where it is short and shows the operation; otherwise the operation over
    the names of its operands (`... / payment`); an operand without a short name is given as "".
    """
    row = OPS.get(op, OPS["opaque"])
    text = " ".join(text.split())
    place = _place(text, row)
    if place is not None:
        start, stop = place
        if len(text) <= WIDTH:
            return Expression(text[:start], text[start:stop], text[stop:])
        if row.python:
            return Expression(_side(text[:start]), text[start:stop], _side(text[stop:]))
    if row.name == "opaque":
        callee = text.partition("(")[0]
        return Expression("", clip(callee, WIDTH) if callee else "call", f"({BLANK})" if "(" in text else "")
    return _spelled(row, [name if 0 < len(name) <= OPERAND else BLANK for name in operands])


def _side(text: str) -> str:
    """One operand as written, with what is inside its parentheses left out if it is long."""
    bare = text.strip()
    if len(bare) <= SIDE:
        return text
    call = re.match(r"[\w.]*(?=\()", bare)
    if call is None:
        return text.replace(bare, BLANK)
    depths = list(accumulate((char == "(") - (char == ")") for char in bare))
    whole = depths[-1] == 0 and 0 not in depths[call.end() : -1] and call.end() < SIDE
    return text.replace(bare, f"{call.group()}({BLANK})" if whole else BLANK)


def _spelled(row: Op, names: list[str]) -> Expression:
    """The operation written out over the names of its operands."""
    if row.python:
        symbol = row.symbol
        text = row.python.format(*names, *[BLANK] * 2)
        start = text.find(symbol, len(names[0]) if row.python.startswith("{0}") and names else 0)
        return Expression(text[:start], symbol, text[start + len(symbol) :])
    inner = ", ".join(names)
    if len(names) > 3:
        nameless = set(names) == {BLANK}
        inner = f"{len(names)} numbers" if nameless else f"{names[0]}, {BLANK}, {names[-1]}"
    return Expression("", row.symbol, f"({inner})")


@lru_cache(maxsize=4096)
def _place(text: str, row: Op) -> tuple[int, int] | None:
    """Where the operation stands in the text; None if the text does not show it."""
    try:
        tree = ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    source, end = Text("", text), len(text.encode())
    match tree:
        case ast.BinOp(left=left, right=right):
            gaps = [(left.end_col_offset, right.col_offset)]
        case ast.Compare(left=left, comparators=others):
            ends = [left, *others]
            gaps = [(a.end_col_offset, b.col_offset) for a, b in zip(ends, others, strict=False)]
        case ast.UnaryOp(operand=operand):
            gaps = [(0, operand.col_offset)]
        case ast.Call(func=func):
            return _called(source, func, row)
        case ast.Attribute(value=value, attr=attr):
            return _columns(source, value.end_col_offset or 0, end) if attr == row.name else None
        case _:
            return None
    for start, stop in gaps:
        first, last = _columns(source, start or 0, stop)
        found = text.find(row.symbol, first, last)
        if found >= 0:
            return found, found + len(row.symbol)
    return None


def _called(source: Text, func: ast.expr, row: Op) -> tuple[int, int] | None:
    """The callee, if its name says what is done (`from math import sin as s` does not)."""
    name = func.attr if isinstance(func, ast.Attribute) else func.id if isinstance(func, ast.Name) else ""
    own = getattr(row.function, "__name__", row.name)
    if row.name != "opaque" and name not in (row.name, own):
        return None
    return _columns(source, 0, func.end_col_offset or 0)


def _columns(source: Text, start: int, stop: int) -> tuple[int, int]:
    """Return the columns, in characters, of two that the parser counts in bytes."""
    span = source.span(1, start, 1, stop)
    return span.column, span.end_column
