"""Rank inputs, literals and constants by how much an output moves with them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ..ops import FLAT
from ..record import Record
from ..source.text import Span
from .gradient import gradient, rows
from .outputs import Seed, value
from .reach import ancestors

__all__ = ["Influence", "elasticity", "sensitivity"]


@dataclass(frozen=True, slots=True)
class Influence:
    """What one number from outside does to an output.

    Attributes:
        name: what a reader calls it; a literal is called by its text.
        kind: `input`, `literal` or `constant` (a global, an attribute).
        value: the number.
        gradient: the derivative of the output by it; None if that is not known.
        elasticity: by how many percent the output moves for one percent of it; None if that
            is not known, or if the output is 0.
        span, text: where it stands.
        ids: its nodes; a constant has a node for each time it is used.
        note: `unknown` where the derivative is not known. Where it is 0, `steps` if the number went
            into something that moves in steps, `steers` if it only decided a branch, an index, a
            count or a text, `unused` if it was used for nothing.
    """

    name: str
    kind: str
    value: Any
    gradient: float | None
    elasticity: float | None
    span: Span | None
    text: str
    ids: tuple[int, ...]
    note: str = ""


def sensitivity(record: Record, seed: Seed, slopes: Sequence[float | None] | None = None) -> list[Influence]:
    """Return every input, and every literal and constant that the output was made from, most elastic first.

    Where the output is 0, nothing has an elasticity: the largest gradient comes first. What is
    not known comes last.

    Args:
        slopes: the gradient of the output, if it is known already.
    """
    graph = record.graph
    slopes = gradient(record, seed) if slopes is None else slopes
    names = {i: name for name, i in record.inputs.items()}
    live = ancestors(graph, [seed.id])
    groups: dict[Any, list[int]] = {i: [i] for i in names}
    kinds = {code: name for code, name in enumerate(graph.names) if name in ("literal", "constant")}
    for i, code in enumerate(graph.codes):
        if code in kinds and live[i]:
            kind, site = kinds[code], graph.sites[graph.site_ids[i]]
            groups.setdefault((kind, site.span, site.text, repr(graph.data[i])), []).append(i)
    steps, steers = _into_steps(record, live), ancestors(graph, (), control=True)
    result = value(record, seed)
    found = []
    for ids in groups.values():
        first = ids[0]
        node, slope = graph[first], _sum([slopes[i] for i in ids])
        note = "steps" if steps[first] else "" if live[first] else "steers" if steers[first] else "unused"
        found.append(
            Influence(
                name=names.get(first) or node.label or repr(node.data),
                kind=node.op,
                value=node.data,
                gradient=slope,
                elasticity=elasticity(node.data, slope, result),
                span=node.span,
                text=node.text,
                ids=tuple(ids),
                note="unknown" if slope is None else note if not slope else "",
            )
        )
    return sorted(found, key=_rank)


def _into_steps(record: Record, live: bytearray) -> bytearray:
    """Mark the nodes that a number of the output which moves in steps was made from."""
    graph, ops = record.graph, rows(record.graph)
    flat = {code for code, op in enumerate(ops) if op.partials == FLAT}
    steps = (i for i, code in enumerate(graph.codes) if code in flat and live[i])
    return ancestors(graph, (j for i in steps for j in graph.args[i]))


def _sum(slopes: Sequence[float | None]) -> float | None:
    known = [s for s in slopes if s is not None]
    if len(known) < len(slopes):
        return None
    return math.fsum(known) if all(map(math.isfinite, known)) else sum(known)  # fsum refuses inf - inf


def elasticity(x: Any, slope: float | None, result: Any) -> float | None:
    """Return by how many percent a result moves for one percent of `x`; None if that is not known."""
    if slope is None or isinstance(x, complex) or not result:
        return None
    try:
        return float(x) * slope / float(result)
    except OverflowError:
        return None


def _rank(influence: Influence) -> tuple[bool, float, float]:
    return influence.gradient is None, -_size(influence.elasticity), -_size(influence.gradient)


def _size(x: float | None) -> float:
    return 0.0 if x is None else math.inf if math.isnan(x) else abs(x)
