"""The number that the colour of a box shows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import inf, isnan
from typing import Any, Final

from ...analyses.sensitivity import elasticity
from ...graph import Graph
from ...options import Color

__all__ = ["Measure"]


@dataclass(frozen=True, slots=True)
class Measure:
    """What is measured of the numbers of a run.

    Attributes:
        color: what a colour shows; nothing is measured for `kind`.
        slopes: the derivatives of the result; None if there are none.
        live: marks the numbers that the result depends on.
        result: what is derived.
    """

    graph: Graph
    color: Color
    slopes: Sequence[float | None] | None
    live: Sequence[int]
    result: Any

    def of(self, ids: Iterable[int]) -> float | None:
        """The measure of some numbers that is farthest from 0; None if none of them is a real number."""
        if self.color == "kind" or (self.slopes is None and self.color != "value"):
            return None
        measure = _MEASURES[self.color]
        found = (_real(measure(self, i)) for i in ids if not isinstance(self.graph.data[i], bool))
        return max((x for x in found if x is not None), key=abs, default=None)

    def value(self, i: int) -> Any:
        """The number itself."""
        return self.graph.data[i]

    def gradient(self, i: int) -> float | None:
        """The derivative of the result by it."""
        return self.slopes[i] if self.slopes is not None and self.live[i] else None

    def elasticity(self, i: int) -> float | None:
        """By how many percent the result moves for one percent of it."""
        return elasticity(self.graph.data[i], self.gradient(i), self.result)


_MEASURES: Final[dict[str, Callable[[Measure, int], Any]]] = {
    "value": Measure.value,
    "gradient": Measure.gradient,
    "elasticity": Measure.elasticity,
}


def _real(x: Any) -> float | None:
    """The number as a float; None for nan, complex numbers and what is no number."""
    try:
        real = float(x)
    except OverflowError:  # an int beyond the range of float
        return inf if x > 0 else -inf
    except (TypeError, ValueError):  # None; complex; a Decimal's nan that signals
        return None
    return None if isnan(real) else real
