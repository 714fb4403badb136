"""Define `Op`, one row of the table of primitives, and compute slopes from its partials."""

from __future__ import annotations

import ast
import importlib
from collections.abc import Callable, Sequence
from dataclasses import KW_ONLY, dataclass
from enum import IntEnum
from math import inf, nan
from typing import Any, Final

__all__ = ["ANY", "CONJUGATE", "FLAT", "HELD", "POSITIVE", "STEPS", "UNIT", "WHOLE"]
__all__ += ["Interval", "Op", "Partial", "Precedence", "Slopes", "inexact", "lazy_row"]

Partial = Callable[..., Any]
Slopes = Callable[[Any, Sequence[Any]], Sequence[Any] | None]
Interval = tuple[float, float]

FLAT: Final = "flat"  # the value moves in steps: the slope is 0 between them
HELD: Final = "held"  # the value is taken for a constant, by convention: the slope is 0
CONJUGATE: Final = "conjugate"  # slope 1 for real numbers; for complex ones the sweep conjugates instead

ANY: Final[Interval] = (-4.0, 4.0)
UNIT: Final[Interval] = (-0.99, 0.99)
POSITIVE: Final[Interval] = (0.05, 20.0)
STEPS: Final[Interval] = (0, 12)  # whole numbers
WHOLE: Final[Interval] = (1, 12)  # the same without 0


class Precedence(IntEnum):
    """How tightly an expression binds, from the loosest: Python language reference, section 6.17."""

    COMPARISON = 1
    BITWISE_OR = 2
    BITWISE_XOR = 3
    BITWISE_AND = 4
    SHIFT = 5
    SUM = 6
    PRODUCT = 7
    SIGN = 8
    POWER = 9
    ATOM = 10  # a name, a number, a call, an attribute


@dataclass(frozen=True, slots=True, eq=False)
class Op:
    """One primitive operation: all that is known of it. A row equals only itself.

    Attributes:
        name: unique, as Python's `operator` or `math` calls it.
        function: Python's own function, which computes the value; None for what is no function.
        partials: the derivatives: a tuple of functions `(z, *operands) -> slope`, one for each
            operand, with z the result; one function `(z, operands) -> slopes` for any number of
            operands; FLAT, HELD or CONJUGATE; None if there is no derivative.

        home: `module.function`, if its module is imported only when the function is called.
        ufuncs: numpy's functions that compute the same of scalars under another name.

        converts: the type that a conversion makes, `float` of `float(x)`.
        components: for a function that returns several numbers, the name of the row of each.
        underflows: whether a result of 0 from operands that are not 0 means that the true one is
            too small for a float.

        commutes: whether the operands may change places, however many there are.
        iterates: how many of the arguments, from the first, are collections of the operands:
            1 for `sum(xs)`, 2 for `dist(p, q)`, whose operands are those of p, then those of q.
        variadic: whether several arguments are the operands themselves instead: `max(x, y)`.
        only_argument: whether only calls with one argument are this operation: `mean(xs)` is, and
            `stdev(xs, xbar)` is converted as if the table had no row for it.

        python: the spelling of an operator or attribute, `{0}` for the first operand; calls have none.
        syntax: the node of Python's syntax tree that stands for an operator.
        precedence: how tightly the spelling binds.
        mirror: the comparison that says the same of swapped operands: `gt` for `lt`.
        latex, js: the spelling in LaTeX and in JavaScript; empty if there is no short one.

        domain: where the operands may lie for the derivative to exist, one interval for each, the
            last one for all that follow; the tests sample there.
        kinks: the slope at points without a derivative, `0 at 0`. No code uses it: it is documentation
            for readers of the table.
        source: where a formula that is not elementary is found.
    """

    name: str
    function: Callable[..., Any] | None = None
    partials: tuple[Partial, ...] | Slopes | str | None = None
    _: KW_ONLY
    home: str = ""
    ufuncs: tuple[str, ...] = ()

    converts: type | None = None
    components: tuple[str, ...] = ()
    underflows: bool = False

    commutes: bool = False
    iterates: int = 0
    variadic: bool = False
    only_argument: bool = False

    python: str = ""
    syntax: type[ast.AST] | None = None
    precedence: Precedence = Precedence.ATOM
    mirror: str = ""
    latex: str = ""
    js: str = ""

    domain: tuple[Interval, ...] = (ANY,)
    kinks: str = ""
    source: str = ""

    @property
    def symbol(self) -> str:
        """What a picture or a lesson shows for the operation: `+`, `**`, `sin`."""
        bare = self.python.replace("{0}", "").replace("{1}", "").strip()
        return bare if bare and not bare[0].isalpha() else self.name

    def slopes(
        self, z: Any, operands: Sequence[Any], wanted: Sequence[bool] | None = None
    ) -> Sequence[Any] | None:
        """Return the derivative of the result z by each operand; None if the operation has none.

        A slope is nan where the formula has no value (a pole, the end of a domain), inf where it
        overflows, and None where it is not known by that operand alone.

        Args:
            z: the result.
            operands: the operands, in order.
            wanted: for each operand, whether its slope is needed; the others may be returned as 0.0
                without being computed. None if all are needed.
        """
        partials = self.partials
        if partials is None:
            return None
        if isinstance(partials, str):
            return [1.0 if partials == CONJUGATE else 0.0] * len(operands)
        if callable(partials):
            return partials(z, operands)
        if len(operands) != len(partials) and not self._accepts(len(operands)):
            return None
        if wanted is None:
            return [_slope(partial, z, operands) for partial, _ in zip(partials, operands, strict=False)]
        return [
            _slope(partial, z, operands) if needed else 0.0
            for partial, needed in zip(partials, wanted, strict=False)
        ]

    def slopes_at(self, z: Any, operands: Sequence[Any]) -> Sequence[Any] | None:
        """Return the slopes at numbers of any type, taken as floats or as complex numbers.

        None if the operation has no derivative, or a number is beyond the range of float.
        """
        if self.partials is None:
            return None
        try:
            return self.slopes(inexact(z), [inexact(x) for x in operands])
        except OverflowError:
            return None

    def _accepts(self, count: int) -> bool:
        """Return whether the partials take so many operands: `log(x)` beside `log(x, base)`."""
        assert isinstance(self.partials, tuple)
        code, defaults = self.partials[0].__code__, self.partials[0].__defaults__ or ()
        return code.co_argcount - 1 - len(defaults) <= count <= len(self.partials)


def inexact(x: Any) -> complex:
    """Return a number as a float; a complex one as a built-in complex number.

    Raises:
        OverflowError: it is an int beyond the range of float.
    """
    return complex(x) if isinstance(x, complex) else float(x)


def _slope(partial: Partial, z: Any, operands: Sequence[Any]) -> Any:
    try:
        return partial(z, *operands)
    except (ValueError, ZeroDivisionError):
        return nan
    except OverflowError:
        return inf


def lazy_row(name: str, home: str, partials: tuple[Partial, ...] | Slopes, **fields: Any) -> Op:
    """Return the row of the function or class `home`, `module.function`; a call imports the module."""
    module, _, attribute = home.rpartition(".")

    def function(*args: Any, **kwargs: Any) -> Any:
        return getattr(importlib.import_module(module), attribute)(*args, **kwargs)

    function.__name__ = function.__qualname__ = attribute
    function.__module__ = module
    return Op(name, function, partials, home=home, **fields)
