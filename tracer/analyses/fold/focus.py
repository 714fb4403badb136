"""The focus of a picture: which numbers of a run are single boxes, and which are left out."""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence

from ...columns import FOLDED, LEFT_OUT, SINGLE
from ...record import Loop, Record
from ...source.text import Span
from ..reach import ancestors

__all__ = ["MissingError", "around", "focused", "named"]

OFFERED = 12  # names that a refusal lists


class MissingError(LookupError):
    """There is no such line, name, call or iteration; `offers` says what there is."""

    def __init__(self, message: str, offers: Iterable[str], kind: str = "") -> None:
        found = [*dict.fromkeys(offer for offer in offers if offer)]
        more = [f"and {len(found) - OFFERED} more"] if len(found) > OFFERED else []
        self.offers = f"{kind} {', '.join([*found[:OFFERED], *more])}".strip()
        super().__init__(message)


def focused(record: Record, focus: str | None, iteration: int | None) -> bytearray:
    """Mark as SINGLE the numbers of a line, a name, a call, or of one iteration of a loop.

    Args:
        focus: a line, `12`, or the name of a variable, a function or a call.
        iteration: which iteration of the loop in focus, from 0; without a focus, of the first loop.

    Returns:
        a byte for each number, SINGLE or FOLDED.

    Raises:
        MissingError: nothing of the run is there.
    """
    size = len(record.graph)
    wanted: Iterable[range] = [range(size)] if focus is None else [*_focus(record, focus)]
    if iteration is not None:
        loop = _loop(record, focus, wanted)
        if not 0 <= iteration < len(loop.iterations):
            iterations = [f"0 to {len(loop.iterations) - 1}"]
            raise MissingError(f"`{loop.text}` has no iteration {iteration}", iterations, "iteration")
        during = range(loop.iterations[iteration], _stop(record, loop, iteration))
        starts = [call.start for call in record.calls]
        inside = [range(i, i + 1) for i in during if _within(record, starts, i, loop)]
        wanted = inside or [during]
    modes = bytearray([FOLDED]) * size
    for ids in wanted:
        modes[ids.start : ids.stop] = bytearray([SINGLE]) * len(ids)
    return modes


def around(record: Record, before: str | None, after: str | None, depth: int | None) -> bytearray:
    """Mark as LEFT_OUT all numbers but those that a name was computed from, or that depend on it.

    Args:
        before: the name whose operands, and their operands, are kept.
        after: the name whose users, with all their operands, are kept.
        depth: how many steps of computation to go; None for all.

    Returns:
        a byte for each number, LEFT_OUT or FOLDED.

    Raises:
        MissingError: no number has that name.
    """
    graph = record.graph
    kept = bytearray(len(graph))
    if before is not None and depth is None:
        kept = ancestors(graph, named(record, before))
    elif before is not None and depth is not None:
        found = {*named(record, before)}
        for _ in range(max(depth, 0) + 1):
            for i in found:
                kept[i] = 1
            found = {arg for i in found for arg in graph.args[i] if not kept[arg]}
    if after is not None:
        most = len(graph) if depth is None else depth
        far = array("l", [most + 1]) * len(graph)
        for i in named(record, after):
            far[i] = 0
        for i, args in enumerate(graph.args):
            if far[i] and args:
                far[i] = min(most + 1, *(far[arg] + 1 for arg in args))
            if far[i] <= most:
                kept[i] = 1
                for arg in args if far[i] else ():
                    kept[arg] = 1  # the other operands, or an operation would lack one
    return kept.translate(bytes.maketrans(b"\0\1", bytes([LEFT_OUT, FOLDED])))


def named(record: Record, name: str) -> list[int]:
    """The ids of the numbers with a name: of an input, a variable, an expression, or a path in the result.

    Raises:
        MissingError: there are none.
    """
    graph = record.graph
    found = [i for given, i in record.inputs.items() if name in (given, re.split(r"[.\[{]", given)[0])]
    found += [i for path, i in graph.outputs.items() if path == name]
    sites = {k for k, site in enumerate(graph.sites) if name in (site.name, site.text)}
    found += [i for i, place in enumerate(graph.site_ids) if place in sites]
    if not found:
        names = [*record.inputs, *(site.name or "" for site in graph.sites), *graph.outputs]
        raise MissingError(f"no number of this run is called {name!r}", names)
    return [*dict.fromkeys(found)]


