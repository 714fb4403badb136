"""Find dead weight: what cannot move the result, and what did not in this run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..ops import LEAVES
from ..record import Record
from .gradient import gradient
from .outputs import Seed
from .reach import ancestors, ends

__all__ = ["DeadWeight", "dead"]


@dataclass(frozen=True, slots=True)
class DeadWeight:
    """Numbers without influence.

    Attributes:
        inputs: names of inputs that no result, decision, index or text was made from.
        operations: ids of operations whose results were used for nothing.
        steering: names of inputs that only steered the run: they decided a branch, an index,
            a count, or became text.
        flat: names of inputs that the result was computed from, but that do not move it here:
            the derivative is 0 (not chosen by `max`, multiplied by 0, rounded away).
    """

    inputs: tuple[str, ...]
    operations: tuple[int, ...]
    steering: tuple[str, ...]
    flat: tuple[str, ...]


def dead(record: Record, seeds: Sequence[Seed]) -> DeadWeight:
    """Return what the outputs `seeds` do not depend on."""
    graph, inputs = record.graph, record.inputs
    starts = {seed.id for seed in seeds}
    by_data, by_any = ancestors(graph, starts), ancestors(graph, starts | ends(record), control=True)
    columns = [gradient(record, seed) for seed in seeds]
    leaves = {code for code, name in enumerate(graph.names) if name in LEAVES}
    return DeadWeight(
        inputs=tuple(name for name, i in inputs.items() if not by_any[i]),
        operations=tuple(i for i, code in enumerate(graph.codes) if not by_any[i] and code not in leaves),
        steering=tuple(name for name, i in inputs.items() if by_any[i] and not by_data[i]),
        flat=tuple(
            name
            for name, i in inputs.items()
            if by_data[i] and columns and all(column[i] == 0.0 for column in columns)
        ),
    )
