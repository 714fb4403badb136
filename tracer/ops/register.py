"""Add a function of the user's to the table of primitives."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from ..errors import UnsupportedError
from .row import FLAT, HELD, Op, Partial, Slopes

__all__ = ["Register"]

MOST = 256  # a code is one byte
_TOLERANCE = 1e-5  # a slope and the difference quotient for it differ by less


class Register:
    """The function `register(function, partials, at=...)`, after which a call of `function` is one node."""

    def __init__(
        self, rows: list[Op], by_name: dict[str, Op], codes: dict[str, int], primitives: dict[int | str, Op]
    ) -> None:
        self._rows, self._by_name, self._codes, self._primitives = rows, by_name, codes, primitives

    def __call__(
        self,
        function: Callable[..., Any],
        partials: Partial | tuple[Partial, ...] | str | None,
        *,
        at: Sequence[float] | Sequence[Sequence[float]] = (),
        many: Slopes | None = None,
        name: str = "",
        **fields: Any,
    ) -> Op:
        """Make a function one operation of the table.

        Args:
            function: computes the value; its calls are recognised by its identity.
            partials: the slope by each operand, `(z, x, y) -> slope` with z the result; a single
                function for one operand; `"flat"` for a value that moves in steps, `"held"` for one
                that counts as a constant; None if there is no derivative. Written with
                `tracer.ops.generic` in place of `math` it can be derived again.
            at: operands to check the partials at, against difference quotients of the function:
                `at=(0.5, 2.0)`, or several such points.
            many: instead of `partials` None, the slopes of any number of operands, `(z, xs) -> slopes`.
            name: what pictures call it; the function's own name without it.
            fields: other fields of `Op`: `latex="..."`, `commutes=True`.

        Returns:
            The new row. Registering the same function again replaces its row.

        Raises:
            UnsupportedError: the name belongs to another function, the table is full, or a
                partial is not the slope of the function.
        """
        name = name or getattr(function, "__name__", "")
        taken = self._by_name.get(name)
        if not name.isidentifier() or (taken is not None and taken.function is not function):
            raise UnsupportedError(f"the name {name!r} cannot be given to a new operation", hint="pass name=")
        if taken is None and len(self._rows) >= MOST:
            raise UnsupportedError(f"the table of primitives is full: {MOST} operations")
        slopes = many if many is not None else (partials,) if callable(partials) else partials
        op = Op(name, function, slopes, **fields)
        points = [at] if at and not isinstance(at[0], Sequence) else list(at)
        for point in points:
            _check(op, point)  # type: ignore[arg-type]  # a point is a row of numbers in either form
        if taken is None:
            self._codes[name] = len(self._rows)
            self._rows.append(op)
        else:
            self._rows[self._codes[name]] = op
        self._by_name[name] = op
        self._primitives[id(function)] = op
        return op


def _check(op: Op, point: Sequence[float]) -> None:
    """Compare the slopes of a row with difference quotients of its function.

    Raises:
        UnsupportedError: they differ, or there is none for an operand.
    """
    assert op.function is not None
    slopes = op.slopes(op.function(*point), list(point))
    if op.partials in (None, FLAT, HELD):
        return
    if slopes is None or len(slopes) != len(point):
        raise UnsupportedError(f"{op.name} has no partial for each of {len(point)} operands")
    for i, slope in enumerate(slopes):
        step = 6e-6 * max(1.0, abs(point[i]))  # the cube root of the smallest relative difference of floats
        above, below = ([*point[:i], point[i] + s, *point[i + 1 :]] for s in (step, -step))
        quotient = (op.function(*above) - op.function(*below)) / (2 * step)
        if slope is not None and not math.isclose(slope, quotient, rel_tol=_TOLERANCE, abs_tol=_TOLERANCE):
            raise UnsupportedError(
                f"the partial of {op.name} by operand {i + 1} is {slope:.6g} at {tuple(point)}; "
                f"the function's own differences say {quotient:.6g}",
                hint="a partial is (z, *operands) -> slope, with z the result",
            )
