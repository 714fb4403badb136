"""Find the paths through the graph along which an input moves an output most."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from ..errors import TraceError
from ..record import Record
from .gradient import carried, gradient, rows, slopes_at_node
from .outputs import Seed
from .reach import descendants

__all__ = ["Path", "Paths", "paths"]


@dataclass(frozen=True, slots=True)
class Path:
    """One path through the graph.

    Attributes:
        ids: the nodes, from the input to the output.
        slopes: the derivative of each node by the one before it; one less than nodes.
        derivative: their product, the path's part of the whole derivative.
        share: that part divided by the whole; None if the whole is 0 or not known.
    """

    ids: tuple[int, ...]
    slopes: tuple[complex, ...]
    derivative: float
    share: float | None


@dataclass(frozen=True, slots=True)
class Paths(Sequence[Path]):
    """The paths from one number to another with the largest derivatives, the largest first.

    Attributes:
        paths: those that are listed.
        total: the derivative over all paths; None if it is not known.
    """

    paths: tuple[Path, ...]
    total: float | None

    @property
    def subtotal(self) -> float:
        """The sum of the derivatives of the listed paths."""
        return sum(path.derivative for path in self.paths)

    def __len__(self) -> int:
        return len(self.paths)

    def __getitem__(self, index: Any) -> Any:
        return self.paths[index]


class _Step(NamedTuple):
    """A step from a node to a user of it, and the path that goes on from there.

    Attributes:
        product: the product of the slopes from the node to the output.
        user: the id of the node that the step leads to; -1 at the output.
        rank: which of the best paths of that node goes on.
        slope: the derivative of the user by the node.
    """

    product: complex
    user: int
    rank: int
    slope: complex


def paths(record: Record, seed: Seed, start: int, k: int = 5) -> Paths:
    """Return the `k` paths from node `start` to the output with the largest products of slopes.

    It walks back along the tape once and keeps the best `k` paths from each node to the output.

    Raises:
        TraceError: no path leads from the one to the other.
    """
    graph = record.graph
    reached = descendants(graph, [start], seed.id + 1)
    if not reached[seed.id]:
        raise TraceError(
            f"no path leads from {graph[start].label or f'node {start}'} to {seed.name}",
            span=graph[start].span,
            hint="t.dead() lists the numbers that cannot move the result",
        )
    ops = rows(graph)
    steps: dict[int, list[_Step]] = {seed.id: [_Step(seed.weight, -1, 0, 1.0)]}
    for i in range(seed.id, start, -1):
        if i not in steps:
            continue
        steps[i] = _best(k, steps[i])
        op, operands = ops[graph.codes[i]], graph.args[i]
        for j, slope in zip(operands, slopes_at_node(graph, op, i, operands), strict=True):
            if reached[j] and slope:
                for rank, step in enumerate(steps[i]):
                    product = carried(op, step.product, slope, graph.data[j])
                    if product:
                        steps.setdefault(j, []).append(_Step(product, i, rank, slope))
    total = gradient(record, seed)[start]
    best = _best(k, steps.get(start, []))
    return Paths(tuple(_path(start, step, steps, total) for step in best), total)


def _best(k: int, steps: list[_Step]) -> list[_Step]:
    return heapq.nlargest(k, steps, key=lambda step: abs(step.product))


def _path(start: int, step: _Step, steps: dict[int, list[_Step]], total: float | None) -> Path:
    ids, slopes = [start], []
    derivative = step.product.real
    while step.user >= 0:
        ids.append(step.user)
        slopes.append(step.slope)
        step = steps[step.user][step.rank]
    return Path(tuple(ids), tuple(slopes), derivative, derivative / total if total else None)
