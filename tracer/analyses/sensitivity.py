"""Owns which number matters: inputs, literals and constants ranked by what they do to an output."""

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
        gradient: how fast the output moves with it; None if that is not known.
        elasticity: by how many percent the output moves for one percent of it; None if that
            is not known, or if the output is 0.
        span, text: where it stands.
        ids: its nodes; a constant enters anew each time it is used.
        note: `unknown` where the derivative is not known. Where a derivative of 0 does not mean
            no influence, `steps` if ways to the output move in steps, `steers` if the number only
            decided a branch, an index, a count or a text. `unused` if nothing came of it.
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
    """Every input, and every literal and constant that the output was made from; most elastic first.

    Where the output is 0, nothing has an elasticity: the largest gradient comes first. What is
    not known comes last.
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
        node = graph[ids[0]]
        slope = _sum([slopes[i] for i in ids])
        first = ids[0]
        way = "steps" if steps[first] else "" if live[first] else "steers" if steers[first] else "unused"
        found.append(
            Influence(
                names.get(ids[0]) or node.label or repr(node.data),
                *(node.op, node.data, slope, elasticity(node.data, slope, result)),
                *(node.span, node.text, tuple(ids)),
                "unknown" if slope is None else way if not slope else "",
            )
        )
    return sorted(found, key=_rank)


def _into_steps(record: Record, live: bytearray) -> bytearray:
    """Marks the nodes that an operation that moves in steps was made from, on a way to the output."""
    graph, ops = record.graph, rows(record.graph)
    flat = {code for code, op in enumerate(ops) if op.partials == FLAT}
    steps = (i for i, code in enumerate(graph.codes) if code in flat and live[i])
    return ancestors(graph, (j for i in steps for j in graph.args[i]))


def _sum(slopes: Sequence[float | None]) -> float | None:
    known = [s for s in slopes if s is not None]
    return (
        math.fsum(known) if len(known) == len(slopes) and all(map(math.isfinite, known)) else _plain(slopes)
    )


def _plain(slopes: Sequence[float | None]) -> float | None:
    total = 0.0
    for slope in slopes:
        if slope is None:
            return None
        total += slope
    return total


def elasticity(x: Any, slope: float | None, result: Any) -> float | None:
    """By how many percent a result moves for one percent of `x`; None if that is not known."""
    if slope is None or isinstance(x, complex) or not result:
        return None
    try:
        return float(x) * slope / float(result)
    except OverflowError:
        return None


def _rank(influence: Influence) -> tuple[bool, float, float]:
    elasticity, slope = influence.elasticity, influence.gradient
    return (
        slope is None,
        -_size(elasticity),
        -_size(slope),
    )


def _size(x: float | None) -> float:
    return 0.0 if x is None else math.inf if math.isnan(x) else abs(x)
