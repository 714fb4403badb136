"""Owns `Op`, one row of the table of primitives, and how its partials become slopes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import inf, nan
from typing import Any, Final

__all__ = [
    "ANY",
    "CONJUGATE",
    "FLAT",
    "POSITIVE",
    "STEPS",
    "UNIT",
    "WHOLE",
    "Interval",
    "Op",
    "Partial",
    "Slopes",
]

Partial = Callable[..., Any]
Slopes = Callable[[Any, Sequence[Any]], Sequence[Any] | None]
Interval = tuple[float, float]

FLAT: Final = "flat"
CONJUGATE: Final = "conjugate"

ANY: Final[Interval] = (-4.0, 4.0)
UNIT: Final[Interval] = (-0.99, 0.99)
POSITIVE: Final[Interval] = (0.05, 20.0)
STEPS: Final[Interval] = (0, 12)  # whole numbers
WHOLE: Final[Interval] = (1, 12)  # the same without 0


@dataclass(frozen=True, slots=True)
class Op:
    """One primitive operation.

    Attributes:
        name: unique, as Python's `operator` or `math` calls it.
        function: Python's own function; it computes the forward value. `home` says where it
            is found if its module is not to be loaded before the user's program does.
        partials: one slope an operand, or one function for all operands; FLAT for a value that
            moves in steps, CONJUGATE for the one operation that has no complex slope, None if
            there is no derivative.
        python: how an operator is written; `{0}` is the first operand. Operations that are
            calls leave it empty.
        commutes: whether the operands may change places.
        latex, js: the same in LaTeX and in JavaScript, empty if there is no short way.
        domain: where an operand may lie for the derivative to exist; the tests sample there.
            One interval for each operand, the last one for all that follow.
        kinks: what the slope is where there is no derivative.
        source: where a formula that is no school knowledge stands.
        parts: for a function that returns several numbers, the row of each.
        alone: whether the row holds only for a call with one argument.
        home: `module.function`.
    """

    name: str
    function: Callable[..., Any] | None = None
    partials: tuple[Partial, ...] | Slopes | str | None = None
    python: str = ""
    commutes: bool = False
    latex: str = ""
    js: str = ""
    domain: tuple[Interval, ...] = (ANY,)
    kinks: str = ""
    source: str = ""
    parts: tuple[str, ...] = ()
    alone: bool = False
    home: str = ""

    @property
    def symbol(self) -> str:
        """What a picture or a lesson shows for it: `+`, `**`, `sin`."""
        bare = self.python.replace("{0}", "").replace("{1}", "").strip()
        return bare if bare and not bare[0].isalpha() else self.name

    def slopes(
        self, z: Any, operands: Sequence[Any], wanted: Sequence[bool] | None = None
    ) -> Sequence[Any] | None:
        """The derivative of the result by each operand; None if it is not known.

        Of operands that are not `wanted` it may be left out, and be 0.

        Where a partial has no finite answer (a pole, the end of a domain) its slope is nan,
        or inf where the row says so; where there is nothing to be derived, None.
        """
        partials = self.partials
        if partials is None:
            return None
        if isinstance(partials, str):
            return [0.0 if partials == FLAT else 1.0] * len(operands)
        if callable(partials):
            return partials(z, operands)
        if len(operands) != len(partials) and not self._fits(len(operands)):
            return None
        if wanted is None:
            return [_slope(partial, z, operands) for partial, _ in zip(partials, operands, strict=False)]
        return [
            _slope(partial, z, operands) if needed else 0.0
            for partial, needed in zip(partials, wanted, strict=False)
        ]

    def _fits(self, count: int) -> bool:
        """Whether the row knows the form with so many operands: `log(x)` beside `log(x, base)`."""
        assert isinstance(self.partials, tuple)
        code, defaults = self.partials[0].__code__, self.partials[0].__defaults__ or ()
        return code.co_argcount - 1 - len(defaults) <= count <= len(self.partials)


def _slope(partial: Partial, z: Any, operands: Sequence[Any]) -> Any:
    try:
        return partial(z, *operands)
    except (ValueError, ZeroDivisionError):
        return nan
    except OverflowError:
        return inf
