"""Owns the rows of `cmath`.

A slope of a holomorphic function is its complex derivative; what is not holomorphic has the
slope that makes Re(cotangent * slope * change) the change of a real result.
"""

from __future__ import annotations

import cmath
from collections.abc import Callable
from typing import Any, Final

from .generic import LN10, cos, cosh, exp, log, over, plain, sin, sinh, sqrt
from .row import FLAT, POSITIVE, Op

__all__ = ["CMATH"]


def _angle(z: Any, x: Any) -> Any:
    """The slope of the argument of a complex number; a real one does not turn when it grows."""
    return over(-1j, x) if isinstance(plain(x), complex) else 0.0


def _squared(function: Callable[[Any], Any], x: Any, far: float) -> Any:
    """1 / function(x)**2, which is 0 where the square would overflow."""
    return over(1.0, function(x) ** 2) if abs(far) < 350 else 0.0


# Holomorphic, so the formulas are those of the real functions: NIST DLMF 4.
CMATH: Final = (
    *(
        Op(f"cmath.{name}", getattr(cmath, name), (partial,), domain=(POSITIVE,))
        for name, partial in (
            ("sqrt", lambda z, x: over(0.5, z)),
            ("exp", lambda z, x: z),
            ("log10", lambda z, x: 1 / (x * LN10)),
            ("sin", lambda z, x: cos(x)),
            ("cos", lambda z, x: -sin(x)),
            ("tan", lambda z, x: _squared(cos, x, plain(x).imag)),
            ("sinh", lambda z, x: cosh(x)),
            ("cosh", lambda z, x: sinh(x)),
            ("tanh", lambda z, x: _squared(cosh, x, plain(x).real)),
            ("asin", lambda z, x: over(1.0, _root(1 - x) * _root(1 + x))),
            ("acos", lambda z, x: over(-1.0, _root(1 - x) * _root(1 + x))),
            ("atan", lambda z, x: over(1.0, 1 + x * x)),
            ("asinh", lambda z, x: over(1.0, _root(1 - 1j * x) * _root(1 + 1j * x))),
            ("acosh", lambda z, x: over(1.0, _root(x - 1) * _root(x + 1))),
            ("atanh", lambda z, x: over(1.0, (1 - x) * (1 + x))),
        )
    ),
    Op(
        *("cmath.log", cmath.log),
        (
            lambda z, x, base=None: 1 / x if base is None else 1 / (x * log(base + 0j)),
            lambda z, x, base: -z / (base * log(base + 0j)),
        ),
        domain=(POSITIVE,),
    ),
    Op("cmath.phase", cmath.phase, (_angle,)),
    Op("cmath.polar", cmath.polar, parts=("abs", "cmath.phase")),
    Op("cmath.rect", cmath.rect, (lambda z, r, phi: exp(1j * phi), lambda z, r, phi: 1j * z)),
    *(Op(f"cmath.{name}", getattr(cmath, name), FLAT) for name in ("isnan", "isinf", "isfinite", "isclose")),
)


def _root(x: Any) -> Any:
    return sqrt(x + 0j)
