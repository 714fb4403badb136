"""List the rows of what is written without a call: Python's operators and the attributes of numbers."""

from __future__ import annotations

import ast
import builtins
import operator
from typing import Any, Final

from .exact_rows import RATIO_PARTS
from .generic import log, sign, unwrap
from .row import ANY, CONJUGATE, FLAT, POSITIVE, STEPS, Op, Partial, Precedence

__all__ = ["ATTRIBUTES", "BINARY", "COMPARE", "UNARY", "power_by_base", "power_by_exponent"]


def power_by_base(z: Any, x: Any, y: Any) -> Any:
    """Return the slope of x**y by x."""
    exponent = unwrap(y)
    if exponent == 0 and (x == 0 or exponent is y):
        return 0.0
    if exponent == 1 and exponent is y:
        return 1.0
    # a recorded exponent keeps the whole formula: it may be derived by that too
    return y * x if exponent == 2 and exponent is y else y * x ** (y - 1)


def power_by_exponent(z: Any, x: Any, y: Any) -> Any:
    """Return the slope of x**y by y; None for a negative x with a real power: next to it all is complex."""
    if x == 0:
        return 0.0 if unwrap(y).real > 0 else None
    if not isinstance(unwrap(x), complex):
        if isinstance(unwrap(z), complex):
            x = x + 0j
        elif x < 0:
            return None
    return z * log(x)


def _binary(
    name: str,
    symbol: str,
    syntax: type[ast.operator | ast.cmpop],
    precedence: Precedence,
    partials: tuple[Partial, Partial] | str | None,
    latex: str | None = None,
    js: str | None = None,
    **fields: Any,
) -> Op:
    """Return the row of an operator between two numbers; LaTeX and JavaScript write most as Python does."""
    python = f"{{0}} {symbol} {{1}}"
    fields["latex"] = python if latex is None else latex
    fields["js"] = python if js is None else js
    function = getattr(operator, f"__{name}__")
    return Op(name, function, partials, python=python, syntax=syntax, precedence=precedence, **fields)


def _bitwise(
    name: str, symbol: str, syntax: type[ast.operator], precedence: Precedence, latex: str, **fields: Any
) -> Op:
    """Return the row of an operator on whole numbers; those of JavaScript have 32 bits."""
    latex = f"{{0}} {latex} {{1}}"
    return _binary(name, symbol, syntax, precedence, None, latex, "", domain=(STEPS,), **fields)


def _comparison(
    name: str, symbol: str, syntax: type[ast.cmpop], mirror: str, ufunc: str, *spellings: str
) -> Op:
    """Return the row of a comparison; one that is its own mirror commutes."""
    fields: dict[str, Any] = {"mirror": mirror, "commutes": mirror == name, "ufuncs": (ufunc,)}
    return _binary(name, symbol, syntax, Precedence.COMPARISON, FLAT, *spellings, **fields)


