"""List the rows of numpy's functions of scalars that Python does not have."""

from __future__ import annotations

from typing import Final

from .generic import LN2, exp, unwrap
from .row import FLAT, POSITIVE, Op

__all__ = ["NUMPY"]

# The formatter would give each argument a line.
# fmt: off
NUMPY: Final = (
    Op("square", None, (lambda z, x: 2 * x,), underflows=True, latex="{0}^2", js="({0}) ** 2"),
    Op("reciprocal", None, (lambda z, x: -z * z,), domain=(POSITIVE,),
       latex=r"\frac{{1}}{{{0}}}", js="1 / ({0})"),
    Op("logaddexp", None, (lambda z, x, y: exp(x - z), lambda z, x, y: exp(y - z)), commutes=True,
       latex=r"\ln\left(e^{{{0}}} + e^{{{1}}}\right)"),
    Op("logaddexp2", None, (lambda z, x, y: exp(LN2 * (x - z)), lambda z, x, y: exp(LN2 * (y - z))),
       commutes=True, latex=r"\log_2\left(2^{{{0}}} + 2^{{{1}}}\right)"),
    Op("sign", None, FLAT, js="Math.sign({0})"),
    Op("heaviside", None, (lambda z, x, y: 0.0, lambda z, x, y: float(unwrap(x) == 0))),
    Op("rint", None, FLAT),
    Op("signbit", None, FLAT),
)
# fmt: on
