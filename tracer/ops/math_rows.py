"""Owns the rows that are called by name: the built-in functions and all of `math`."""

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
    plain,
    polygamma,
    sign,
    sin,
    sinh,
    sqrt,
)
from .operator_rows import power, power_by_base, power_by_exponent
from .polygamma import polygamma as _polygamma
from .row import ANY, FLAT, POSITIVE, STEPS, UNIT, Interval, Op

__all__ = ["BUILTINS", "MATH", "PARTS"]

_SCALED: Final = 2 / math.sqrt(pi)
_ABOVE_ONE: Final[Interval] = (1.05, 20.0)
_ABOVE_MINUS_ONE: Final[Interval] = (-0.95, 20.0)
_WIDE: Final[Interval] = (-17.0, 17.0)
_GAMMA: Final = r"\Gamma\left({0}\right)"


def _ones(z: Any, xs: Sequence[Any]) -> Sequence[Any]:
    return [1.0] * len(xs)


def _chosen(z: Any, xs: Sequence[Any]) -> Sequence[Any]:
    """Of equal candidates Python keeps the first, so the first carries the derivative."""
    first = next((i for i, x in enumerate(xs) if x == z or x is z), 0)
    return [float(i == first) for i in range(len(xs))]


def _product(z: Any, xs: Sequence[Any]) -> Sequence[Any]:
    """All the others multiplied, without dividing by what may be 0."""
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
    to = [(p - q) / z if z else 0.0 for p, q in zip(pq[:half], pq[half:], strict=True)]
    return [*to, *(-d for d in to)]


def _cross(z: Any, pq: Sequence[Any]) -> Sequence[Any]:
    half = len(pq) // 2
    return [*pq[half:], *pq[:half]]


def _bell(z: Any, x: Any) -> Any:
    """The slope of erf: NIST DLMF 7.2.1."""
    return _SCALED * exp(-x * x)


def _log_slope(z: Any, x: Any, base: Any = math.e) -> Any:
    return 1 / x if base == math.e else 1 / (x * log(base))


def _tanh_slope(z: Any, x: Any) -> Any:
    # 1 - z * z would lose every digit where tanh is close to 1
    return 1 / cosh(x) ** 2 if abs(plain(x)) < 350 else 0.0


def _wraps(z: Any, x: Any, y: Any) -> Any:
    """How many times y was taken from x, whichever way the rest was rounded."""
    return -float(round(plain((x - z) / y)))


def _shifted(z: Any, x: Any, i: Any) -> Any:
    return z * LN2


BUILTINS: Final = (
    Op("round", builtins.round, FLAT, latex=r"\operatorname{{round}}\left({0}\right)"),
    Op("int", builtins.int, FLAT, js="Math.trunc({0})", latex=r"\operatorname{{int}}\left({0}\right)"),
    Op("bool", builtins.bool, FLAT, js="({0} !== 0)"),
    Op("float", builtins.float, (lambda z, x: 1.0,), js="({0})", latex="{0}"),
    Op("complex", builtins.complex, (lambda z, x, y=0.0: 1.0, lambda z, x, y: 1j), latex="{0} + i {1}"),
    Op("powmod", builtins.pow, power, latex="{{{0}}}^{{{1}}}", js="({0}) ** ({1})", domain=(POSITIVE, ANY)),
    Op("sum", builtins.sum, _ones),
    *(
        Op(
            *(name, getattr(builtins, name), _chosen),
            latex=rf"\{name}\left({{0}}, {{1}}\right)",
            js=f"Math.{name}({{0}}, {{1}})",
            kinks="of equal ones the first",
        )
        for name in ("min", "max")
    ),
)


def _call(
    name: str,
    partial: Any,
    domain: Interval = ANY,
    *,
    latex: str = "",
    js: str = "",
    kinks: str = "",
    source: str = "",
) -> Op:
    """A function of one number: a slope, where it lies, and how it is written."""
    return Op(
        *(name, getattr(math, name), (partial,)),
        latex=latex or rf"\operatorname{{{{{name}}}}}\left({{0}}\right)",
        js=js or f"Math.{name}({{0}})",
        domain=(domain,),
        kinks=kinks,
        source=source,
    )


