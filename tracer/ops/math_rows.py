"""List the rows of functions that are called by name: the built-in ones and all of `math`."""

from __future__ import annotations

import builtins
import math
from collections.abc import Sequence
from math import nan, pi
from typing import Any, Final

from .generic import (
    LN2,
    LN10,
    copysign,
    cos,
    cosh,
    exp,
    hypot,
    log,
    over,
    polygamma,
    sign,
    sin,
    sinh,
    sqrt,
    unwrap,
)
from .operator_rows import power_by_base, power_by_exponent
from .polygamma import polygamma as _polygamma
from .row import ANY, FLAT, POSITIVE, STEPS, UNIT, Interval, Op, Partial

__all__ = ["BUILTINS", "INDIRECT", "MATH"]

_ERF_FACTOR: Final = 2 / math.sqrt(pi)
_ABOVE_ONE: Final[Interval] = (1.05, 20.0)
_ABOVE_MINUS_ONE: Final[Interval] = (-0.95, 20.0)


def _operatorname(name: str) -> str:
    """Return the LaTeX of a function of one number that has no command of its own."""
    return rf"\operatorname{{{{{name}}}}}\left({{0}}\right)"


def _ones(z: Any, xs: Sequence[Any]) -> Sequence[Any]:
    return [1.0] * len(xs)


def _first_chosen(z: Any, xs: Sequence[Any]) -> Sequence[Any]:
    """Return 1.0 for the first operand that is the result: of equal ones Python keeps the first."""
    first = next((i for i, x in enumerate(xs) if x == z or x is z), 0)
    return [float(i == first) for i in range(len(xs))]


def _product(z: Any, xs: Sequence[Any]) -> Sequence[Any]:
    """Return the product of all the others, without dividing by what may be 0."""
    before, after = [1.0], [1.0]
    for x in xs[:-1]:
        before.append(before[-1] * x)
    for x in xs[:0:-1]:
        after.append(after[-1] * x)
    return [a * b for a, b in zip(before, reversed(after), strict=True)]


def _norm(z: Any, xs: Sequence[Any]) -> Sequence[Any]:
    return [x / z if z else 0.0 for x in xs]


def _distance(z: Any, pq: Sequence[Any]) -> Sequence[Any]:
    half = len(pq) // 2
    by_p = [(p - q) / z if z else 0.0 for p, q in zip(pq[:half], pq[half:], strict=True)]
    return [*by_p, *(-slope for slope in by_p)]


def _dot_product(z: Any, pq: Sequence[Any]) -> Sequence[Any]:
    half = len(pq) // 2
    return [*pq[half:], *pq[:half]]


def _erf_slope(z: Any, x: Any) -> Any:
    return _ERF_FACTOR * exp(-x * x)


def _log_slope(z: Any, x: Any, base: Any = math.e) -> Any:
    return 1 / x if base == math.e else 1 / (x * log(base))


def _tanh_slope(z: Any, x: Any) -> Any:
    # 1 - z * z would lose every digit where tanh is close to 1
    return 1 / cosh(x) ** 2 if abs(unwrap(x)) < 350 else 0.0


def _quotient(z: Any, x: Any, y: Any) -> Any:
    """Return minus the times that y was taken from x, however the quotient was rounded."""
    return -float(round(unwrap((x - z) / y)))


def _function(
    name: str, partial: Partial, latex: str = "", domain: Interval = ANY, js: str | None = None, **fields: Any
) -> Op:
    """Return the row of a function of one number in `math`; JavaScript has most under the same name."""
    fields["latex"] = latex or _operatorname(name)
    fields["js"] = f"Math.{name}({{0}})" if js is None else js
    return Op(name, getattr(math, name), (partial,), domain=(domain,), **fields)


# The formatter would give each argument a line.
# fmt: off
def _extreme(name: str, *ufuncs: str) -> Op:
    """Return the row of `min` or `max`."""
    return Op(name, getattr(builtins, name), _first_chosen, ufuncs=ufuncs, kinks="of equal ones the first",
              commutes=True, iterates=1, variadic=True,
              latex=rf"\{name}\left({{0}}, {{1}}\right)", js=f"Math.{name}({{0}}, {{1}})")


