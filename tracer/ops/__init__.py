"""Owns the one table of primitive operations: a row says all there is to know.

A partial is `(z, *operands) -> slope` with z the result; the slopes of an operation with any
number of operands are one function `(z, operands) -> slopes`. They are written with functions
that take recorded numbers too, so that a derivative can be derived again. Elementary formulas:
NIST DLMF chapter 4; a row names any other source.
"""

from __future__ import annotations

from typing import Final

from .cmath_rows import CMATH
from .exact_rows import MADE
from .generic import Recorded
from .math_rows import BUILTINS, MATH, PARTS
from .numpy_rows import NUMPY, UFUNCS
from .operator_rows import ATTRIBUTES, BINARY, COMPARE, UNARY
from .register import Register
from .row import CONJUGATE, FLAT, Op
from .statistics_rows import STATISTICS

__all__ = [
    "ATTRIBUTES",
    "BINARY",
    "CALLS",
    "CODES",
    "COMPARE",
    "CONJUGATE",
    "FLAT",
    "LEAVES",
    "OPS",
    "PRIMITIVES",
    "ROWS",
    "UFUNCS",
    "UNARY",
    "Op",
    "Recorded",
    "register",
]

LEAVES: Final = ("input", "literal", "constant")

# Called by name. `function` is the identity by which a call is recognised, however it was imported.
CALLS: Final = (*BUILTINS, *MATH, *CMATH, *STATISTICS, *MADE)

# `opaque`: a call that the graph can follow but not differentiate.
ROWS: Final[list[Op]] = [
    *(Op(name) for name in LEAVES),
    Op("opaque"),
    *(*BINARY, *COMPARE, *UNARY, *BUILTINS, *MATH, *ATTRIBUTES, *PARTS, *CMATH, *STATISTICS, *MADE, *NUMPY),
]
OPS: Final = {op.name: op for op in ROWS}
CODES: Final = {op.name: code for code, op in enumerate(ROWS)}
# id of a function -> its row; functions of modules that are imported late stand under their home
PRIMITIVES: Final[dict[int | str, Op]] = {op.home or id(op.function): op for op in CALLS}

register: Final = Register(ROWS, OPS, CODES, PRIMITIVES)
