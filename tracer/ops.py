"""Owns `Op` and `OPS`, the one table of primitive operations: a row says all there is to know.

A partial is `(z, *operands) -> slope` with z the result; the slopes of an operation with any
number of operands are one function `(z, operands) -> slopes`. `FLAT` marks operations whose
value moves in steps: between two steps the slope is 0. An operation without partials has no
known derivative. Formulas: Abramowitz & Stegun, Handbook of Mathematical Functions, chapters
3, 4 and 6, unless a row names another source.
"""

from __future__ import annotations

import builtins
import math
import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import copysign, cos, cosh, exp, inf, log, nan, pi, sin, sinh, sqrt
from typing import Any, Final

__all__ = ["BINARY", "CALLS", "COMPARE", "CODES", "FLAT", "LEAVES", "OPS", "UNARY", "Op"]

Partial = Callable[..., float]
Slopes = Callable[[float, Sequence[float]], Sequence[float]]

FLAT: Final = "flat"
LEAVES: Final = ("input", "literal", "constant")


@dataclass(frozen=True, slots=True)
class Op:
    """One primitive operation.

    Attributes:
        name: unique, as Python's `operator` or `math` calls it.
        function: Python's own function; it computes the forward value.
        partials: one slope a operand, or one function for all operands, FLAT, or None.
        python: how it is written; `{0}` is the first operand. Operations of any number of
            operands are written as calls.
        commutes: whether the operands may change places.
    """

    name: str
    function: Callable[..., Any] | None = None
    partials: tuple[Partial, ...] | Slopes | str | None = None
    python: str = ""
    commutes: bool = False

    @property
    def symbol(self) -> str:
        """What a picture or a lesson shows for it: `+`, `**`, `sin`."""
        bare = self.python.replace("{0}", "").replace("{1}", "").strip()
        return bare if bare and not bare[0].isalpha() else self.name

    def slopes(self, z: Any, operands: Sequence[Any]) -> Sequence[float] | None:
        """The derivative of the result by each operand; None if it is not known.

        Where a partial has no finite answer (a pole, the end of a domain) its slope is nan.
        """
        if self.partials is None:
            return None
        if isinstance(self.partials, str):
            return [0.0] * len(operands)
        if callable(self.partials):
            return self.partials(z, operands)
        return [_slope(partial, z, operands) for partial, _ in zip(self.partials, operands, strict=False)]


def _slope(partial: Partial, z: Any, operands: Sequence[Any]) -> float:
    try:
        return partial(z, *operands)
    except (ValueError, ZeroDivisionError):
        return nan
    except OverflowError:
        return inf


def _sign(x: float) -> float:
    return 0.0 if x == 0 else copysign(1.0, x)


def _digamma(x: float) -> float:
    """The logarithmic derivative of gamma: NIST DLMF 5.5.2, 5.5.4 and the series 5.11.2."""
    if x <= 0:
        return nan if x == math.floor(x) else _digamma(1 - x) - pi / math.tan(pi * x)
    total = 0.0
    while x < 10:
        total -= 1 / x
        x += 1
    y = 1 / (x * x)
    tail = y * (1 / 12 - y * (1 / 120 - y * (1 / 252 - y * (1 / 240 - y * (1 / 132 - y * 691 / 32760)))))
    return total + log(x) - 0.5 / x - tail


def _power_by_base(z: float, x: float, y: float) -> float:
    return 0.0 if y == 0 else y * x ** (y - 1)


def _power_by_exponent(z: float, x: float, y: float) -> float:
    if x == 0:
        return 0.0 if y > 0 else nan
    return z * log(x)


def _chosen(z: float, xs: Sequence[float]) -> Sequence[float]:
    """Of equal candidates Python keeps the first, so the first carries the derivative."""
    first = next((i for i, x in enumerate(xs) if x == z or x is z), 0)
    return [float(i == first) for i in range(len(xs))]


def _product(z: float, xs: Sequence[float]) -> Sequence[float]:
    before, after = [1.0], [1.0]
    for x in xs[:-1]:
        before.append(before[-1] * x)
    for x in xs[:0:-1]:
        after.append(after[-1] * x)
    return [a * b for a, b in zip(before, reversed(after), strict=True)]


def _norm(z: float, xs: Sequence[float]) -> Sequence[float]:
    return [x / z if z else 0.0 for x in xs]


