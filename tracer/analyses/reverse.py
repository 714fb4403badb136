"""The careful reverse sweep: complex steps, and numbers that were lost on the way.

The cotangent of a number w is the c for which the output moves by Re(c * dw). For real numbers
that is the derivative; a holomorphic step multiplies it by the complex derivative (Kreutz-Delgado,
The Complex Gradient Operator and the CR-Calculus, 2009).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..graph import Graph
from ..ops import CONJUGATE, Op
from .outputs import Seed
from .reentry import Reentry

__all__ = ["carried", "reverse"]

Cotangent = complex | None  # a float where the number is real


def reverse(graph: Graph, ops: Sequence[Op], seed: Seed, reentry: Reentry | None = None) -> list[Cotangent]:
    """Return the cotangent of every node; None where it is not known.

    Args:
        ops: the row of each of the graph's operation names.
    """
    found: list[Cotangent] = [0.0] * len(graph)
    found[seed.id] = seed.weight if isinstance(graph.data[seed.id], complex) else seed.weight.real
    came_back = False
    for i in range(seed.id, -1, -1):
        if reentry is not None and i in reentry.left and came_back:
            found[i] = None
        grad = found[i]
        if grad == 0.0:
            continue
        if reentry is not None and i in reentry.back:
            came_back = True
        operands = graph.args[i]
        if operands:
            op = ops[graph.codes[i]]
            slopes = op.slopes_at(graph.data[i], [graph.data[j] for j in operands])
            for k, j in enumerate(operands):
                slope = slopes[k] if slopes is not None else None
                if slope != 0.0:
                    before, more = found[j], carried(op, grad, slope, graph.data[j])
                    found[j] = None if before is None or more is None else before + more
    return found


def carried(op: Op, grad: Cotangent, slope: complex | None, operand: Any) -> Cotangent:
    """Return what one operand gets of the cotangent of a result."""
    if grad is None or slope is None:
        return None
    if op.partials == CONJUGATE:
        grad = grad.conjugate()
    more = grad * slope
    return more if isinstance(operand, complex) or not isinstance(more, complex) else more.real
