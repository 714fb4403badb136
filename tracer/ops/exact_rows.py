"""List the rows of exact numbers: making a Fraction or a Decimal, and taking one apart.

The numerator and the denominator of a number have no slopes of their own. They get those they would
have if the denominator stayed as it is, so that what is computed from the quotient has its true
derivative.
"""

from __future__ import annotations

from typing import Any, Final

from .row import HELD, WHOLE, Op, lazy_row

__all__ = ["CONSTRUCTORS", "RATIO_PARTS"]

_CONVENTION: Final = "as if the denominator stayed as it is"


def _numerator_slope(z: Any, x: Any) -> Any:
    return z / x if x else 1.0


CONSTRUCTORS: Final = (
    lazy_row(
        "Fraction", "fractions.Fraction", (lambda z, n, d=1.0: 1 / d, lambda z, n, d: -z / d), domain=(WHOLE,)
    ),
    lazy_row("Decimal", "decimal.Decimal", (lambda z, x: 1.0,)),
)
RATIO_PARTS: Final = (
    Op("numerator", None, (_numerator_slope,), python="{0}.numerator", domain=(WHOLE,), kinks=_CONVENTION),
    Op("denominator", None, HELD, python="{0}.denominator", domain=(WHOLE,), kinks=_CONVENTION),
    Op("as_integer_ratio", None, components=("as_integer_ratio[0]", "as_integer_ratio[1]")),
    Op("as_integer_ratio[0]", None, (_numerator_slope,), kinks=_CONVENTION),
    Op("as_integer_ratio[1]", None, HELD, kinks=_CONVENTION),
)