BUILTINS: Final = (
    Op("round", builtins.round, FLAT, latex=_operatorname("round")),
    Op("int", builtins.int, FLAT, converts=int, js="Math.trunc({0})", latex=_operatorname("int")),
    Op("bool", builtins.bool, FLAT, converts=bool, js="({0} !== 0)"),
    Op("float", builtins.float, (lambda z, x: 1.0,), converts=float, js="({0})", latex="{0}"),
    Op("complex", builtins.complex, (lambda z, x, y=0.0: 1.0, lambda z, x, y: 1j), converts=complex,
       latex="{0} + i {1}"),
    Op("powmod", builtins.pow, (power_by_base, power_by_exponent), domain=(POSITIVE, ANY),
       latex="{{{0}}}^{{{1}}}", js="({0}) ** ({1})"),
    Op("sum", builtins.sum, _ones, commutes=True, iterates=1),
    _extreme("min", "minimum", "fmin"),
    _extreme("max", "maximum", "fmax"),
)
MATH: Final = (
    _function("sqrt", lambda z, x: over(0.5, z), r"\sqrt{{{0}}}", POSITIVE, kinks="inf at 0"),
    _function("cbrt", lambda z, x: over(1.0, 3 * z * z), r"\sqrt[3]{{{0}}}", kinks="inf at 0"),
    _function("exp", lambda z, x: z, "e^{{{0}}}", underflows=True),
    _function("exp2", lambda z, x: z * LN2, "2^{{{0}}}", underflows=True, js="2 ** ({0})"),
    _function("expm1", lambda z, x: exp(x), "e^{{{0}}} - 1"),
    Op("log", math.log, (_log_slope, lambda z, x, base: -z / (base * log(base))),
       latex=r"\ln {0}", js="Math.log({0})", domain=(POSITIVE, _ABOVE_ONE)),
    _function("log2", lambda z, x: 1 / (x * LN2), r"\log_2 {0}", POSITIVE),
    _function("log10", lambda z, x: 1 / (x * LN10), r"\log_{{10}} {0}", POSITIVE),
    _function("log1p", lambda z, x: 1 / (1 + x), r"\ln\left(1 + {0}\right)", _ABOVE_MINUS_ONE),
    _function("sin", lambda z, x: cos(x), r"\sin {0}"),
    _function("cos", lambda z, x: -sin(x), r"\cos {0}"),
    _function("tan", lambda z, x: 1 + z * z, r"\tan {0}", (-1.5, 1.5)),
    _function("asin", lambda z, x: over(1.0, sqrt((1 - x) * (1 + x))), r"\arcsin {0}", UNIT,
              kinks="inf at -1 and 1", ufuncs=("arcsin",)),
    _function("acos", lambda z, x: over(-1.0, sqrt((1 - x) * (1 + x))), r"\arccos {0}", UNIT,
              kinks="-inf at -1 and 1", ufuncs=("arccos",)),
    _function("atan", lambda z, x: 1 / (1 + x * x), r"\arctan {0}", ufuncs=("arctan",)),
    Op("atan2", math.atan2,
       # one division after the other: the square of a small distance may be 0
       (lambda z, y, x: x / hypot(y, x) / hypot(y, x), lambda z, y, x: -y / hypot(y, x) / hypot(y, x)),
       latex=r"\operatorname{{atan2}}\left({0}, {1}\right)", js="Math.atan2({0}, {1})",
       kinks="nan at the origin", ufuncs=("arctan2",)),
    _function("sinh", lambda z, x: cosh(x), r"\sinh {0}"),
    _function("cosh", lambda z, x: sinh(x), r"\cosh {0}"),
    _function("tanh", _tanh_slope, r"\tanh {0}", (-17.0, 17.0)),
    _function("asinh", lambda z, x: 1 / hypot(x, 1.0), r"\operatorname{{arsinh}} {0}", ufuncs=("arcsinh",)),
    _function("acosh", lambda z, x: over(1.0, sqrt(x - 1) * sqrt(x + 1)), r"\operatorname{{arcosh}} {0}",
              _ABOVE_ONE, kinks="inf at 1", ufuncs=("arccosh",)),
    _function("atanh", lambda z, x: 1 / ((1 - x) * (1 + x)), r"\operatorname{{artanh}} {0}", UNIT,
              ufuncs=("arctanh",)),
    _function("erf", _erf_slope, r"\operatorname{{erf}} {0}", js="", source="DLMF 7.2.1"),
    _function("erfc", lambda z, x: -_erf_slope(z, x), r"\operatorname{{erfc}} {0}", js="",
              underflows=True, source="DLMF 7.2.2"),
    _function("gamma", lambda z, x: z * polygamma(0, x), r"\Gamma\left({0}\right)", (0.05, 17.0), js="",
              underflows=True, source="DLMF 5.2.2"),
    _function("lgamma", lambda z, x: polygamma(0, x), r"\ln\left|\Gamma\left({0}\right)\right|", (0.05, 50.0),
              js="", source="DLMF 5.2.2"),
    _function("fabs", lambda z, x: sign(x), r"\left| {0} \right|", js="Math.abs({0})", kinks="0 at 0"),
    _function("degrees", lambda z, x: 180 / pi, r"\frac{{180}}{{\pi}} {0}", js="({0}) * (180 / Math.PI)",
              ufuncs=("rad2deg",)),
    _function("radians", lambda z, x: pi / 180, r"\frac{{\pi}}{{180}} {0}", js="({0}) * (Math.PI / 180)",
              ufuncs=("deg2rad",)),
    Op("fpow", math.pow, (power_by_base, power_by_exponent), underflows=True, domain=(POSITIVE, ANY),
       latex="{{{0}}}^{{{1}}}", js="({0}) ** ({1})", kinks="as x ** y"),
    Op("fmod", math.fmod, (lambda z, x, y: 1.0, _quotient), js="({0}) % ({1})", domain=(ANY, POSITIVE)),
    Op("remainder", math.remainder, (lambda z, x, y: 1.0, _quotient), domain=(ANY, POSITIVE)),
    Op("copysign", math.copysign, (lambda z, x, y: sign(x) * copysign(1.0, y), lambda z, x, y: 0.0),
       kinks="0 by x at 0; 0 by y"),
    Op("ldexp", math.ldexp, (lambda z, x, i: 2.0 ** unwrap(i), lambda z, x, i: z * LN2),
       underflows=True, domain=(ANY, STEPS)),
    Op("nextafter", math.nextafter, (lambda z, x, y: 1.0, lambda z, x, y: 0.0, lambda z, x, y, n: 0.0)),
    Op("hypot", math.hypot, _norm, commutes=True, kinks="0 at 0",
       latex=r"\sqrt{{{0}^2 + {1}^2}}", js="Math.hypot({0}, {1})"),
    Op("dist", math.dist, _distance, iterates=2, kinks="0 at 0"),
    Op("fsum", math.fsum, _ones, commutes=True, iterates=1),
    Op("prod", math.prod, _product, commutes=True, iterates=1, underflows=True),
    Op("floor", math.floor, FLAT, latex=r"\left\lfloor {0} \right\rfloor", js="Math.floor({0})"),
    Op("ceil", math.ceil, FLAT, latex=r"\left\lceil {0} \right\rceil", js="Math.ceil({0})"),
    Op("trunc", math.trunc, FLAT, latex=_operatorname("trunc"), js="Math.trunc({0})"),
    Op("ulp", math.ulp, FLAT),
    Op("gcd", math.gcd, commutes=True, latex=r"\gcd\left({0}, {1}\right)", domain=(STEPS,)),
    Op("lcm", math.lcm, commutes=True, latex=r"\operatorname{{lcm}}\left({0}, {1}\right)", domain=(STEPS,)),
    Op("comb", math.comb, latex=r"\binom{{{0}}}{{{1}}}", domain=(STEPS,)),
    Op("perm", math.perm, domain=(STEPS,)),
    Op("factorial", math.factorial, latex="{0}!", domain=(STEPS,)),
    Op("isqrt", math.isqrt, latex=r"\left\lfloor \sqrt{{{0}}} \right\rfloor", domain=(STEPS,)),
    Op("isnan", math.isnan, FLAT),
    Op("isinf", math.isinf, FLAT),
    Op("isfinite", math.isfinite, FLAT),
    Op("isclose", math.isclose, FLAT),
    # sumprod is new in Python 3.12, fma in 3.13
    *([Op("sumprod", math.sumprod, _dot_product, iterates=2)] if hasattr(math, "sumprod") else []),
    *([Op("fma", math.fma, (lambda z, x, y, w: y, lambda z, x, y, w: x, lambda z, x, y, w: 1.0))]
      if hasattr(math, "fma") else []),
    Op("modf", math.modf, components=("modf[0]", "modf[1]")),
    Op("frexp", math.frexp, components=("frexp[0]", "frexp[1]")),
)
# Rows that no call in a program names: the numbers of a pair, and what derivatives are made of.
INDIRECT: Final = (
    Op("modf[0]", None, (lambda z, x: 1.0,)),
    Op("modf[1]", None, FLAT),
    Op("frexp[0]", None, (lambda z, x: z / x,), kinks="nan at 0"),
    Op("frexp[1]", None, FLAT),
    Op("polygamma", _polygamma, (lambda z, n, x: nan, lambda z, n, x: polygamma(n + 1, x)),
       domain=(STEPS, POSITIVE), source="DLMF 5.15.1"),
)
# fmt: on
