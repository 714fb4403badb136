"""Find where a result or a gradient was spoiled: the first nan, inf or vanished number on the way."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from ..graph import Graph
from ..ops import LEAVES, OPS
from ..record import Record
from ..source.text import Span
from .gradient import gradient, rows, slopes_at_node
from .outputs import Seed
from .reach import ancestors, ends

__all__ = ["NanOrigin", "harmful_origins", "nan_origins"]

SHORT: Final = 8  # characters of a float that is not rounded
SHOWN: Final = 4  # operands that are all shown
# A state of a number -> the states of its operands that explain it.
_EXPLAINED_BY: Final = {"nan": {"nan"}, "inf": {"inf", "nan"}, "zero": {"zero", "inf", "nan"}, "": {""}}


@dataclass(frozen=True, slots=True)
class NanOrigin:
    """The node where a nan, an inf or a vanished number first appeared.

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
        place = f" at line {self.span.line}" if self.span is not None else ""
        return f"{self._summary(place)}: {self.why}"

    @property
    def here(self) -> str:
        """What a picture writes at the place itself: `NaN born here`."""
        return self._summary(" here")

    def _summary(self, place: str) -> str:
        what = {"nan": "NaN", "inf": "inf", "zero": "zero"}[self.what]
        return f"{what} born{place}{'' if self.where == 'value' else ' in the gradient'}"


def nan_origins(
    record: Record, seed: Seed | None, slopes: Sequence[float | None] | None = None
) -> list[NanOrigin]:
    """Return the nodes where a nan, an inf or a vanished number first appeared and did harm, oldest first.

    Harm is done to the output, or to its gradient; an inf that only started a search for the least
    number did none. A number that was made from a spoiled one is not an origin. Those that appeared
    in the gradient follow.

    Args:
        seed: the output; None for a run without one: all its numbers.
        slopes: its derivatives, if they are known already.
    """
    graph = record.graph
    if seed is None:
        return [_origin(graph, i, what) for i in range(len(graph)) if (what := _introduced(graph, i))]
    slopes = gradient(record, seed) if slopes is None else slopes
    blamed, in_gradient = _in_gradient(graph, seed, slopes)
    live = ancestors(graph, [seed.id])
    nans = (i for i, x in enumerate(graph.data) if live[i] and _state(x) == "nan")
    return [*_in_values(graph, {seed.id, *blamed, *nans}), *in_gradient]


def harmful_origins(
    record: Record, seed: Seed | None, slopes: Sequence[float | None] | None
) -> list[NanOrigin]:
    """Return the origins that every reader of a run should know of, the first at each place in the source.

    They spoiled a result, an operand of the operation that raised, or the derivative of an output by
    an input.

    Args:
        seed, slopes: an output and its derivatives, if they are of interest.
    """
    graph = record.graph
    spoiled = {i for i in ends(record) if _state(graph.data[i]) in ("nan", "inf")}
    in_gradient: list[NanOrigin] = []
    if seed is not None and slopes is not None and not _finite(slopes[i] for i in record.inputs.values()):
        blamed, in_gradient = _in_gradient(graph, seed, slopes)
        spoiled |= blamed
    found: dict[tuple[str, str, int], NanOrigin] = {}
    for origin in (*_in_values(graph, spoiled), *in_gradient):
        found.setdefault((origin.what, origin.where, graph.site_ids[origin.id]), origin)
    return list(found.values())


def _finite(slopes: Iterable[float | None]) -> bool:
    return all(slope is None or math.isfinite(slope) for slope in slopes)


def _state(x: Any) -> str:
    """Return 'nan', 'inf' or 'zero' for such a number; '' for any other."""
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


def _introduced(graph: Graph, i: int) -> str:
    """Return 'nan', 'inf' or 'zero' if this node introduces that state, else ''."""
    state, name = _state(graph.data[i]), graph.names[graph.codes[i]]
    if state == "zero" and not (name in OPS and OPS[name].underflows):
        return ""
    before = {_state(graph.data[j]) for j in graph.args[i]}
    return state if not before & _EXPLAINED_BY[state] else ""


