"""The reverse sweep along the columns of a tape, live or frozen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..ops import Op

__all__ = ["local_slopes", "sweep"]


def sweep(
    ops: Sequence[Op],
    codes: Sequence[int],
    args: Sequence[tuple[int, ...]],
    data: Sequence[Any],
    output: int | None,
) -> list[float | None]:
    """Return the derivative of entry `output` by every entry; see `analyses.gradient` for what it means."""
    grads: list[float | None] = [0.0] * len(data)
    if output is None:
        return grads
    grads[output] = 1.0
    for i in range(output, -1, -1):
        grad, operands = grads[i], args[i]
        if grad == 0.0 or not operands:
            continue
        slopes = local_slopes(ops[codes[i]], data[i], [data[j] for j in operands])
        for k, j in enumerate(operands):
            before = grads[j]
            slope = slopes[k] if slopes is not None and k < len(slopes) else None
            if before is None or grad is None or slope is None:
                grads[j] = before if slope == 0.0 else None
            elif slope != 0.0:
                grads[j] = before + grad * slope
    return grads


def local_slopes(op: Op, z: Any, operands: Sequence[Any]) -> Sequence[float] | None:
    """Return the derivative of one entry by each of its operands; None if it is not known."""
    if any(isinstance(x, complex) for x in (z, *operands)):
        return None
    return op.slopes_at(z, operands)
