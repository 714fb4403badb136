"""List the rows of `statistics`.

They are rows, and not rewritten like other Python functions: Python's source splits each number into
the numerator and the denominator of an exact fraction, and through these no derivative can be followed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from .row import POSITIVE, WHOLE, Op, Slopes, lazy_row

__all__ = ["STATISTICS"]


def _mean(xs: Sequence[Any]) -> Any:
    return sum(xs[1:], xs[0]) / len(xs)


def _variance(constraints: int) -> Callable[[Any, Sequence[Any]], Sequence[Any]]:
    """Return the function that gives the slopes of `sum((x - mean) ** 2) / (n - constraints)`."""

    def slopes(z: Any, xs: Sequence[Any]) -> Sequence[Any]:
        mean = _mean(xs)
        return [2 * (x - mean) / (len(xs) - constraints) for x in xs]

    return slopes


def _deviation(constraints: int) -> Callable[[Any, Sequence[Any]], Sequence[Any]]:
    """Return the function that gives the slopes of `sqrt(sum((x - mean) ** 2) / (n - constraints))`."""

    def slopes(z: Any, xs: Sequence[Any]) -> Sequence[Any]:
        mean = _mean(xs)
        return [(x - mean) / (len(xs) - constraints) / z if z else 0.0 for x in xs]

    return slopes


def _of_data(name: str, slopes: Slopes, kinks: str = "") -> Op:
    """Return the row of a function of one collection, whose order does not matter."""
    fields = {"commutes": True, "iterates": 1, "only_argument": True, "domain": (POSITIVE,), "kinks": kinks}
    return lazy_row(name, f"statistics.{name}", slopes, **fields)


# The formatter would give each argument a line.
# fmt: off
STATISTICS: Final = (
    _of_data("mean", lambda z, xs: [1 / len(xs)] * len(xs)),
    _of_data("harmonic_mean", lambda z, xs: [z / x * z / x / len(xs) if x else 0.0 for x in xs], "0 at 0"),
    _of_data("variance", _variance(1)),
    _of_data("pvariance", _variance(0)),
    _of_data("stdev", _deviation(1), "0 where all are equal"),
    _of_data("pstdev", _deviation(0), "0 where all are equal"),
    # the square root of a quotient of whole numbers, by shifts, with which they end
    lazy_row("root of a fraction", "statistics._float_sqrt_of_frac",
             (lambda z, n, m: z / (2 * n) if n else 0.0, lambda z, n, m: -z / (2 * m)), domain=(WHOLE,)),
)
# fmt: on
