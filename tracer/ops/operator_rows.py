"""Owns the rows of what needs no call: Python's operators and the attributes of numbers."""

from __future__ import annotations

import builtins
import operator
from collections.abc import Sequence
from math import nan
from typing import Any, Final

from .exact_rows import TAKEN
from .generic import log, plain, sign
from .row import ANY, CONJUGATE, FLAT, POSITIVE, STEPS, Op

__all__ = ["ATTRIBUTES", "BINARY", "COMPARE", "UNARY", "power", "power_by_base", "power_by_exponent"]


def power_by_base(z: Any, x: Any, y: Any) -> Any:
    """The slope of x**y by x."""
    power = plain(y)
    if power == 0 and (x == 0 or power is y):
        return 0.0
    if power == 1 and power is y:
        return 1.0
    # a recorded exponent keeps the whole formula: it may be derived by that too
    return y * x if power == 2 and power is y else y * x ** (y - 1)


def power_by_exponent(z: Any, x: Any, y: Any) -> Any:
    """The slope of x**y by y; a negative base with a real power has none: next to it all is complex."""
    if x == 0:
        return 0.0 if plain(y).real > 0 else None
    if not isinstance(plain(x), complex):
        if isinstance(plain(z), complex):
            x = x + 0j
        elif x < 0:
            return None
    return z * log(x)


def power(z: Any, xs: Sequence[Any]) -> Sequence[Any] | None:
    """Of `pow(x, y)` both slopes; `pow(x, y, modulus)` has whole numbers, and none."""
    if len(xs) == 2:
        return [_quiet(power_by_base, z, *xs), _quiet(power_by_exponent, z, *xs)]
    return None


def _quiet(partial: Any, *args: Any) -> Any:
    try:
        return partial(*args)
    except (ValueError, ZeroDivisionError):
        return nan


def _one(z: Any, x: Any, y: Any) -> Any:
    return 1.0


def _minus_one(z: Any, x: Any, y: Any) -> Any:
    return -1.0


BINARY: Final = (
    Op("add", operator.add, (_one, _one), "{0} + {1}", True, "{0} + {1}", js="{0} + {1}"),
    Op("sub", operator.sub, (_one, _minus_one), "{0} - {1}", False, "{0} - {1}", js="{0} - {1}"),
    Op(
        *("mul", operator.mul, (lambda z, x, y: y, lambda z, x, y: x), "{0} * {1}", True),
        latex=r"{0} \cdot {1}",
        js="{0} * {1}",
    ),
    Op(
        *("truediv", operator.truediv, (lambda z, x, y: 1 / y, lambda z, x, y: -z / y), "{0} / {1}"),
        latex=r"\frac{{{0}}}{{{1}}}",
        js="{0} / {1}",
        domain=(ANY, POSITIVE),
    ),
    Op(
        *("floordiv", operator.floordiv, FLAT, "{0} // {1}"),
        latex=r"\left\lfloor \frac{{{0}}}{{{1}}} \right\rfloor",
        js="Math.floor({0} / {1})",
        domain=(ANY, POSITIVE),
    ),
    Op(
        *("mod", operator.mod, (lambda z, x, y: 1.0, lambda z, x, y: -(x // y)), "{0} % {1}"),
        latex=r"{0} \bmod {1}",
        js="({0} % {1} + {1}) % {1}",
        domain=(ANY, POSITIVE),
        kinks="at its jumps: the slope to the right",
    ),
    Op(
        *("pow", operator.pow, (power_by_base, power_by_exponent), "{0} ** {1}"),
        latex="{{{0}}}^{{{1}}}",
        js="({0}) ** ({1})",
        domain=(POSITIVE, ANY),
        kinks="by y: 0 at x = 0 if y > 0, else none; none for a negative x",
    ),
    *(
        Op(name, function, None, f"{{0}} {symbol} {{1}}", name in ("and", "or", "xor"), latex, "", (STEPS,))
        for name, function, symbol, latex in (
            ("lshift", operator.lshift, "<<", r"{0} \ll {1}"),
            ("rshift", operator.rshift, ">>", r"{0} \gg {1}"),
            ("and", operator.and_, "&", r"{0} \mathbin{{\&}} {1}"),
            ("or", operator.or_, "|", r"{0} \mid {1}"),
            ("xor", operator.xor, "^", r"{0} \oplus {1}"),
        )
    ),
)
COMPARE: Final = tuple(
    Op(
        *(name, getattr(operator, name), FLAT, f"{{0}} {written} {{1}}", name in ("eq", "ne")),
        latex=f"{{0}} {latex} {{1}}",
        js=js,
    )
    for name, written, latex, js in (
        ("lt", "<", "<", "{0} < {1}"),
        ("le", "<=", r"\le", "{0} <= {1}"),
        ("eq", "==", "=", "{0} === {1}"),
        ("ne", "!=", r"\ne", "{0} !== {1}"),
        ("gt", ">", ">", "{0} > {1}"),
        ("ge", ">=", r"\ge", "{0} >= {1}"),
    )
)
UNARY: Final = (
    Op("neg", operator.neg, (lambda z, x: -1.0,), "-{0}", latex="-{0}", js="-({0})"),
    Op("pos", operator.pos, (lambda z, x: 1.0,), "+{0}", latex="+{0}", js="+({0})"),
    Op("invert", operator.invert, (lambda z, x: -1.0,), "~{0}", latex=r"\mathord{{\sim}} {0}"),
    Op(
        *("abs", builtins.abs, (lambda z, x: sign(x),), "abs({0})"),
        latex=r"\left| {0} \right|",
        js="Math.abs({0})",
        kinks="0 at 0",
    ),
)


def _imaginary(z: Any, x: Any) -> Any:
    """Re(-i dx) is what a change of x does to its imaginary part."""
    return -1j if isinstance(plain(x), complex) else 0.0


# Reached through attributes of numbers, not through calls.
ATTRIBUTES: Final = (
    *TAKEN,
    Op("real", None, (lambda z, x: 1.0,), "{0}.real", latex=r"\Re {0}"),
    Op("imag", None, (_imaginary,), "{0}.imag", latex=r"\Im {0}"),
    Op("conjugate", None, CONJUGATE, "{0}.conjugate()", latex=r"\overline{{{0}}}"),
    Op("is_integer", None, FLAT, "{0}.is_integer()"),
    Op("bit_length", None, None, "{0}.bit_length()", domain=(STEPS,)),
    Op("item", None, (lambda z, x: 1.0,), "{0}.item()"),
    Op("bit_count", None, None, "{0}.bit_count()", domain=(STEPS,)),
    Op("ln", None, (lambda z, x: 1 / x,), "{0}.ln()", latex=r"\ln {0}", domain=(POSITIVE,)),
    Op("quantize", None, FLAT, "{0}.quantize({1})"),
    Op("to_integral_value", None, FLAT, "{0}.to_integral_value()"),
)
