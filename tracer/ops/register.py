"""Owns the way a user's own primitive joins the table."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from ..errors import UnsupportedError
from .row import FLAT, Op, Partial, Slopes

__all__ = ["Register"]

MOST = 256  # a code is one byte
_NEAR = 1e-5  # two ways to the same slope differ by less


class Register:
    """`register(function, partials, at=...)`: from now on a call of it is one node."""

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
        **details: Any,
    ) -> Op:
        """Make a function one operation of the table.

        Args:
            function: what is recognised, by identity, and computes the value.
            partials: the slope by each operand, `(z, x, y) -> slope` with z the result; one
                alone for a function of one number; `"flat"`; None if it has no derivative.
                Written with `tracer.ops.functions` in place of `math` it can be derived again.
            at: operands to check the partials at, against differences of the function itself:
                `at=(0.5, 2.0)`, or several such points.
            many: instead of `partials` None, the slopes of any number of operands, `(z, xs) -> slopes`.
            name: what pictures call it; the function's own name without it.
            details: `python`, `latex`, `js`, `domain`, `kinks`, `source`: see `Op`.

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
        op = Op(name, function, slopes, **details)
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
    """Compare the slopes of a row with differences of its function."""
    assert op.function is not None
    slopes = op.slopes(op.function(*point), list(point))
    if op.partials in (None, FLAT):
        return
    if slopes is None or len(slopes) != len(point):
        raise UnsupportedError(f"{op.name} has no partial for each of {len(point)} operands")
    for i, slope in enumerate(slopes):
        step = 6e-6 * max(1.0, abs(point[i]))  # the cube root of the smallest relative difference of floats
        above, below = ([*point[:i], point[i] + s, *point[i + 1 :]] for s in (step, -step))
        seen = (op.function(*above) - op.function(*below)) / (2 * step)
        if slope is not None and not math.isclose(slope, seen, rel_tol=_NEAR, abs_tol=_NEAR):
            raise UnsupportedError(
                f"the partial of {op.name} by operand {i + 1} is {slope:.6g} at {tuple(point)}; "
                f"the function's own differences say {seen:.6g}",
                hint="a partial is (z, *operands) -> slope, with z the result",
            )