def _in_values(graph: Graph, spoiled: Iterable[int]) -> list[NanOrigin]:
    """Return the nodes where the state of the spoiled nodes was introduced, in order.

    Each leads back to its operands in the same state; one without any to those in another: `0 * inf`.
    """
    waiting, visited, found = [*spoiled], {*spoiled}, list[NanOrigin]()
    while waiting:
        i = waiting.pop()
        state = _state(graph.data[i])
        if not state:
            continue
        if _introduced(graph, i):
            found.append(_origin(graph, i, state))
        before = [(j, _state(graph.data[j])) for j in graph.args[i]]
        alike = [j for j, other in before if other == state]
        for j in alike or [j for j, other in before if other]:
            if j not in visited:
                visited.add(j)
                waiting.append(j)
    return sorted(found, key=lambda origin: origin.id)


def _in_gradient(
    graph: Graph, seed: Seed, slopes: Sequence[float | None]
) -> tuple[set[int], list[NanOrigin]]:
    """Find where a finite derivative was multiplied by a slope that is not finite.

    Returns:
        The ids of numbers, spoiled before, that such a slope is to blame on; and the origins
        without any, the latest first, as the sweep goes.
    """
    blamed: set[int] = set()
    found: list[NanOrigin] = []
    if _finite(slopes):
        return blamed, found
    ops = rows(graph)
    for i in range(seed.id, -1, -1):
        grad, operands = slopes[i], graph.args[i]
        if not operands or grad is None or grad == 0.0 or not math.isfinite(grad):
            continue
        local = slopes_at_node(graph, ops[graph.codes[i]], i, operands)
        odd = [s for s in local if s is not None and _is_spoiled_by(grad, s)]
        before = [j for j in (i, *operands) if _state(graph.data[j]) in ("nan", "inf")]
        if odd and before:
            blamed.update(before)
        elif odd:
            what = "nan" if any(_state(s) == "nan" for s in odd) else "inf"
            found.append(_origin(graph, i, what, "gradient"))
    return blamed, found


def _is_spoiled_by(grad: float, slope: Any) -> bool:
    return _state(slope) in ("nan", "inf") or (slope != 0 and _state(grad * slope) in ("nan", "inf"))


def _origin(graph: Graph, i: int, what: str, where: str = "value") -> NanOrigin:
    site = graph.sites[graph.site_ids[i]]
    why = f"{'slope of ' if where == 'gradient' else ''}{_why(graph, i)}"
    return NanOrigin(i, what, where, why, site.span, site.text)


def _why(graph: Graph, i: int) -> str:
    """Return the operation over its numbers, of many those that are not finite; of a leaf the number."""
    name = graph.names[graph.codes[i]]
    numbers = [graph.data[j] for j in graph.args[i]]
    if name in LEAVES:
        return graph[i].label or repr(graph.data[i])
    texts = [_short(x) for x in numbers]
    if name == "opaque" or name not in OPS:
        callee = graph[i].text.partition("(")[0] or name
        return f"{callee}({', '.join(texts[:SHOWN])}{', ...' if len(texts) > SHOWN else ''})"
    if len(texts) > SHOWN:
        odd = [text for text, x in zip(texts, numbers, strict=True) if _state(x) in ("nan", "inf")]
        texts = [*(odd or texts)[:3], "..."]
    if OPS[name].python:
        texts = [f"({text})" if text.startswith("-") and k else text for k, text in enumerate(texts)]
        return OPS[name].python.format(*texts)
    return f"{name}({', '.join(texts)})"


def _short(x: Any) -> str:
    """Return a number as Python writes it, a long float rounded."""
    text = repr(x)
    return text if len(text) <= SHORT or not isinstance(x, float) else f"{x:.6g}"