def _focus(record: Record, focus: str) -> Iterator[range]:
    graph = record.graph
    if focus.isdecimal():
        line = int(focus)
        spans = [site.span for site in graph.sites]
        whole = next((loop.span for loop in record.loops if loop.span.line == line), None)
        if whole is not None:
            sites = {k for k, span in enumerate(spans) if span and whole.contains(span)}
            for call in record.calls:
                if call.origin is not None and whole.contains(call.origin):
                    yield range(call.start, call.stop)
        else:
            sites = {k for k, span in enumerate(spans) if span and span.line <= line <= span.end_line}
        if not sites and whole is None:
            lines = sorted({span.line for span in spans if span}, key=lambda other: abs(other - line))
            offers = [str(near) for near in sorted(lines[:OFFERED])]
            raise MissingError(f"nothing was computed on line {line}", offers, "line")
        yield from (range(i, i + 1) for i, place in enumerate(graph.site_ids) if place in sites)
        return
    calls = [
        range(call.start, call.stop)
        for call in record.calls
        if focus in (call.text, call.function, call.function.split(".")[-1])
    ]
    try:
        yield from calls or (range(i, i + 1) for i in named(record, focus))
    except MissingError:
        names = [*record.inputs, *(site.name or "" for site in graph.sites)]
        raise MissingError(
            f"this run has no call and no number called {focus!r}",
            [*(call.function for call in record.calls), *names],
        ) from None


def _loop(record: Record, focus: str | None, wanted: Iterable[range]) -> Loop:
    """The loop in focus: the one on its line, the first in its call, the innermost around its number."""
    line = int(focus) if focus is not None and focus.isdecimal() else None
    running = [loop for loop in record.loops if loop.iterations]
    for loop in running:
        if line is not None and loop.span.line == line:
            return loop
    stretches = bytearray(len(record.graph) + 1)
    for ids in wanted:
        if len(ids) > 1:
            stretches[ids.start : ids.stop] = b"\1" * len(ids)
    for loop in running:
        if stretches[loop.iterations[0]]:
            return loop
    starts = [call.start for call in record.calls]
    for ids in wanted:
        around = [
            loop
            for loop in running
            if loop.iterations[0] <= ids.start < _end(record, loop)
            and _within(record, starts, ids.start, loop)
        ]
        if around:
            return max(reversed(around), key=lambda loop: loop.iterations[0])  # of equals the last is inside
    heads = (f"{loop.text} (line {loop.span.line})" for loop in running)
    raise MissingError("there is no loop to draw an iteration of", heads)


def _stop(record: Record, loop: Loop, iteration: int) -> int:
    """Where an iteration ends at the latest: the last one where its loop, or one around, begins another."""
    if iteration + 1 < len(loop.iterations):
        return loop.iterations[iteration + 1]
    last, ends = loop.iterations[-1], [_end(record, loop)]
    for other in record.loops:
        if other.call == loop.call and other.span.contains(loop.span):
            following = bisect_right(other.iterations, last)
            ends += other.iterations[following : following + 1]
    return min(ends)


def _end(record: Record, loop: Loop) -> int:
    return record.calls[loop.call].stop if loop.call >= 0 else len(record.graph)


def _within(record: Record, starts: Sequence[int], i: int, loop: Loop) -> bool:
    """Whether a number was made inside the loop's own source or in a call from there."""
    span: Span | None = record.graph.sites[record.graph.site_ids[i]].span
    if span is not None and loop.span.contains(span):
        return True
    calls = record.calls
    at = bisect_right(starts, i) - 1
    while at >= 0 and i >= calls[at].stop:
        at = calls[at].parent
    while at > loop.call:
        origin = calls[at].origin
        if origin is not None and loop.span.contains(origin):
            return True
        at = calls[at].parent
    return False
