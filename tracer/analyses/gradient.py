"""Compute the gradient, how much an output moves for each number of the run, by reverse accumulation.

Griewank and Walther, Evaluating Derivatives, 2nd ed., chapter 3. Where there are complex steps, or
numbers were lost on the way, a sweep with more care than that of the columns carries cotangents: that
of a number w is the c for which the output moves by Re(c * dw). For real numbers that is the derivative;
a holomorphic step multiplies it by the complex derivative (Kreutz-Delgado, The Complex Gradient Operator
and the CR-Calculus, 2009).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..graph import Graph
from ..ops import CONJUGATE, OPS, Op
from ..record import Record
from .outputs import Seed
from .reentry import Reentry

__all__ = ["Matrix", "carried", "gradient", "jacobian", "rows", "slopes_at_node"]

Cotangent = complex | None  # a float where the number is real
Matrix = dict[str, dict[str, float | None]]


def gradient(run: Graph | Record, output: int | Seed | None = None) -> Sequence[float | None]:
    """Return the derivative of one output by every node, a column indexed by node id.

    Args:
        run: a graph; of a whole record also the numbers that left the graph and came back as
            constants are known.
        output: a node id or a Seed; without it, the only output, or the first of several.

    Returns:
        0.0 for a node that does not move the output; None where the derivative is not known:
        the way to the output passes a call that nothing is known of, or the number left the
        graph and came back. A complex number has None too: it has no one slope. A real result
        of complex steps has exact slopes by its real inputs; of a complex one, only a Seed says
        which part is meant, and nothing is known without. Without any output, all 0.0.
    """
    graph = run.graph if isinstance(run, Record) else run
    if output is None:
        output = next(iter(graph.outputs.values()), None)
        if output is None:
            return [0.0] * len(graph)
    seed, ops = output if isinstance(output, Seed) else Seed(output), rows(graph)
    reentry = Reentry.of(run) if isinstance(run, Record) else Reentry()
    ambiguous = output is not seed and isinstance(graph.data[seed.id], complex)
    if ambiguous or seed.weight == 1.0:
        found = graph.columns.sweep(ops, seed.id)
        if all(found[i] == 0.0 for i in reentry.back):
            reentry = Reentry()  # what came back is not on the way to this output
        complexes = None in found and graph.columns.has_complex()
        if ambiguous or not (reentry.back or complexes):
            return found
    return [None if isinstance(g, complex) else g for g in _cotangents(graph, ops, seed, reentry)]


def jacobian(record: Record, seeds: Sequence[Seed]) -> Matrix:
    """Return the derivative of each output (row) by each input (column), by one sweep a row."""
    columns = {seed.name: gradient(record, seed) for seed in seeds}
    return {name: {x: column[i] for x, i in record.inputs.items()} for name, column in columns.items()}


def rows(graph: Graph) -> list[Op]:
    """Return the row of the table for each of a graph's operation names; `opaque` for one it lacks."""
    return [OPS.get(name, OPS["opaque"]) for name in graph.names]


def slopes_at_node(graph: Graph, op: Op, i: int, args: Sequence[int]) -> Sequence[complex | None]:
    """Return the slopes of node `i`, of row `op`, by its operands `args`; None for each that is not known."""
    slopes = op.slopes_at(graph.data[i], [graph.data[j] for j in args]) or ()
    return slopes if len(slopes) == len(args) else [*slopes, *[None] * (len(args) - len(slopes))]


def carried(op: Op, grad: Cotangent, slope: complex | None, operand: Any) -> Cotangent:
    """Return what one operand gets of the cotangent of a result."""
    if grad is None or slope is None:
        return None
    more = (grad.conjugate() if op.partials == CONJUGATE else grad) * slope
    return more if isinstance(operand, complex) or not isinstance(more, complex) else more.real


def _cotangents(graph: Graph, ops: Sequence[Op], seed: Seed, reentry: Reentry) -> list[Cotangent]:
    """Return the cotangent of every node; None where it is not known."""
    found: list[Cotangent] = [0.0] * len(graph)
    found[seed.id] = seed.weight if isinstance(graph.data[seed.id], complex) else seed.weight.real
    data, (left, back), came_back = graph.data, reentry, False
    for i in range(seed.id, -1, -1):
        if came_back and i in left:
            found[i] = None
        grad = found[i]
        if grad == 0.0:
            continue
        if i in back:
            came_back = True
        op, operands = ops[graph.codes[i]], graph.args[i]
        numbers = [data[j] for j in operands]
        slopes = op.slopes_at(data[i], numbers) or [None] * len(operands)
        for j, x, slope in zip(operands, numbers, slopes, strict=True):
            if slope != 0.0:
                before, more = found[j], carried(op, grad, slope, x)
                found[j] = None if before is None or more is None else before + more
    return found
