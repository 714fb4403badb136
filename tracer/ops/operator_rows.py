"""List the rows of what is written without a call: Python's operators and the attributes of numbers."""

from __future__ import annotations

import ast
import builtins
import operator
from collections.abc import Callable, Sequence
from math import nan
from typing import Any, Final

from .exact_rows import RATIO_PARTS
from .generic import log, sign, unwrap
from .row import ANY, CONJUGATE, FLAT, POSITIVE, STEPS, Op, Partial, Precedence

__all__ = ["ATTRIBUTES", "BINARY", "COMPARE", "UNARY", "power", "power_by_base", "power_by_exponent"]


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


def power(z: Any, xs: Sequence[Any]) -> Sequence[Any] | None:
    """Return both slopes of `pow(x, y)`; None for `pow(x, y, modulus)`, of whole numbers."""
    if len(xs) == 2:
        return [_or_nan(power_by_base, z, *xs), _or_nan(power_by_exponent, z, *xs)]
    return None


def _or_nan(partial: Partial, *args: Any) -> Any:
    try:
        return partial(*args)
    except (ValueError, ZeroDivisionError):
        return nan


def _one(z: Any, x: Any, y: Any) -> Any:
    return 1.0


def _minus_one(z: Any, x: Any, y: Any) -> Any:
    return -1.0


def _bitwise(
    name: str,
    function: Callable[[Any, Any], Any],
    ufunc: str,
    symbol: str,
    syntax: type[ast.operator],
    precedence: Precedence,
    *,
    latex: str,
    commutes: bool = False,
) -> Op:
    """Return the row of an operator on whole numbers."""
    return Op(
        name,
        function,
        ufuncs=(ufunc,),
        commutes=commutes,
        python=f"{{0}} {symbol} {{1}}",
        syntax=syntax,
        precedence=precedence,
        latex=f"{{0}} {latex} {{1}}",
        domain=(STEPS,),
    )


