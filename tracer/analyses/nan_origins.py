"""Owns where a result or a gradient was spoiled: the first nan, inf or vanished number on the way."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from ..graph import Graph
from ..ops import LEAVES, OPS
from ..record import Record
from ..source.text import Span
from .gradient import gradient, rows
from .outputs import Seed
from .reach import ancestors
from .reverse import local

__all__ = ["NanOrigin", "harmful_origins", "nan_origins"]

SHORT: Final = 8  # characters of a float that is not rounded


@dataclass(frozen=True, slots=True)
class NanOrigin:
    """The place where something went wrong first.

    Attributes:
        id: the node.
        what: `nan`, `inf` or `zero` (a number too small for a float).
        where: `value`, or `gradient` for a derivative that is not finite.
        why: the operation on its numbers, `inf - inf`.
        span, text: its place in the source.
    """

    id: int
    what: str
    where: str
    why: str
    span: Span | None
    text: str

    def __str__(self) -> str:
        line = f" at line {self.span.line}" if self.span is not None else ""
        return f"{self._told(line)}: {self.why}"

    @property
    def here(self) -> str:
        """What is said where the place needs no saying."""
        return self._told(" here")

    def _told(self, place: str) -> str:
        what = {"nan": "NaN", "inf": "inf", "zero": "zero"}[self.what]
        return f"{what} born{place}{'' if self.where == 'value' else ' in the gradient'}"


def nan_origins(record: Record, seed: Seed | None) -> list[NanOrigin]:
    """The nodes where nan, inf or a vanished number was born that did harm, oldest first.

    Harm is done to the output, or to its gradient; an inf that only started a search for the least
    number did none. A number that was made from a spoiled one is not a culprit. Those that were born
    in the gradient follow.

    Args:
        seed: the output; None for a run without one: all its numbers.
    """
    graph = record.graph
    if seed is None:
        return [_forward(graph, i) for i in range(len(graph)) if _born(graph, i)]
    met, backward = _backward(record, seed)
    live = ancestors(graph, [seed.id])
    nans = (i for i, x in enumerate(graph.data) if live[i] and _state(x) == "nan")
    return [_forward(graph, i) for i in _origins(graph, {seed.id, *met, *nans})] + backward


def harmful_origins(
    record: Record, seed: Seed | None = None, slopes: Sequence[float | None] | None = None
) -> list[NanOrigin]:
    """The culprits that a reader of a run must be told of, of each place in the source the first.

    They spoiled a result, an exception's operand, or the derivative of an output by an input.

    Args:
        seed, slopes: an output and its derivatives, if they are of interest.
    """
    graph = record.graph
    met = {*graph.outputs.values(), *(record.error.args if record.error is not None else ())}
    met = {i for i in met if _state(graph.data[i]) in ("nan", "inf")}
    backward: list[NanOrigin] = []
    watched = (slopes[i] for i in record.inputs.values()) if slopes is not None else ()
    if seed is not None and any(slope is not None and not math.isfinite(slope) for slope in watched):
        more, backward = _backward(record, seed)
        met |= more
    found: dict[tuple[str, str, int], NanOrigin] = {}
    for nan_origin in (*(_forward(graph, i) for i in _origins(graph, met)), *backward):
        found.setdefault((nan_origin.what, nan_origin.where, graph.site_ids[nan_origin.id]), nan_origin)
    return list(found.values())


def _state(x: Any) -> str:
    """`nan`, `inf` or `zero`; empty for any other number."""
    if isinstance(x, complex):
        states = {_state(x.real), _state(x.imag)}
        return next((s for s in ("nan", "inf") if s in states), "zero" if states == {"zero"} else "")
    if isinstance(x, bool):
        return ""
    try:
        return "nan" if math.isnan(x) else "inf" if math.isinf(x) else "zero" if x == 0 else ""
    except OverflowError:  # an int beyond the range of float
        return ""
    except ValueError:  # a Decimal's nan that signals
        return "nan"


def _born(graph: Graph, i: int) -> str:
    """What a node is the first to be."""
    what, name = _state(graph.data[i]), graph.names[graph.codes[i]]
    if not what or name in LEAVES:
        return what if what in ("nan", "inf") else ""
    before = {_state(graph.data[j]) for j in graph.args[i]}
    if what == "zero":
        return what if name in OPS and OPS[name].underflows and not before & {"zero", "inf", "nan"} else ""
    if what == "inf":
        return what if not before & {"inf", "nan"} else ""
    return what if "nan" not in before else ""


def _origins(graph: Graph, spoiled: Iterable[int]) -> list[int]:
    """Where the trouble of spoiled nodes began: each leads back to operands in the same state.

    One without such an operand is where it was born, perhaps of other trouble: `0 * inf`.
    """
    waiting, seen, found = [*spoiled], {*spoiled}, []
    while waiting:
        i = waiting.pop()
        state = _state(graph.data[i])
        if not state:
            continue
        if _born(graph, i):
            found.append(i)
        before = [(j, _state(graph.data[j])) for j in graph.args[i]]
        alike = [j for j, other in before if other == state]
        for j in alike or [j for j, other in before if other]:
            if j not in seen:
                seen.add(j)
                waiting.append(j)
    return sorted(found)


def _why(graph: Graph, i: int) -> str:
    """The operation over its numbers; of a leaf the number, of many operands those that matter."""
    name = graph.names[graph.codes[i]]
    numbers = [graph.data[j] for j in graph.args[i]]
    if name in LEAVES:
        return graph[i].label or repr(graph.data[i])
    texts = [_short(x) for x in numbers]
    if name == "opaque" or name not in OPS:
        callee = graph[i].text.partition("(")[0] or name
        return f"{callee}({', '.join(texts[:4])}{', ...' if len(texts) > 4 else ''})"
    if len(texts) > 4:
        odd = [text for text, x in zip(texts, numbers, strict=True) if _state(x) in ("nan", "inf")]
        texts = [*(odd or texts)[:3], "..."]
    if OPS[name].python:
        texts = [f"({text})" if text.startswith("-") and k else text for k, text in enumerate(texts)]
        return OPS[name].python.format(*texts)
    return f"{OPS[name].name}({', '.join(texts)})"


def _short(x: Any) -> str:
    """A number as Python writes it, and if that is long, rounded."""
    text = repr(x)
    return text if len(text) <= SHORT or not isinstance(x, float) else f"{x:.6g}"


def _backward(record: Record, seed: Seed) -> tuple[set[int], list[NanOrigin]]:
    """Where a finite derivative met a slope that is not finite; latest first, as the sweep goes.

    Returns:
        the numbers, spoiled before, that such a slope is to blame on; and the culprits without any.
    """
    graph, slopes = record.graph, gradient(record, seed)
    met: set[int] = set()
    found: list[NanOrigin] = []
    if all(s is None or math.isfinite(s) for s in slopes):
        return met, found
    ops = rows(graph)
    for i in range(seed.id, -1, -1):
        grad, operands = slopes[i], graph.args[i]
        if not operands or grad is None or grad == 0.0 or not math.isfinite(grad):
            continue
        steps = local(ops[graph.codes[i]], graph.data[i], [graph.data[j] for j in operands])
        odd = [s for s in steps or () if s is not None and _finite_fails(grad, s)]
        before = [j for j in (i, *operands) if _state(graph.data[j]) in ("nan", "inf")]
        if odd and before:
            met.update(before)
        elif odd:
            what = "nan" if any(_state(s) == "nan" for s in odd) else "inf"
            found.append(_culprit(graph, i, what, "gradient", f"slope of {_why(graph, i)}"))
    return met, found


def _forward(graph: Graph, i: int) -> NanOrigin:
    return _culprit(graph, i, _born(graph, i), "value", _why(graph, i))


def _finite_fails(grad: float, slope: Any) -> bool:
    return _state(slope) in ("nan", "inf") or (slope != 0 and _state(grad * slope) in ("nan", "inf"))


def _culprit(graph: Graph, i: int, what: str, where: str, why: str) -> NanOrigin:
    site = graph.sites[graph.site_ids[i]]
    return NanOrigin(i, what, where, why, site.span, site.text)
