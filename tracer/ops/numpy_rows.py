"""Owns the rows of numpy's scalar functions that Python has not, and which of the others are rows."""

from __future__ import annotations

from typing import Final

from .generic import LN2, exp, plain
from .row import FLAT, POSITIVE, Op

__all__ = ["NUMPY", "UFUNCS"]


# What numpy has for scalars and Python has not.
NUMPY: Final = (
    Op("square", None, (lambda z, x: 2 * x,), latex="{0}^2", js="({0}) ** 2"),
    Op(
        *("reciprocal", None, (lambda z, x: -z * z,)),
        latex=r"\frac{{1}}{{{0}}}",
        js="1 / ({0})",
        domain=(POSITIVE,),
    ),
    Op(
        *("logaddexp", None, (lambda z, x, y: exp(x - z), lambda z, x, y: exp(y - z))),
        latex=r"\ln\left(e^{{{0}}} + e^{{{1}}}\right)",
    ),
    Op(
        *("logaddexp2", None, (lambda z, x, y: exp(LN2 * (x - z)), lambda z, x, y: exp(LN2 * (y - z)))),
        latex=r"\log_2\left(2^{{{0}}} + 2^{{{1}}}\right)",
    ),
    Op("sign", None, FLAT, js="Math.sign({0})"),
    Op("heaviside", None, (lambda z, x, y: 0.0, lambda z, x, y: float(plain(x) == 0))),
    Op("rint", None, FLAT),
    Op("signbit", None, FLAT),
)
# The functions of numpy that are rows under another name, scalars given.
UFUNCS: Final = {
    **{"subtract": "sub", "multiply": "mul", "divide": "truediv", "true_divide": "truediv"},
    **{"power": "pow", "float_power": "pow", "negative": "neg", "positive": "pos", "absolute": "abs"},
    **{"arcsin": "asin", "arccos": "acos", "arctan": "atan", "arctan2": "atan2", "arcsinh": "asinh"},
    **{"arccosh": "acosh", "arctanh": "atanh", "floor_divide": "floordiv", "remainder": "mod"},
    **{"less": "lt", "less_equal": "le", "equal": "eq", "not_equal": "ne", "greater": "gt"},
    **{"greater_equal": "ge", "deg2rad": "radians", "rad2deg": "degrees", "maximum": "max", "minimum": "min"},
    **{"fmax": "max", "fmin": "min", "bitwise_and": "and", "bitwise_or": "or", "bitwise_xor": "xor"},
    **{"left_shift": "lshift", "right_shift": "rshift", "bitwise_not": "invert", "conj": "conjugate"},
}