MATH: Final = (
    _call("sqrt", lambda z, x: over(0.5, z), POSITIVE, latex=r"\sqrt{{{0}}}", kinks="inf at 0"),
    _call("cbrt", lambda z, x: over(1.0, 3 * z * z), latex=r"\sqrt[3]{{{0}}}", kinks="inf at 0"),
    _call("exp", lambda z, x: z, latex="e^{{{0}}}"),
    _call("exp2", lambda z, x: z * LN2, latex="2^{{{0}}}", js="2 ** ({0})"),
    _call("expm1", lambda z, x: exp(x), latex="e^{{{0}}} - 1"),
    Op(
        *("log", math.log, (_log_slope, lambda z, x, base: -z / (base * log(base)))),
        latex=r"\ln {0}",
        js="Math.log({0})",
        domain=(POSITIVE, _ABOVE_ONE),
    ),
    _call("log2", lambda z, x: 1 / (x * LN2), POSITIVE, latex=r"\log_2 {0}"),
    _call("log10", lambda z, x: 1 / (x * LN10), POSITIVE, latex=r"\log_{{10}} {0}"),
    _call("log1p", lambda z, x: 1 / (1 + x), _ABOVE_MINUS_ONE, latex=r"\ln\left(1 + {0}\right)"),
    _call("sin", lambda z, x: cos(x), latex=r"\sin {0}"),
    _call("cos", lambda z, x: -sin(x), latex=r"\cos {0}"),
    _call("tan", lambda z, x: 1 + z * z, (-1.5, 1.5), latex=r"\tan {0}"),
    _call(
        *("asin", lambda z, x: over(1.0, sqrt((1 - x) * (1 + x))), UNIT),
        latex=r"\arcsin {0}",
        kinks="inf at -1 and 1",
    ),
    _call(
        *("acos", lambda z, x: over(-1.0, sqrt((1 - x) * (1 + x))), UNIT),
        latex=r"\arccos {0}",
        kinks="-inf at -1 and 1",
    ),
    _call("atan", lambda z, x: 1 / (1 + x * x), latex=r"\arctan {0}"),
    Op(
        *("atan2", math.atan2),
        # one division after the other: the square of a small distance may be 0
        (lambda z, y, x: x / hypot(y, x) / hypot(y, x), lambda z, y, x: -y / hypot(y, x) / hypot(y, x)),
        latex=r"\operatorname{{atan2}}\left({0}, {1}\right)",
        js="Math.atan2({0}, {1})",
        kinks="nan at the origin",
    ),
    _call("sinh", lambda z, x: cosh(x), latex=r"\sinh {0}"),
    _call("cosh", lambda z, x: sinh(x), latex=r"\cosh {0}"),
    _call("tanh", _tanh_slope, _WIDE, latex=r"\tanh {0}"),
    _call("asinh", lambda z, x: 1 / hypot(x, 1.0), latex=r"\operatorname{{arsinh}} {0}"),
    _call(
        *("acosh", lambda z, x: over(1.0, sqrt(x - 1) * sqrt(x + 1)), _ABOVE_ONE),
        latex=r"\operatorname{{arcosh}} {0}",
        kinks="inf at 1",
    ),
    _call("atanh", lambda z, x: 1 / ((1 - x) * (1 + x)), UNIT, latex=r"\operatorname{{artanh}} {0}"),
    Op("erf", math.erf, (_bell,), latex=r"\operatorname{{erf}} {0}", source="DLMF 7.2.1"),
    Op(
        *("erfc", math.erfc, (lambda z, x: -_bell(z, x),)),
        latex=r"\operatorname{{erfc}} {0}",
        source="DLMF 7.2.2",
    ),
    Op(
        *("gamma", math.gamma, (lambda z, x: z * polygamma(0, x),)),
        latex=_GAMMA,
        domain=((0.05, 17.0),),
        source="DLMF 5.2.2",
    ),
    Op(
        *("lgamma", math.lgamma, (lambda z, x: polygamma(0, x),)),
        latex=r"\ln\left|" + _GAMMA + r"\right|",
        domain=((0.05, 50.0),),
        source="DLMF 5.2.2",
    ),
    _call("fabs", lambda z, x: sign(x), latex=r"\left| {0} \right|", js="Math.abs({0})", kinks="0 at 0"),
    _call("degrees", lambda z, x: 180 / pi, latex=r"\frac{{180}}{{\pi}} {0}", js="({0}) * (180 / Math.PI)"),
    _call("radians", lambda z, x: pi / 180, latex=r"\frac{{\pi}}{{180}} {0}", js="({0}) * (Math.PI / 180)"),
    Op(
        *("fpow", math.pow, (power_by_base, power_by_exponent)),
        latex="{{{0}}}^{{{1}}}",
        js="({0}) ** ({1})",
        domain=(POSITIVE, ANY),
        kinks="as x ** y",
    ),
    Op("fmod", math.fmod, (lambda z, x, y: 1.0, _wraps), js="({0}) % ({1})", domain=(ANY, POSITIVE)),
    Op("remainder", math.remainder, (lambda z, x, y: 1.0, _wraps), domain=(ANY, POSITIVE)),
    Op(
        *("copysign", math.copysign, (lambda z, x, y: sign(x) * copysign(1.0, y), lambda z, x, y: 0.0)),
        kinks="0 by x at 0; 0 by y",
    ),
    Op("ldexp", math.ldexp, (lambda z, x, i: 2.0 ** plain(i), _shifted), domain=(ANY, STEPS)),
    Op("nextafter", math.nextafter, (lambda z, x, y: 1.0, lambda z, x, y: 0.0, lambda z, x, y, n: 0.0)),
    Op(
        *("hypot", math.hypot, _norm),
        latex=r"\sqrt{{{0}^2 + {1}^2}}",
        js="Math.hypot({0}, {1})",
        kinks="0 at 0",
    ),
    Op("dist", math.dist, _distance, kinks="0 at 0"),
    Op("fsum", math.fsum, _ones),
    Op("prod", math.prod, _product),
    *(
        Op(name, getattr(math, name), FLAT, latex=latex, js=js)
        for name, latex, js in (
            ("floor", r"\left\lfloor {0} \right\rfloor", "Math.floor({0})"),
            ("ceil", r"\left\lceil {0} \right\rceil", "Math.ceil({0})"),
            ("trunc", r"\operatorname{{trunc}}\left({0}\right)", "Math.trunc({0})"),
            ("ulp", "", ""),
        )
    ),
    *(
        Op(name, getattr(math, name), None, latex=latex, domain=(STEPS,))
        for name, latex in (
            ("gcd", r"\gcd\left({0}, {1}\right)"),
            ("lcm", r"\operatorname{{lcm}}\left({0}, {1}\right)"),
            ("comb", r"\binom{{{0}}}{{{1}}}"),
            ("perm", ""),
            ("factorial", "{0}!"),
            ("isqrt", r"\left\lfloor \sqrt{{{0}}} \right\rfloor"),
        )
    ),
    *(Op(name, getattr(math, name), FLAT) for name in ("isnan", "isinf", "isfinite", "isclose")),
    *([Op("sumprod", math.sumprod, _cross)] if hasattr(math, "sumprod") else []),
    *(
        [Op("fma", math.fma, (lambda z, x, y, w: y, lambda z, x, y, w: x, lambda z, x, y, w: 1.0))]
        if hasattr(math, "fma")
        else []
    ),
    # Two numbers come out of these; each has a row of its own.
    Op("modf", math.modf, parts=("modf[0]", "modf[1]")),
    Op("frexp", math.frexp, parts=("frexp[0]", "frexp[1]")),
)
# Rows that no name in the source calls: the numbers of a pair, and what derivatives are made of.
PARTS: Final = (
    Op("modf[0]", None, (lambda z, x: 1.0,)),
    Op("modf[1]", None, FLAT),
    Op("frexp[0]", None, (lambda z, x: z / x,), kinks="nan at 0"),
    Op("frexp[1]", None, FLAT),
    Op(
        *("polygamma", _polygamma, (lambda z, n, x: nan, lambda z, n, x: polygamma(n + 1, x))),
        domain=(STEPS, POSITIVE),
        source="DLMF 5.15.1",
    ),
)
