"""Owns the ways an input moves an output: the paths that carry most of the derivative."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from ..errors import TraceError
from ..record import Record
from .gradient import gradient, rows
from .outputs import Seed
from .reach import descendants
from .reverse import carried, local

__all__ = ["Flow", "Path", "paths"]


@dataclass(frozen=True, slots=True)
class Path:
    """One way through the graph.

    Attributes:
        ids: the nodes, from the input to the output.
        slopes: the derivative of each node by the one before it; one less than nodes.
        derivative: their product: what this way carries.
        share: its part of the whole derivative; None if that is 0 or not known.
    """

    ids: tuple[int, ...]
    slopes: tuple[complex, ...]
    derivative: float
    share: float | None


@dataclass(frozen=True, slots=True)
class Flow(Sequence[Path]):
    """The paths from one number to another that carry most, the greatest first.

    Attributes:
        total: the whole derivative, over all ways; None if it is not known.
        carried: the sum of the paths that are listed.
    """

    paths: tuple[Path, ...]
    total: float | None

    @property
    def carried(self) -> float:
        """The sum of what the listed paths carry."""
        return sum(path.derivative for path in self.paths)

    def __len__(self) -> int:
        return len(self.paths)

    def __getitem__(self, index: Any) -> Any:
        return self.paths[index]

    def __iter__(self) -> Iterator[Path]:
        return iter(self.paths)


# what a path from here on carries, the node it goes to, which of that node's paths it follows,
# the slope of the step
_Step = tuple[complex, int, int, complex]


def paths(record: Record, start: int, seed: Seed, k: int = 5) -> Flow:
    """The `k` paths from `start` to the output with the largest products of local derivatives.

    One walk back along the tape, with the best `k` ways on from each node.

    Raises:
        TraceError: no path leads from the one to the other.
    """
    graph = record.graph
    reached = descendants(graph, [start], seed.id + 1)
    if not reached[seed.id]:
        raise TraceError(
            f"no way leads from {graph[start].label or f'node {start}'} to {seed.name}",
            span=graph[start].span,
            hint="t.dead() lists the numbers that cannot move the result",
        )
    ops = rows(graph)
    onward: dict[int, list[_Step]] = {seed.id: [(seed.weight, -1, 0, 1.0)]}
    for i in range(seed.id, start, -1):
        if i not in onward:
            continue
        best = onward[i] = heapq.nlargest(k, onward[i], key=lambda step: abs(step[0]))
        operands = graph.args[i]
        op = ops[graph.codes[i]]
        slopes = local(op, graph.data[i], [graph.data[j] for j in operands]) if operands else None
        for j, slope in zip(operands, slopes or (), strict=False):
            if reached[j] and slope:
                for rank, (product, *_) in enumerate(best):
                    through = carried(op, product, slope, graph.data[j])
                    if through:
                        onward.setdefault(j, []).append((through, i, rank, slope))
    total = gradient(record, seed)[start]
    found = heapq.nlargest(k, onward.get(start, ()), key=lambda step: abs(step[0]))
    return Flow(tuple(_path(start, step, onward, total) for step in found), total)


def _path(start: int, step: _Step, onward: dict[int, list[_Step]], total: float | None) -> Path:
    ids, slopes = [start], []
    product = step[0]
    while step[1] >= 0:
        ids.append(step[1])
        slopes.append(step[3])
        step = onward[step[1]][step[2]]
    return Path(tuple(ids), tuple(slopes), product.real, product.real / total if total else None)
