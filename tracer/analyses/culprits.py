"""Owns where a result or a gradient was spoiled: the first nan, inf or vanished number on the way."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from ..graph import Graph, Record
from ..ops import LEAVES, OPS
from ..spans import Span
from .gradient import gradient, rows
from .outputs import Seed
from .reverse import local

__all__ = ["Culprit", "culprits", "is_finite"]

# Operations that give 0 only because the true number is too small for a float.
_NEVER_ZERO: Final = {"mul", "truediv", "pow", "fpow", "exp", "exp2", "ldexp", "prod", "cmath.exp"}


@dataclass(frozen=True, slots=True)
class Culprit:
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
        what = {"nan": "NaN", "inf": "inf", "zero": "zero"}[self.what]
        line = f" at line {self.span.line}" if self.span is not None else ""
        of = "" if self.where == "value" else " in the gradient"
        return f"{what} born{line}{of}: {self.why}"


def culprits(record: Record, seed: Seed | None) -> list[Culprit]:
    """The nodes where nan, inf or a vanished number was born that the output came from, oldest first.

    A number that was made from a spoiled one is not a culprit. Those of the gradient follow.

    Args:
        seed: the output; None for a run without one: all its numbers.
    """
    graph = record.graph
    ids = sorted(graph.ancestors([seed.id])) if seed is not None else range(len(graph))
    result = _state(graph.data[seed.id]) if seed is not None else "nan"
    found = []
    for i in ids:
        what = _born(graph, i)
        if what == "zero" and result == "":
            continue  # it did no harm
        if what:
            found.append(_culprit(graph, i, what, "value", _why(graph, i)))
    return found + (list(_backward(record, seed)) if seed is not None else [])


def is_finite(x: Any) -> bool:
    """Whether a number is neither nan nor inf."""
    return _state(x) not in ("nan", "inf")


def _state(x: Any) -> str:
    """`nan`, `inf` or `zero`; empty for any other number."""
    if isinstance(x, complex):
        states = {_state(x.real), _state(x.imag)}
        return next((s for s in ("nan", "inf") if s in states), "zero" if states == {"zero"} else "")
    try:
        return "nan" if math.isnan(x) else "inf" if math.isinf(x) else "zero" if x == 0 else ""
    except OverflowError:  # an int beyond the range of float
        return ""


def _born(graph: Graph, i: int) -> str:
    """What a node is the first to be."""
    what, name = _state(graph.data[i]), graph.names[graph.codes[i]]
    if not what or name in LEAVES:
        return what if what in ("nan", "inf") else ""
    before = {_state(graph.data[j]) for j in graph.args[i]}
    if what == "zero":
        return what if name in _NEVER_ZERO and not before & {"zero", "inf", "nan"} else ""
    if what == "inf":
        return what if not before & {"inf", "nan"} else ""
    return what if "nan" not in before else ""


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
    return f"{x:.6g}" if isinstance(x, float) else repr(x)


def _backward(record: Record, seed: Seed) -> Iterator[Culprit]:
    """Where a finite derivative met a slope that is not finite; latest first, as the sweep goes."""
    graph, slopes = record.graph, gradient(record, seed)
    if all(s is None or math.isfinite(s) for s in slopes):
        return
    ops = rows(graph)
    for i in range(seed.id, -1, -1):
        grad, operands = slopes[i], graph.args[i]
        if not operands or grad is None or grad == 0.0 or not math.isfinite(grad):
            continue
        if any(_state(graph.data[j]) in ("nan", "inf") for j in (i, *operands)):
            continue  # spoiled already
        steps = local(ops[graph.codes[i]], graph.data[i], [graph.data[j] for j in operands])
        odd = [s for s in steps or () if s is not None and _finite_fails(grad, s)]
        if odd:
            what = "nan" if any(_state(s) == "nan" for s in odd) else "inf"
            yield _culprit(graph, i, what, "gradient", f"slope of {_why(graph, i)}")


def _finite_fails(grad: float, slope: Any) -> bool:
    return _state(slope) in ("nan", "inf") or (slope != 0 and _state(grad * slope) in ("nan", "inf"))


def _culprit(graph: Graph, i: int, what: str, where: str, why: str) -> Culprit:
    site = graph.sites[graph.places[i]]
    return Culprit(i, what, where, why, site.span, site.text)
