"""Owns the reverse sweep: how much an output moves for each number of the run."""

from __future__ import annotations

from ..graph import Graph
from ..ops import OPS
from ..tape.sweep import sweep

__all__ = ["gradient"]


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