BINARY: Final = (
    Op(
        "add",
        operator.add,
        (_one, _one),
        commutes=True,
        python="{0} + {1}",
        syntax=ast.Add,
        precedence=Precedence.SUM,
        latex="{0} + {1}",
        js="{0} + {1}",
    ),
    Op(
        "sub",
        operator.sub,
        (_one, _minus_one),
        ufuncs=("subtract",),
        python="{0} - {1}",
        syntax=ast.Sub,
        precedence=Precedence.SUM,
        latex="{0} - {1}",
        js="{0} - {1}",
    ),
    Op(
        "mul",
        operator.mul,
        (lambda z, x, y: y, lambda z, x, y: x),
        ufuncs=("multiply",),
        commutes=True,
        underflows=True,
        python="{0} * {1}",
        syntax=ast.Mult,
        precedence=Precedence.PRODUCT,
        latex=r"{0} \cdot {1}",
        js="{0} * {1}",
    ),
    Op(
        "truediv",
        operator.truediv,
        (lambda z, x, y: 1 / y, lambda z, x, y: -z / y),
        ufuncs=("divide", "true_divide"),
        underflows=True,
        python="{0} / {1}",
        syntax=ast.Div,
        precedence=Precedence.PRODUCT,
        latex=r"\frac{{{0}}}{{{1}}}",
        js="{0} / {1}",
        domain=(ANY, POSITIVE),
    ),
    Op(
        "floordiv",
        operator.floordiv,
        FLAT,
        ufuncs=("floor_divide",),
        python="{0} // {1}",
        syntax=ast.FloorDiv,
        precedence=Precedence.PRODUCT,
        latex=r"\left\lfloor \frac{{{0}}}{{{1}}} \right\rfloor",
        js="Math.floor({0} / {1})",
        domain=(ANY, POSITIVE),
    ),
    Op(
        "mod",
        operator.mod,
        (lambda z, x, y: 1.0, lambda z, x, y: -(x // y)),
        ufuncs=("remainder",),
        python="{0} % {1}",
        syntax=ast.Mod,
        precedence=Precedence.PRODUCT,
        latex=r"{0} \bmod {1}",
        js="({0} % {1} + {1}) % {1}",
        domain=(ANY, POSITIVE),
        kinks="at its jumps the slope to the right",
    ),
    Op(
        "pow",
        operator.pow,
        (power_by_base, power_by_exponent),
        ufuncs=("power", "float_power"),
        underflows=True,
        python="{0} ** {1}",
        syntax=ast.Pow,
        precedence=Precedence.POWER,
        latex="{{{0}}}^{{{1}}}",
        js="({0}) ** ({1})",
        domain=(POSITIVE, ANY),
        kinks="by y: 0 at x = 0 if y > 0, else none; none for a negative x",
    ),
    _bitwise("lshift", operator.lshift, "left_shift", "<<", ast.LShift, Precedence.SHIFT, latex=r"\ll"),
    _bitwise("rshift", operator.rshift, "right_shift", ">>", ast.RShift, Precedence.SHIFT, latex=r"\gg"),
    _bitwise(
        "and",
        operator.and_,
        "bitwise_and",
        "&",
        ast.BitAnd,
        Precedence.BITWISE_AND,
        latex=r"\mathbin{{\&}}",
        commutes=True,
    ),
    _bitwise(
        "or", operator.or_, "bitwise_or", "|", ast.BitOr, Precedence.BITWISE_OR, latex=r"\mid", commutes=True
    ),
    _bitwise(
        "xor",
        operator.xor,
        "bitwise_xor",
        "^",
        ast.BitXor,
        Precedence.BITWISE_XOR,
        latex=r"\oplus",
        commutes=True,
    ),
)


def _comparison(
    name: str,
    function: Callable[[Any, Any], bool],
    ufunc: str,
    symbol: str,
    syntax: type[ast.cmpop],
    mirror: str,
    *,
    latex: str = "",
    js: str = "",
) -> Op:
    """Return the row of a comparison; a spelling is given where it differs from Python's symbol."""
    return Op(
        name,
        function,
        FLAT,
        ufuncs=(ufunc,),
        commutes=mirror == name,
        python=f"{{0}} {symbol} {{1}}",
        syntax=syntax,
        precedence=Precedence.COMPARISON,
        mirror=mirror,
        latex=f"{{0}} {latex or symbol} {{1}}",
        js=f"{{0}} {js or symbol} {{1}}",
    )


COMPARE: Final = (
    _comparison("lt", operator.lt, "less", "<", ast.Lt, "gt"),
    _comparison("le", operator.le, "less_equal", "<=", ast.LtE, "ge", latex=r"\le"),
    _comparison("eq", operator.eq, "equal", "==", ast.Eq, "eq", latex="=", js="==="),
    _comparison("ne", operator.ne, "not_equal", "!=", ast.NotEq, "ne", latex=r"\ne", js="!=="),
    _comparison("gt", operator.gt, "greater", ">", ast.Gt, "lt"),
    _comparison("ge", operator.ge, "greater_equal", ">=", ast.GtE, "le", latex=r"\ge"),
)
UNARY: Final = (
    Op(
        "neg",
        operator.neg,
        (lambda z, x: -1.0,),
        ufuncs=("negative",),
        python="-{0}",
        syntax=ast.USub,
        precedence=Precedence.SIGN,
        latex="-{0}",
        js="-({0})",
    ),
    Op(
        "pos",
        operator.pos,
        (lambda z, x: 1.0,),
        ufuncs=("positive",),
        python="+{0}",
        syntax=ast.UAdd,
        precedence=Precedence.SIGN,
        latex="+{0}",
        js="+({0})",
    ),
    Op(
        "abs",
        builtins.abs,
        (lambda z, x: sign(x),),
        ufuncs=("absolute",),
        python="abs({0})",
        latex=r"\left| {0} \right|",
        js="Math.abs({0})",
        kinks="0 at 0",
    ),
    Op(
        "invert",
        operator.invert,
        (lambda z, x: -1.0,),
        ufuncs=("bitwise_not",),
        python="~{0}",
        syntax=ast.Invert,
        precedence=Precedence.SIGN,
        latex=r"\mathord{{\sim}} {0}",
    ),
)


def _imaginary(z: Any, x: Any) -> Any:
    """Return -i, for Re(-i dx) is what a change of x does to its imaginary part."""
    return -1j if isinstance(unwrap(x), complex) else 0.0


# Reached through attributes of numbers, not through calls.
ATTRIBUTES: Final = (
    *RATIO_PARTS,
    Op("real", None, (lambda z, x: 1.0,), python="{0}.real", latex=r"\Re {0}"),
    Op("imag", None, (_imaginary,), python="{0}.imag", latex=r"\Im {0}"),
    Op(
        "conjugate",
        None,
        CONJUGATE,
        ufuncs=("conj",),
        python="{0}.conjugate()",
        latex=r"\overline{{{0}}}",
    ),
    Op("is_integer", None, FLAT, python="{0}.is_integer()"),
    Op("bit_length", None, None, python="{0}.bit_length()", domain=(STEPS,)),
    Op("item", None, (lambda z, x: 1.0,), python="{0}.item()"),
    Op("bit_count", None, None, python="{0}.bit_count()", domain=(STEPS,)),
    Op("ln", None, (lambda z, x: 1 / x,), python="{0}.ln()", latex=r"\ln {0}", domain=(POSITIVE,)),
    Op("quantize", None, FLAT, python="{0}.quantize({1})"),
    Op("to_integral_value", None, FLAT, python="{0}.to_integral_value()"),
)
