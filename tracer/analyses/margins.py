"""Owns how close each decision of a run was, and what would have turned it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, overload

from ..ops import COMPARE
from ..record import Branch, Record
from .gradient import gradient

__all__ = ["Decision", "Decisions", "flip", "margin"]

_COMPARE = frozenset(op.name for op in COMPARE)


def margin(record: Record, branch: Branch) -> float | None:
    """How far apart the compared numbers were, left minus right; of a number tested by itself, the number.

    None if a truth value or a complex number was tested.
    """
    graph = record.graph
    operands = graph.args[branch.id]
    if graph.names[graph.codes[branch.id]] in _COMPARE:
        left, right = (graph.data[i] for i in operands)
    else:
        left, right = graph.data[branch.id], 0
        if _is_truth(left):
            return None
    if isinstance(left, complex) or isinstance(right, complex):
        return None
    try:
        return float(left - right)
    except (TypeError, ArithmeticError):  # a Decimal and a float; infinities; too large an int
        return float(left) - float(right)


def flip(record: Record, branch: Branch) -> dict[str, float | None]:
    """By how much each input alone would have to change to turn a decision, to first order.

    None for an input that cannot turn it, or whose influence on it is not known.
    """
    apart = margin(record, branch)
    graph = record.graph
    sides = graph.args[branch.id] if graph.names[graph.codes[branch.id]] in _COMPARE else (branch.id,)
    columns = [gradient(record, i) for i in sides] if apart is not None else []
    found: dict[str, float | None] = {}
    for name, i in record.inputs.items():
        slopes = [column[i] for column in columns]
        if apart is None or None in slopes:
            found[name] = None
            continue
        slope = slopes[0] - (slopes[1] if len(slopes) > 1 else 0.0)  # type: ignore[operator]  # none is None
        found[name] = -apart / slope if slope else None
    return found


def _is_truth(x: Any) -> bool:
    return isinstance(x, bool) or type(x).__name__ in ("bool", "bool_")


class Decision(Branch):
    """A branch that knows the run it belongs to.

    Attributes:
        margin: how far apart the compared numbers were; None if none were compared.
        flip: input -> the smallest change of it alone that would turn the decision, to first
            order; None if it cannot.
    """

    __slots__ = ("_record",)
    _record: Record

    @classmethod
    def of(cls, record: Record, branch: Branch) -> Decision:
        """The same branch, with questions."""
        made = cls(branch.id, branch.taken, branch.at, branch.span)
        object.__setattr__(made, "_record", record)
        return made

    @property
    def margin(self) -> float | None:
        """How far apart the compared numbers were; None if none were compared."""
        return margin(self._record, self)

    @property
    def flip(self) -> dict[str, float | None]:
        """What change of each input alone would turn the decision, to first order."""
        return flip(self._record, self)


class Decisions(Sequence[Decision]):
    """The branches of a run, each made into a Decision when it is asked for."""

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
