"""Owns dead weight: what cannot move the result, and what did not in this run."""

from __future__ import annotations

from dataclasses import dataclass

from ..ops import LEAVES
from ..record import Record
from .gradient import gradient
from .outputs import Seed
from .reach import ancestors

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
    by_data = ancestors(graph, (seed.id for seed in seeds))
    met = record.error.args if record.error is not None else ()
    by_any = ancestors(graph, (*graph.outputs.values(), *(seed.id for seed in seeds), *met), control=True)
    columns = [gradient(record, seed) for seed in seeds]
    leaves = {code for code, name in enumerate(graph.names) if name in LEAVES}
    return Dead(
        tuple(name for name, i in record.inputs.items() if not by_any[i]),
        tuple(i for i, code in enumerate(graph.codes) if not by_any[i] and code not in leaves),
        tuple(name for name, i in record.inputs.items() if by_any[i] and not by_data[i]),
        tuple(
            name
            for name, i in record.inputs.items()
            if by_data[i] and columns and all(column[i] == 0.0 for column in columns)
        ),
    )
