"""Owns the rows of exact numbers: making a Fraction or a Decimal, and taking one apart.

Numerator and denominator of a number have no slopes of their own. They get those they would have
if the denominator stayed, so that whatever is computed from the quotient has its true derivative.
"""

from __future__ import annotations

from typing import Any, Final

from .lazy_import import late
from .row import FLAT, WHOLE, Op

__all__ = ["MADE", "TAKEN"]

_STAYS: Final = "as if the denominator stayed"


def _top(z: Any, x: Any) -> Any:
    return z / x if x else 1.0


MADE: Final = (
    Op(
        *("Fraction", late("fractions.Fraction"), (lambda z, n, d=1.0: 1 / d, lambda z, n, d: -z / d)),
        domain=(WHOLE,),
        home="fractions.Fraction",
    ),
    Op("Decimal", late("decimal.Decimal"), (lambda z, x: 1.0,), home="decimal.Decimal"),
)
TAKEN: Final = (
    Op("numerator", None, (_top,), "{0}.numerator", domain=(WHOLE,), kinks=_STAYS),
    Op("denominator", None, FLAT, "{0}.denominator", domain=(WHOLE,), kinks=_STAYS),
    Op("as_integer_ratio", None, parts=("as_integer_ratio[0]", "as_integer_ratio[1]")),
    Op("as_integer_ratio[0]", None, (_top,), kinks=_STAYS),
    Op("as_integer_ratio[1]", None, FLAT, kinks=_STAYS),
)
