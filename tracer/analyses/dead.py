"""Owns dead weight: what cannot move the result, and what did not in this run."""

from __future__ import annotations

from dataclasses import dataclass

from ..graph import Record
from ..ops import LEAVES
from .gradient import gradient
from .outputs import Seed

__all__ = ["Dead", "dead"]


@dataclass(frozen=True, slots=True)
class Dead:
    """Numbers without influence.

    Attributes:
        inputs: names of inputs that nothing in the result, no decision, index or text came from.
        operations: ids of operations that were done for nothing.
        steering: names of inputs that only steered the run: they decided a branch, an index,
            a count, or became text.
        flat: names of inputs that the result was computed from, but that do not move it here:
            the derivative is 0 (not chosen by `max`, multiplied by 0, rounded away).
    """

    inputs: tuple[str, ...]
    operations: tuple[int, ...]
    steering: tuple[str, ...]
    flat: tuple[str, ...]


def dead(record: Record, seeds: list[Seed]) -> Dead:
    """What the outputs do not depend on."""
    graph = record.graph
    by_data = graph.ancestors(seed.id for seed in seeds)
    by_any = graph.live(control=True) | by_data
    if record.error is not None:
        by_any |= graph.ancestors(record.error.args)
    columns = [gradient(record, seed) for seed in seeds]
    leaves = {code for code, name in enumerate(graph.names) if name in LEAVES}
    return Dead(
        tuple(name for name, i in record.inputs.items() if i not in by_any),
        tuple(i for i in range(len(graph)) if i not in by_any and graph.codes[i] not in leaves),
        tuple(name for name, i in record.inputs.items() if i in by_any and i not in by_data),
        tuple(
            name
            for name, i in record.inputs.items()
            if i in by_data and columns and all(column[i] == 0.0 for column in columns)
        ),
    )
