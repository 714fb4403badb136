"""Owns the rows of `statistics`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from .late import late
from .row import POSITIVE, Op

__all__ = ["STATISTICS"]


def _mean(xs: Sequence[Any]) -> Any:
    return sum(xs[1:], xs[0]) / len(xs)


def _variance(lost: int) -> Callable[[Any, Sequence[Any]], Sequence[Any]]:
    def slopes(z: Any, xs: Sequence[Any]) -> Sequence[Any]:
        middle = _mean(xs)
        return [2 * (x - middle) / (len(xs) - lost) for x in xs]

    return slopes


def _deviation(lost: int) -> Callable[[Any, Sequence[Any]], Sequence[Any]]:
    def slopes(z: Any, xs: Sequence[Any]) -> Sequence[Any]:
        middle = _mean(xs)
        return [(x - middle) / (len(xs) - lost) / z if z else 0.0 for x in xs]

    return slopes


# Python's own source works with exact fractions, numerator and denominator apart, where no
# derivative can follow.
STATISTICS: Final = tuple(
    Op(
        *(name, late(f"statistics.{name}"), slopes),
        domain=(POSITIVE,),
        kinks=kinks,
        alone=True,
        home=f"statistics.{name}",
    )
    for name, slopes, kinks in (
        ("mean", lambda z, xs: [1 / len(xs)] * len(xs), ""),
        ("harmonic_mean", lambda z, xs: [z / x * z / x / len(xs) if x else 0.0 for x in xs], "0 at 0"),
        ("variance", _variance(1), ""),
        ("pvariance", _variance(0), ""),
        ("stdev", _deviation(1), "0 where all are equal"),
        ("pstdev", _deviation(0), "0 where all are equal"),
    )
)
