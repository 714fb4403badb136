"""Owns the reverse sweep: how much an output moves for each number of the run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..graph import Graph
from ..ops import OPS

__all__ = ["gradient", "sweep"]


def gradient(graph: Graph, output: int | None = None) -> list[float | None]:
    """Derivative of one output by every node, a column indexed by node id.

    Reverse accumulation (Griewank and Walther, Evaluating Derivatives, 2nd ed., chapter 3).

    Args:
        output: a node id; without it, the only output, or the first of several.

    Returns:
        0.0 for a node that does not move the output, None where the derivative is not known
        (the way to the output passes an opaque call or a complex number); without any output,
        all 0.0.
    """
    if output is None:
        output = next(iter(graph.outputs.values()), None)
    ops = [OPS.get(name, OPS["opaque"]) for name in graph.names]
    return sweep(ops, graph.codes, graph.args, graph.data, output)


def sweep(
    ops: Sequence[Any],
    codes: Sequence[int],
    args: Sequence[tuple[int, ...]],
    data: Sequence[Any],
    output: int | None,
) -> list[float | None]:
    """The same over bare columns, so that a live tape can ask too."""
    grads: list[float | None] = [0.0] * len(data)
    if output is None:
        return grads
    grads[output] = 1.0
    for i in range(output, -1, -1):
        grad, operands = grads[i], args[i]
        if grad == 0.0 or not operands:
            continue
        slopes = _slopes(ops[codes[i]], data[i], [data[j] for j in operands])
        for k, j in enumerate(operands):
            before = grads[j]
            slope = slopes[k] if slopes is not None and k < len(slopes) else None
            if before is None or grad is None or slope is None:
                grads[j] = before if slope == 0.0 else None
            elif slope != 0.0:
                grads[j] = before + grad * slope
    return grads


def _slopes(op: Any, z: Any, operands: Sequence[Any]) -> Sequence[float] | None:
    if any(isinstance(x, complex) for x in (z, *operands)):
        return None
    try:
        return op.slopes(float(z), [float(x) for x in operands])
    except OverflowError:  # an int beyond the range of float
        return None
