"""The gradient: how much an output moves for each number of the run."""

from __future__ import annotations

from collections.abc import Sequence

from ..graph import Graph
from ..ops import OPS, Op
from ..record import Record
from .outputs import Seed
from .reentry import Reentry
from .reverse import reverse

__all__ = ["gradient", "rows"]


def gradient(run: Graph | Record, output: int | Seed | None = None) -> Sequence[float | None]:
    """Return the derivative of one output by every node, a column indexed by node id.

    Reverse accumulation (Griewank and Walther, Evaluating Derivatives, 2nd ed., chapter 3).

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
    reentry = Reentry.of(run) if isinstance(run, Record) else None
    ambiguous = output is not seed and isinstance(graph.data[seed.id], complex)
    if ambiguous or seed.weight == 1.0:
        found = graph.columns.sweep(ops, seed.id)
        if reentry is not None and all(found[i] == 0.0 for i in reentry.back):
            reentry = None  # what came back is not on the way to this output
        complexes = None in found and graph.columns.has_complex()
        if ambiguous or (reentry is None and not complexes):
            return found
    return [None if isinstance(g, complex) else g for g in reverse(graph, ops, seed, reentry)]


def rows(graph: Graph) -> list[Op]:
    """Return the row of the table for each of a graph's operation names; `opaque` for one it lacks."""
    return [OPS.get(name, OPS["opaque"]) for name in graph.names]