# The formatter would give each argument a line.
# fmt: off
BINARY: Final = (
    _binary("add", "+", ast.Add, Precedence.SUM, (lambda z, x, y: 1.0, lambda z, x, y: 1.0), commutes=True),
    _binary("sub", "-", ast.Sub, Precedence.SUM, (lambda z, x, y: 1.0, lambda z, x, y: -1.0),
            ufuncs=("subtract",)),
    _binary("mul", "*", ast.Mult, Precedence.PRODUCT, (lambda z, x, y: y, lambda z, x, y: x),
            r"{0} \cdot {1}", commutes=True, underflows=True, ufuncs=("multiply",)),
    _binary("truediv", "/", ast.Div, Precedence.PRODUCT, (lambda z, x, y: 1 / y, lambda z, x, y: -z / y),
            r"\frac{{{0}}}{{{1}}}", domain=(ANY, POSITIVE), underflows=True,
            ufuncs=("divide", "true_divide")),
    _binary("floordiv", "//", ast.FloorDiv, Precedence.PRODUCT, FLAT,
            r"\left\lfloor \frac{{{0}}}{{{1}}} \right\rfloor", "Math.floor({0} / {1})",
            ufuncs=("floor_divide",), domain=(ANY, POSITIVE)),
    _binary("mod", "%", ast.Mod, Precedence.PRODUCT, (lambda z, x, y: 1.0, lambda z, x, y: -(x // y)),
            r"{0} \bmod {1}", "({0} % {1} + {1}) % {1}", ufuncs=("remainder",), domain=(ANY, POSITIVE),
            kinks="at its jumps the slope to the right"),
    _binary("pow", "**", ast.Pow, Precedence.POWER, (power_by_base, power_by_exponent),
            "{{{0}}}^{{{1}}}", "({0}) ** ({1})", underflows=True, ufuncs=("power", "float_power"),
            domain=(POSITIVE, ANY), kinks="by y: 0 at x = 0 if y > 0, else none; none for a negative x"),
    _bitwise("lshift", "<<", ast.LShift, Precedence.SHIFT, r"\ll", ufuncs=("left_shift",)),
    _bitwise("rshift", ">>", ast.RShift, Precedence.SHIFT, r"\gg", ufuncs=("right_shift",)),
    _bitwise("and", "&", ast.BitAnd, Precedence.BITWISE_AND, r"\mathbin{{\&}}",
             ufuncs=("bitwise_and",), commutes=True),
    _bitwise("or", "|", ast.BitOr, Precedence.BITWISE_OR, r"\mid", ufuncs=("bitwise_or",), commutes=True),
    _bitwise("xor", "^", ast.BitXor, Precedence.BITWISE_XOR, r"\oplus",
             ufuncs=("bitwise_xor",), commutes=True),
)
COMPARE: Final = (
    _comparison("lt", "<", ast.Lt, "gt", "less"),
    _comparison("le", "<=", ast.LtE, "ge", "less_equal", r"{0} \le {1}"),
    _comparison("eq", "==", ast.Eq, "eq", "equal", "{0} = {1}", "{0} === {1}"),
    _comparison("ne", "!=", ast.NotEq, "ne", "not_equal", r"{0} \ne {1}", "{0} !== {1}"),
    _comparison("gt", ">", ast.Gt, "lt", "greater"),
    _comparison("ge", ">=", ast.GtE, "le", "greater_equal", r"{0} \ge {1}"),
)
UNARY: Final = (
    Op("neg", operator.neg, (lambda z, x: -1.0,), ufuncs=("negative",),
       python="-{0}", syntax=ast.USub, precedence=Precedence.SIGN, latex="-{0}", js="-({0})"),
    Op("pos", operator.pos, (lambda z, x: 1.0,), ufuncs=("positive",),
       python="+{0}", syntax=ast.UAdd, precedence=Precedence.SIGN, latex="+{0}", js="+({0})"),
    Op("abs", builtins.abs, (lambda z, x: sign(x),), ufuncs=("absolute",), kinks="0 at 0",
       python="abs({0})", latex=r"\left| {0} \right|", js="Math.abs({0})"),
    Op("invert", operator.invert, (lambda z, x: -1.0,), ufuncs=("bitwise_not",),
       python="~{0}", syntax=ast.Invert, precedence=Precedence.SIGN, latex=r"\mathord{{\sim}} {0}"),
)
# fmt: on


def _imaginary(z: Any, x: Any) -> Any:
    """Return -i, for Re(-i dx) is what a change of x does to its imaginary part."""
    return -1j if isinstance(unwrap(x), complex) else 0.0


# Reached through attributes of numbers, not through calls.
ATTRIBUTES: Final = (
    *RATIO_PARTS,
    Op("real", None, (lambda z, x: 1.0,), python="{0}.real", latex=r"\Re {0}"),
    Op("imag", None, (_imaginary,), python="{0}.imag", latex=r"\Im {0}"),
    Op("conjugate", None, CONJUGATE, ufuncs=("conj",), python="{0}.conjugate()", latex=r"\overline{{{0}}}"),
    Op("is_integer", None, FLAT, python="{0}.is_integer()"),
    Op("bit_length", None, None, python="{0}.bit_length()", domain=(STEPS,)),
    Op("item", None, (lambda z, x: 1.0,), python="{0}.item()"),
    Op("bit_count", None, None, python="{0}.bit_count()", domain=(STEPS,)),
    Op("ln", None, (lambda z, x: 1 / x,), python="{0}.ln()", latex=r"\ln {0}", domain=(POSITIVE,)),
    Op("quantize", None, FLAT, python="{0}.quantize({1})"),
    Op("to_integral_value", None, FLAT, python="{0}.to_integral_value()"),
)
