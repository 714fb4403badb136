"""Owns the rows of `statistics`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from .lazy_import import late
from .row import POSITIVE, WHOLE, Op

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
STATISTICS: Final = (
    *(
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
    ),
    # the square root of a quotient of whole numbers, by shifts: where its own functions end
    Op(
        *("root of a fraction", late("statistics._float_sqrt_of_frac")),
        (lambda z, n, m: z / (2 * n) if n else 0.0, lambda z, n, m: -z / (2 * m)),
        domain=(WHOLE,),
        home="statistics._float_sqrt_of_frac",
    ),
)