def _distance(z: float, pq: Sequence[float]) -> Sequence[float]:
    half = len(pq) // 2
    to = [(p - q) / z if z else 0.0 for p, q in zip(pq[:half], pq[half:], strict=True)]
    return [*to, *(-d for d in to)]


def _cross(z: float, pq: Sequence[float]) -> Sequence[float]:
    half = len(pq) // 2
    return [*pq[half:], *pq[:half]]


def _ones(z: float, xs: Sequence[float]) -> Sequence[float]:
    return [1.0] * len(xs)


BINARY: Final = (
    Op("add", operator.add, (lambda z, x, y: 1.0, lambda z, x, y: 1.0), "{0} + {1}", True),
    Op("sub", operator.sub, (lambda z, x, y: 1.0, lambda z, x, y: -1.0), "{0} - {1}"),
    Op("mul", operator.mul, (lambda z, x, y: y, lambda z, x, y: x), "{0} * {1}", True),
    Op("truediv", operator.truediv, (lambda z, x, y: 1 / y, lambda z, x, y: -z / y), "{0} / {1}"),
    Op("floordiv", operator.floordiv, FLAT, "{0} // {1}"),
    Op("mod", operator.mod, (lambda z, x, y: 1.0, lambda z, x, y: -(x // y)), "{0} % {1}"),
    Op("pow", operator.pow, (_power_by_base, _power_by_exponent), "{0} ** {1}"),
    Op("lshift", operator.lshift, FLAT, "{0} << {1}"),
    Op("rshift", operator.rshift, FLAT, "{0} >> {1}"),
    Op("and", operator.and_, FLAT, "{0} & {1}", True),
    Op("or", operator.or_, FLAT, "{0} | {1}", True),
    Op("xor", operator.xor, FLAT, "{0} ^ {1}", True),
)
COMPARE: Final = (
    Op("lt", operator.lt, FLAT, "{0} < {1}"),
    Op("le", operator.le, FLAT, "{0} <= {1}"),
    Op("eq", operator.eq, FLAT, "{0} == {1}", True),
    Op("ne", operator.ne, FLAT, "{0} != {1}", True),
    Op("gt", operator.gt, FLAT, "{0} > {1}"),
    Op("ge", operator.ge, FLAT, "{0} >= {1}"),
)
UNARY: Final = (
    Op("neg", operator.neg, (lambda z, x: -1.0,), "-{0}"),
    Op("pos", operator.pos, (lambda z, x: 1.0,), "+{0}"),
    Op("invert", operator.invert, (lambda z, x: -1.0,), "~{0}"),
    Op("abs", builtins.abs, (lambda z, x: _sign(x),), "abs({0})"),
)

# Called by name. `function` is the identity by which a call is recognised, however it was imported.
CALLS: Final = (
    Op("round", builtins.round, FLAT),
    Op("int", builtins.int, FLAT),
    Op("bool", builtins.bool, FLAT),
    Op("float", builtins.float, (lambda z, x: 1.0,)),
    Op("complex", builtins.complex, None),
    Op("powmod", builtins.pow, FLAT),
    Op("sum", builtins.sum, _ones),
    Op("min", builtins.min, _chosen),
    Op("max", builtins.max, _chosen),
    Op("sqrt", math.sqrt, (lambda z, x: 0.5 / z,)),
    Op("cbrt", math.cbrt, (lambda z, x: 1 / (3 * z * z),)),
    Op("exp", math.exp, (lambda z, x: z,)),
    Op("exp2", math.exp2, (lambda z, x: z * log(2.0),)),
    Op("expm1", math.expm1, (lambda z, x: exp(x),)),
    Op(
        "log",
        math.log,
        (
            lambda z, x, base=math.e: 1 / x if base == math.e else 1 / (x * log(base)),
            lambda z, x, base: -z / (base * log(base)),
        ),
    ),
    Op("log2", math.log2, (lambda z, x: 1 / (x * log(2.0)),)),
    Op("log10", math.log10, (lambda z, x: 1 / (x * log(10.0)),)),
    Op("log1p", math.log1p, (lambda z, x: 1 / (1 + x),)),
    Op("sin", math.sin, (lambda z, x: cos(x),)),
    Op("cos", math.cos, (lambda z, x: -sin(x),)),
    Op("tan", math.tan, (lambda z, x: 1 + z * z,)),
    Op("asin", math.asin, (lambda z, x: 1 / sqrt((1 - x) * (1 + x)),)),
    Op("acos", math.acos, (lambda z, x: -1 / sqrt((1 - x) * (1 + x)),)),
    Op("atan", math.atan, (lambda z, x: 1 / (1 + x * x),)),
    Op(
        "atan2",
        math.atan2,
        (lambda z, y, x: x / (x * x + y * y), lambda z, y, x: -y / (x * x + y * y)),
    ),
    Op("sinh", math.sinh, (lambda z, x: cosh(x),)),
    Op("cosh", math.cosh, (lambda z, x: sinh(x),)),
    # 1 - z * z would lose every digit where tanh is close to 1
    Op("tanh", math.tanh, (lambda z, x: 1 / cosh(x) ** 2 if abs(x) < 350 else 0.0,)),
    Op("asinh", math.asinh, (lambda z, x: 1 / math.hypot(x, 1.0),)),
    Op("acosh", math.acosh, (lambda z, x: 1 / (sqrt(x - 1) * sqrt(x + 1)),)),
    Op("atanh", math.atanh, (lambda z, x: 1 / ((1 - x) * (1 + x)),)),
    Op("erf", math.erf, (lambda z, x: 2 / sqrt(pi) * exp(-x * x),)),
    Op("erfc", math.erfc, (lambda z, x: -2 / sqrt(pi) * exp(-x * x),)),
    Op("gamma", math.gamma, (lambda z, x: z * _digamma(x),)),
    Op("lgamma", math.lgamma, (lambda z, x: _digamma(x),)),
    Op("fabs", math.fabs, (lambda z, x: _sign(x),)),
    Op("degrees", math.degrees, (lambda z, x: 180 / pi,)),
    Op("radians", math.radians, (lambda z, x: pi / 180,)),
    Op("fpow", math.pow, (_power_by_base, _power_by_exponent)),
    Op("fmod", math.fmod, (lambda z, x, y: 1.0, lambda z, x, y: -float(math.trunc(x / y)))),
    Op("remainder", math.remainder, (lambda z, x, y: 1.0, lambda z, x, y: -(x - z) / y)),
    Op("copysign", math.copysign, (lambda z, x, y: _sign(x) * copysign(1.0, y), lambda z, x, y: 0.0)),
    Op("ldexp", math.ldexp, (lambda z, x, i: 2.0**i, lambda z, x, i: z * log(2.0))),
    Op("nextafter", math.nextafter, (lambda z, x, y: 1.0, lambda z, x, y: 0.0)),
    Op("hypot", math.hypot, _norm),
    Op("dist", math.dist, _distance),
    Op("fsum", math.fsum, _ones),
    Op("prod", math.prod, _product),
    *(
        Op(name, getattr(math, name), FLAT)
        for name in ("floor", "ceil", "trunc", "ulp", "gcd", "lcm", "comb", "perm", "factorial", "isqrt")
    ),
    *(Op(name, getattr(math, name), FLAT) for name in ("isnan", "isinf", "isfinite", "isclose")),
    *([Op("sumprod", math.sumprod, _cross)] if hasattr(math, "sumprod") else []),
    *(
        [Op("fma", math.fma, (lambda z, x, y, w: y, lambda z, x, y, w: x, lambda z, x, y, w: 1.0))]
        if hasattr(math, "fma")
        else []
    ),
)

# Reached through attributes of numbers, not through calls.
ATTRIBUTES: Final = (
    Op("real", None, (lambda z, x: 1.0,), "{0}.real"),
    Op("imag", None, FLAT, "{0}.imag"),
    Op("conjugate", None, (lambda z, x: 1.0,), "{0}.conjugate()"),
    Op("numerator", None, None, "{0}.numerator"),
    Op("denominator", None, None, "{0}.denominator"),
)

# `opaque`: a call that the graph can follow but not differentiate.
ROWS: Final = (*(Op(name) for name in LEAVES), Op("opaque"), *BINARY, *COMPARE, *UNARY, *CALLS, *ATTRIBUTES)
OPS: Final = {op.name: op for op in ROWS}
CODES: Final = {op.name: code for code, op in enumerate(ROWS)}
