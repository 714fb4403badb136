"""Owns where the derivative of an output ends: calls nothing is known of, lost numbers, steps."""

from __future__ import annotations

from dataclasses import dataclass

from ..graph import Record
from ..ops import FLAT
from ..spans import Span
from .gradient import rows
from .lost import Lost
from .outputs import Seed

__all__ = ["Obstacle", "obstacles"]


@dataclass(frozen=True, slots=True)
class Obstacle:
    """A place that a derivative does not get through.

    Attributes:
        ids: the nodes there.
        why: `unknown` (a call, or an operation without derivative), `lost` (a number left the
            graph and seems to have come back) or `step` (the value moves in steps: the slope
            is 0 between them).
        op: the operation.
        span, text: the place.
    """

    ids: tuple[int, ...]
    why: str
    op: str
    span: Span | None
    text: str

    def __str__(self) -> str:
        words = {"unknown": "has no known derivative", "lost": "left the graph", "step": "moves in steps"}
        place = f"{self.span}: " if self.span is not None else ""
        return f"{place}{self.text or self.op} {words[self.why]}"


def obstacles(record: Record, *seeds: Seed) -> list[Obstacle]:
    """The places between the inputs and literals and the outputs where a derivative ends, in order."""
    graph, ops = record.graph, rows(record.graph)
    places: dict[tuple[str, str, int], list[int]] = {}
    lost = Lost.of(record) if record.leaks else None
    live = graph.ancestors(seed.id for seed in seeds)
    for i in sorted(live):
        op = ops[graph.codes[i]]
        if not graph.args[i]:
            if lost is not None and i in lost.back:
                places.setdefault(("lost", op.name, graph.places[i]), []).append(i)
        elif op.partials is None:
            places.setdefault(("unknown", op.name, graph.places[i]), []).append(i)
        elif op.partials == FLAT and not op.kinks:
            places.setdefault(("step", op.name, graph.places[i]), []).append(i)
    found = []
    for (why, name, place), ids in places.items():
        site = graph.sites[place]
        found.append(Obstacle(tuple(ids), why, name, site.span, site.text))
    return found
