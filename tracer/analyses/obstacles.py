"""Find where the derivative of an output ends: calls nothing is known of, lost numbers, steps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from ..ops import FLAT, LEAVES, Op
from ..record import Record
from ..source.text import Span
from .gradient import gradient, rows, slopes_at_node
from .outputs import Seed
from .reach import ancestors, descendants
from .reentry import Reentry

__all__ = ["Obstacle", "obstacles"]

_MEANING: Final = {
    "unknown": "has no known derivative",
    "lost": "may hold a number that left the graph",
    "step": "moves in steps",
}


Column = Sequence[float | None]


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
        place = f"{self.span}: " if self.span is not None else ""
        return f"{place}{self.text or self.op} {_MEANING[self.why]}"


def obstacles(
    record: Record, seeds: Sequence[Seed], columns: Iterable[Column] | None = None
) -> list[Obstacle]:
    """Return the places between the inputs and literals and the outputs where a derivative ends, in order.

    Args:
        columns: the derivatives of each seed, if they are known already.
    """
    graph, ops = record.graph, rows(record.graph)
    places: dict[tuple[str, str, int], list[int]] = {}
    back = Reentry.of(record).back
    reasons = [_why(op) for op in ops]
    live = ancestors(graph, (seed.id for seed in seeds))
    columns = (gradient(record, seed) for seed in seeds) if columns is None else columns
    partly = set(_partly_unknown(record, columns, ops, live))
    for i, code in enumerate(graph.codes):
        why = "lost" if i in back else "unknown" if i in partly else reasons[code]
        if why and live[i]:
            places.setdefault((why, ops[code].name, graph.site_ids[i]), []).append(i)
    found = []
    for (why, name, place), ids in places.items():
        site = graph.sites[place]
        found.append(Obstacle(tuple(ids), why, name, site.span, site.text))
    return found


def _partly_unknown(
    record: Record, columns: Iterable[Column], ops: Sequence[Op], live: bytearray
) -> Iterator[int]:
    """Yield the nodes without a slope by one operand that an input moves: the exponent of a negative base."""
    graph, inputs = record.graph, record.inputs.values()
    if not any(column[i] is None for column in columns for i in inputs):
        return
    moved = descendants(graph, inputs, len(graph))
    for i, (code, args) in enumerate(zip(graph.codes, graph.args, strict=True)):
        if live[i] and moved[i] and args and ops[code].partials is not None:
            slopes = slopes_at_node(graph, ops[code], i, args)
            if any(moved[j] and slope is None for j, slope in zip(args, slopes, strict=True)):
                yield i


def _why(op: Op) -> str:
    """Return why no derivative gets through an operation; '' if one does."""
    if op.name in LEAVES:
        return ""
    return "unknown" if op.partials is None else "step" if op.partials == FLAT else ""
