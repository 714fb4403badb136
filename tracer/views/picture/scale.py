"""What the colours of a tinted picture show of a number, and how far from 0 that is among those shown."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import copysign, inf, isfinite, isinf, isnan, log1p
from typing import Any, Final, NamedTuple

from ...analyses.sensitivity import elasticity
from ...analyses.subject import Subject

__all__ = ["COLORS", "Scale", "farthest", "measure"]


class Shown(NamedTuple):
    """What a colour shows: its words over the name of the result, and whether there is a side below 0."""

    words: str
    signed: bool


COLORS: Final = {
    "gradient": Shown("gradient of {}", signed=True),
    "value": Shown("value", signed=True),
    "elasticity": Shown("by how many percent {} moves for 1 %", signed=False),  # only the size counts
}
DECADES: Final = 1e4  # between the palest and the deepest colour


def measure(subject: Subject, color: str) -> Callable[[int], Any]:
    """What a colour of `COLORS` shows of a number, by its id; None of one without a slope that counts."""
    data, slopes, live, result = subject.record.graph.data, subject.slopes, subject.live, subject.value

    def gradient(i: int) -> float | None:
        return slopes[i] if slopes is not None and live[i] else None

    def percents(i: int) -> float | None:
        return elasticity(data[i], gradient(i), result)

    measures: dict[str, Callable[[int], Any]] = {"gradient": gradient, "elasticity": percents}
    return measures.get(color, data.__getitem__)


def farthest(numbers: Iterable[Any]) -> float | None:
    """The real number that is farthest from 0; None if there is none."""
    return max((x for x in map(_real, numbers) if x is not None), key=abs, default=None)


def _real(x: Any) -> float | None:
    """The number as a float; None for nan, complex numbers and what is no number."""
    try:
        real = float(x)
    except OverflowError:  # an int beyond the range of float
        return inf if x > 0 else -inf
    except (TypeError, ValueError):  # None; complex; a Decimal's nan that signals
        return None
    return None if isnan(real) else real


@dataclass(frozen=True, slots=True)
class Scale:
    """From numbers to -1 ... 1: 0 at 0, then by magnitude, so that small and large ones differ."""

    low: float  # the least number, or 0 if all are above
    high: float  # the greatest number, or 0 if all are below
    most: float  # the greatest magnitude that is finite
    base: float  # the magnitude from which on distances are those of the logarithm
    signed: bool = True  # whether it has a side for what is below 0

    @classmethod
    def of(cls, numbers: Iterable[float], signed: bool = True) -> Scale | None:
        """The scale of these numbers; None if there are none."""
        shown = [x if signed else abs(x) for x in numbers]
        if not shown:
            return None
        sizes = [abs(x) for x in shown if isfinite(x)]
        most, least = max(sizes, default=0.0), min(filter(None, sizes), default=0.0)
        return cls(min(0.0, *shown), max(0.0, *shown), most, max(least, most / DECADES), signed)

    def at(self, x: float) -> float:
        """Where a number lies, its side as the sign."""
        if self.base:
            far = min(1.0, log1p(abs(x) / self.base) / log1p(self.most / self.base))
        else:
            far = float(isinf(x))
        return copysign(far, x) if self.signed else far
