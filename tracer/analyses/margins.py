"""Measure how close each decision of a run was, and what change of an input would have turned it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from numbers import Rational
from typing import Any, Final, overload

from ..ops import COMPARE
from ..record import Branch, Record
from .gradient import gradient

__all__ = ["Decision", "Decisions"]

_COMPARISONS: Final = frozenset(op.name for op in COMPARE)


@dataclass(frozen=True, slots=True)
class Decision(Branch):
    """A branch that knows the run it belongs to."""

    _record: Record = field(repr=False, compare=False)

    @property
    def margin(self) -> float | None:
        """The left minus the right of the compared numbers; of a number tested by itself, the number.

        The sign is that of the exact difference: one beyond the range of float is inf or -inf, one too
        small for a float is the smallest float. None if a truth value or a complex number was tested.
        """
        data, operands = self._record.graph.data, self._operands
        left, right = data[operands[0]], data[operands[1]] if len(operands) == 2 else 0
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

    @property
    def flip(self) -> dict[str, float | None]:
        """The change of each input alone that would turn the decision, to first order.

        None for an input that cannot turn it, or whose influence on it is not known.
        """
        inputs, margin = self._record.inputs, self.margin
        if margin is None:
            return dict.fromkeys(inputs)
        columns = [gradient(self._record, i) for i in self._operands]
        found: dict[str, float | None] = {}
        for name, i in inputs.items():
            left, right = columns[0][i], columns[1][i] if len(columns) == 2 else 0.0
            slope = left - right if left is not None and right is not None else None
            found[name] = -margin / slope if slope else None
        return found

    @property
    def _operands(self) -> tuple[int, ...]:
        """The ids of the two compared numbers, or of the one number that was tested by itself."""
        graph = self._record.graph
        compared = graph.names[graph.codes[self.id]] in _COMPARISONS
        return tuple(graph.args[self.id]) if compared else (self.id,)


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
        branch = self._branches[index]
        return Decision(branch.id, branch.taken, branch.at, branch.span, self._record)

    def __repr__(self) -> str:
        return f"<{len(self)} decisions>"


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
