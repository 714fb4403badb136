"""Measure how close each decision of a run was, and what change of an input would have turned it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from numbers import Rational
from typing import Any, overload

from ..ops import COMPARE
from ..record import Branch, Record
from .gradient import gradient

__all__ = ["Decision", "Decisions", "flip", "margin"]

_COMPARISONS = frozenset(op.name for op in COMPARE)


def margin(record: Record, branch: Branch) -> float | None:
    """Return the left minus the right of the compared numbers; of a number tested by itself, the number.

    The sign is that of the exact difference: one beyond the range of float is inf or -inf, one too
    small for a float is the smallest float. None if a truth value or a complex number was tested.
    """
    graph = record.graph
    operands = _operands(record, branch)
    left, right = graph.data[operands[0]], graph.data[operands[1]] if len(operands) == 2 else 0
    if len(operands) == 1 and type(left).__name__ in ("bool", "bool_"):  # the second is numpy's
        return None
    if isinstance(left, complex) or isinstance(right, complex):
        return None
    try:
        difference = left - right
    except (TypeError, ArithmeticError):  # a Decimal and a float; infinities; too large an int
        difference = _exact_difference(left, right)
    try:
        return float(difference) or math.ulp(0.0) * ((difference > 0) - (difference < 0))
    except OverflowError:
        return math.inf if difference > 0 else -math.inf


def flip(record: Record, branch: Branch) -> dict[str, float | None]:
    """Return for each input the change of it alone that would turn a decision, to first order.

    None for an input that cannot turn it, or whose influence on it is not known.
    """
    difference = margin(record, branch)
    columns = [gradient(record, i) for i in _operands(record, branch)] if difference is not None else []
    found: dict[str, float | None] = {}
    for name, i in record.inputs.items():
        slopes = [column[i] for column in columns]
        if difference is None or None in slopes:
            found[name] = None
            continue
        slope = slopes[0] - (slopes[1] if len(slopes) > 1 else 0.0)  # type: ignore[operator]  # none is None
        found[name] = -difference / slope if slope else None
    return found


def _operands(record: Record, branch: Branch) -> tuple[int, ...]:
    """Return the ids of the two compared numbers, or of the one number that was tested by itself."""
    graph = record.graph
    compared = graph.names[graph.codes[branch.id]] in _COMPARISONS
    return tuple(graph.args[branch.id]) if compared else (branch.id,)


def _exact_difference(left: Any, right: Any) -> Fraction | float:
    if _is_finite(left) and _is_finite(right):
        return _fraction(left) - _fraction(right)
    left, right = (0.0 if _is_finite(x) else float(x) for x in (left, right))
    return float(left - right)


def _is_finite(x: Any) -> bool:
    try:
        return math.isfinite(x)
    except OverflowError:  # an int beyond the range of float
        return True


def _fraction(x: Any) -> Fraction:
    return Fraction(x) if isinstance(x, Rational) else Fraction(*x.as_integer_ratio())


class Decision(Branch):
    """A branch that knows the run it belongs to."""

    __slots__ = ("_record",)
    _record: Record

    @classmethod
    def of(cls, record: Record, branch: Branch) -> Decision:
        """Return the branch with its record."""
        made = cls(branch.id, branch.taken, branch.at, branch.span)
        object.__setattr__(made, "_record", record)
        return made

    @property
    def margin(self) -> float | None:
        """The left minus the right of the compared numbers; see `margin`."""
        return margin(self._record, self)

    @property
    def flip(self) -> dict[str, float | None]:
        """The change of each input alone that would turn the decision; see `flip`."""
        return flip(self._record, self)


class Decisions(Sequence[Decision]):
    """The branches of a run, each made into a Decision when it is read."""

    def __init__(self, record: Record, branches: Sequence[Branch]) -> None:
        self._record, self._branches = record, branches

    def __len__(self) -> int:
        return len(self._branches)

    @overload
    def __getitem__(self, index: int) -> Decision: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Decision]: ...
    def __getitem__(self, index: int | slice) -> Decision | Sequence[Decision]:
        if isinstance(index, slice):
            return Decisions(self._record, self._branches[index])
        return Decision.of(self._record, self._branches[index])

    def __repr__(self) -> str:
        return f"<{len(self)} decisions>"
