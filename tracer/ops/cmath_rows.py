"""List the rows of `cmath`.

A slope of a holomorphic function is its complex derivative, by the same formula as that of the real
function. What is not holomorphic has the slope that makes Re(cotangent * slope * change) the change
of a real result.
"""

from __future__ import annotations

import cmath
from collections.abc import Callable
from typing import Any, Final

from .generic import LN10, cos, cosh, exp, log, over, sin, sinh, sqrt, unwrap
from .row import FLAT, POSITIVE, Op, Partial

__all__ = ["CMATH"]


def _angle(z: Any, x: Any) -> Any:
    """Return the slope of the argument of a complex number; that of a real one stays as it grows."""
    return over(-1j, x) if isinstance(unwrap(x), complex) else 0.0


def _inverse_square(function: Callable[[Any], Any], x: Any, exponent: float) -> Any:
    """Return 1 / function(x)**2, which is 0 where e**exponent makes the square overflow."""
    return over(1.0, function(x) ** 2) if abs(exponent) < 350 else 0.0


def _root(x: Any) -> Any:
    return sqrt(x + 0j)


def _log_slope(z: Any, x: Any, base: Any = None) -> Any:
    return 1 / x if base is None else 1 / (x * log(base + 0j))


def _log_slope_by_base(z: Any, x: Any, base: Any) -> Any:
    return -z / (base * log(base + 0j))


def _holomorphic(name: str, partial: Partial, *, underflows: bool = False) -> Op:
    """Return the row of a function of one number that has a complex derivative."""
    function = getattr(cmath, name)
    return Op(f"cmath.{name}", function, (partial,), underflows=underflows, domain=(POSITIVE,))


CMATH: Final = (
    _holomorphic("sqrt", lambda z, x: over(0.5, z)),
    _holomorphic("exp", lambda z, x: z, underflows=True),
    _holomorphic("log10", lambda z, x: 1 / (x * LN10)),
    _holomorphic("sin", lambda z, x: cos(x)),
    _holomorphic("cos", lambda z, x: -sin(x)),
    _holomorphic("tan", lambda z, x: _inverse_square(cos, x, unwrap(x).imag)),
    _holomorphic("sinh", lambda z, x: cosh(x)),
    _holomorphic("cosh", lambda z, x: sinh(x)),
    _holomorphic("tanh", lambda z, x: _inverse_square(cosh, x, unwrap(x).real)),
    _holomorphic("asin", lambda z, x: over(1.0, _root(1 - x) * _root(1 + x))),
    _holomorphic("acos", lambda z, x: over(-1.0, _root(1 - x) * _root(1 + x))),
    _holomorphic("atan", lambda z, x: over(1.0, 1 + x * x)),
    _holomorphic("asinh", lambda z, x: over(1.0, _root(1 - 1j * x) * _root(1 + 1j * x))),
    _holomorphic("acosh", lambda z, x: over(1.0, _root(x - 1) * _root(x + 1))),
    _holomorphic("atanh", lambda z, x: over(1.0, (1 - x) * (1 + x))),
    Op("cmath.log", cmath.log, (_log_slope, _log_slope_by_base), domain=(POSITIVE,)),
    Op("cmath.phase", cmath.phase, (_angle,)),
    Op("cmath.polar", cmath.polar, components=("abs", "cmath.phase")),
    Op("cmath.rect", cmath.rect, (lambda z, r, phi: exp(1j * phi), lambda z, r, phi: 1j * z)),
    Op("cmath.isnan", cmath.isnan, FLAT),
    Op("cmath.isinf", cmath.isinf, FLAT),
    Op("cmath.isfinite", cmath.isfinite, FLAT),
    Op("cmath.isclose", cmath.isclose, FLAT),
)
