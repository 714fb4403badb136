"""Give the functions that partials are written with; they take floats, complex numbers and Recorded ones."""

from __future__ import annotations

import cmath
import math
from collections.abc import Callable
from math import inf, nan
from typing import Any, Final

from .polygamma import polygamma as _polygamma

__all__ = ["LN2", "LN10", "Recorded", "copysign", "cos", "cosh", "exp", "hypot", "log", "over", "polygamma"]
__all__ += ["sign", "sin", "sinh", "sqrt", "unwrap"]

LN2: Final = math.log(2.0)
LN10: Final = math.log(10.0)


class Recorded:
    """A number that writes down what is done to it, so that a derivative can be derived again."""

    data: Any  # the number itself

    def recorded(self, name: str, operands: tuple[Any, ...]) -> Any:
        """Return the result of the row `name` over operands, of which some are Recorded."""
        raise NotImplementedError


def _function(name: str) -> Callable[[Any], Any]:
    """Return a function of one number that chooses that of `math` or of `cmath` by its kind."""
    real, of_complex = getattr(math, name), getattr(cmath, name)

    def function(x: Any) -> Any:
        if isinstance(x, Recorded):
            return x.recorded(f"cmath.{name}" if isinstance(x.data, complex) else name, (x,))
        return of_complex(x) if isinstance(x, complex) else real(x)

    function.__name__ = name
    return function


sqrt = _function("sqrt")
exp = _function("exp")
log = _function("log")
sin = _function("sin")
cos = _function("cos")
sinh = _function("sinh")
cosh = _function("cosh")


def hypot(x: Any, y: Any) -> Any:
    """Return the square root of x*x + y*y, without overflow on the way."""
    for number in (x, y):
        if isinstance(number, Recorded):
            return number.recorded("hypot", (x, y))
    return sqrt(x * x + y * y) if isinstance(x, complex) else math.hypot(x, y)


def polygamma(n: int, x: Any) -> Any:
    """Return the n-th derivative of the logarithmic derivative of gamma."""
    return x.recorded("polygamma", (n, x)) if isinstance(x, Recorded) else _polygamma(n, x)


def unwrap(x: Any) -> Any:
    """Return the number of a Recorded one; any other number as it is."""
    return x.data if isinstance(x, Recorded) else x


def sign(x: Any) -> Any:
    """Return the direction of a number, the slope of abs: 0.0 at 0, where every slope in [-1, 1] serves."""
    if isinstance(unwrap(x), complex):
        return x.conjugate() / abs(x) if x != 0 else 0.0
    return 0.0 if x == 0 else copysign(1.0, x)


def copysign(x: float, y: Any) -> float:
    """Return `x` with the sign of `y`; a step, so nothing is recorded."""
    return math.copysign(x, unwrap(y))


def over(x: Any, y: Any) -> Any:
    """Return the quotient; at y = 0 it is infinite, as IEEE 754 has it."""
    if y == 0:
        x, y = unwrap(x), unwrap(y)
        if isinstance(x, complex) or isinstance(y, complex):
            return complex(nan, nan)
        return nan if x == 0 or x != x else math.copysign(inf, x) * math.copysign(1.0, y)
    return x / y
