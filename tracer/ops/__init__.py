"""Hold the one table of primitive operations: a row says all there is to know of one.

Partials are written with functions that take recorded numbers too, so that a derivative can be
derived again. Elementary formulas are those of NIST DLMF chapter 4; a row names any other source.
"""

from __future__ import annotations

from typing import Final

from .cmath_rows import CMATH
from .exact_rows import CONSTRUCTORS
from .generic import Recorded
from .math_rows import BUILTINS, INDIRECT, MATH
from .numpy_rows import NUMPY
from .operator_rows import ATTRIBUTES, BINARY, COMPARE, UNARY
from .register import Register
from .row import CONJUGATE, FLAT, HELD, Op, Precedence, inexact
from .statistics_rows import STATISTICS

__all__ = ["ATTRIBUTES", "BINARY", "CALLS", "CODES", "COMPARE", "CONJUGATE", "FLAT", "HELD", "LEAVES"]
__all__ += ["OPERATORS", "OPS", "PRIMITIVES", "ROWS", "UFUNCS", "UNARY", "Op", "Precedence", "Recorded"]
__all__ += ["inexact", "register"]

LEAVES: Final = ("input", "literal", "constant")

# Called by name. A call is recognised by the identity of `function`, however it was imported.
CALLS: Final = (*BUILTINS, *MATH, *CMATH, *STATISTICS, *CONSTRUCTORS)

# `opaque` is a call that the graph can follow but not differentiate.
ROWS: Final[list[Op]] = [
    *(Op(name) for name in (*LEAVES, "opaque")),
    *(*BINARY, *COMPARE, *UNARY, *BUILTINS, *MATH, *ATTRIBUTES, *INDIRECT),
    *(*CMATH, *STATISTICS, *CONSTRUCTORS, *NUMPY),
]
OPS: Final = {op.name: op for op in ROWS}
CODES: Final = {op.name: code for code, op in enumerate(ROWS)}
# id of a function -> its row; under its home that of a function whose module is imported only by its call
PRIMITIVES: Final[dict[int | str, Op]] = {op.home or id(op.function): op for op in CALLS}
# node of Python's syntax tree -> the row of the operator
OPERATORS: Final = {op.syntax: op for op in ROWS if op.syntax is not None}
# numpy's name of a function of scalars -> the row that computes the same under another name
UFUNCS: Final = {ufunc: op.name for op in ROWS for ufunc in op.ufuncs}

register: Final = Register(ROWS, OPS, CODES, PRIMITIVES)
