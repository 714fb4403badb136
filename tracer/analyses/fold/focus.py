"""Owns what a reader looks at closely: which numbers stay apart, and which are left out."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator

from ...graph import Loop, Record
from ...spans import Span
from .columns import FOLDED, LEFT_OUT, SINGLE

__all__ = ["MissingError", "around", "focused", "named"]

OFFERED = 12  # names that a refusal lists


class MissingError(LookupError):
    """There is no such line, name, call or iteration; `offers` says what there is."""

    def __init__(self, message: str, offers: Iterable[str]) -> None:
        found = [*dict.fromkeys(offer for offer in offers if offer)]
        more = [f"and {len(found) - OFFERED} more"] if len(found) > OFFERED else []
        self.offers = ", ".join([*found[:OFFERED], *more])
        super().__init__(message)


def focused(record: Record, focus: str | None, iteration: int | None) -> bytearray:
    """Which numbers are drawn one by one: those of a line, a name, a call, or one turn of a loop.

    Args:
        focus: `12` is a line; a variable, a function or the text of a call are told by their name.
        iteration: a turn of the loop in focus, from 0; without a focus, of the first loop.

    Raises:
        MissingError: nothing of the run is there.
    """
    wanted = set(range(len(record.graph))) if focus is None else set(_focus(record, focus))
    if iteration is not None:
        loop = _loop(record, focus, wanted)
        if not 0 <= iteration < len(loop.turns):
            raise MissingError(f"`{loop.text}` has no iteration {iteration}", [f"0 to {len(loop.turns) - 1}"])
        stop = _stop(record, loop, iteration)
        turn = range(loop.turns[iteration], stop)
        inside = {i for i in turn if _within(record, i, loop)}
        wanted = inside or set(turn)
    return bytearray(SINGLE if i in wanted else FOLDED for i in range(len(record.graph)))


def around(record: Record, before: str | None, after: str | None, depth: int | None) -> bytearray:
    """Which numbers are left out, for only what a name was made from, or was made of it, is drawn.

    Raises:
        MissingError: no number has that name.
    """
    graph = record.graph
    kept = bytearray(len(graph))
    steps = len(graph) if depth is None else depth
    if before is not None:
        left = dict.fromkeys(named(record, before), 0)
        for i in range(len(graph) - 1, -1, -1):
            if i in left:
                kept[i] = 1
                if left[i] < steps:
                    for arg in graph.args[i]:
                        left[arg] = min(left.get(arg, steps), left[i] + 1)
    if after is not None:
        reached = dict.fromkeys(named(record, after), 0)
        for i in range(len(graph)):
            ways = [reached[arg] + 1 for arg in graph.args[i] if arg in reached]
            if i not in reached and ways and min(ways) <= steps:
                reached[i] = min(ways)
        for i in reached:
            kept[i] = 1
            for arg in graph.args[i] if reached[i] else ():
                kept[arg] = 1  # the other operands, or an operation would lack one
    return bytearray(FOLDED if keep else LEFT_OUT for keep in kept)


def named(record: Record, name: str) -> list[int]:
    """The numbers that a reader calls by a name.

    Raises:
        MissingError: there are none.
    """
    graph = record.graph
    found = [i for given, i in record.inputs.items() if name in (given, re.split(r"[.\[{]", given)[0])]
    found += [i for path, i in graph.outputs.items() if path == name]
    sites = {k for k, site in enumerate(graph.sites) if name in (site.name, site.text)}
    found += [i for i, place in enumerate(graph.places) if place in sites]
    if not found:
        names = [*record.inputs, *(site.name or "" for site in graph.sites), *graph.outputs]
        raise MissingError(f"no number of this run is called {name!r}", names)
    return [*dict.fromkeys(found)]


def _focus(record: Record, focus: str) -> Iterator[int]:
    graph = record.graph
    if focus.isdecimal():
        line = int(focus)
        for loop in record.loops:
            if loop.span.line == line and loop.turns:
                yield from range(loop.turns[0], _stop(record, loop, len(loop.turns) - 1))
                return
        sites = {
            k
            for k, site in enumerate(graph.sites)
            if site.span and site.span.line <= line <= site.span.end_line
        }
        if not sites:
            lines = sorted({site.span.line for site in graph.sites if site.span})
            raise MissingError(f"nothing was computed on line {line}", map(str, lines))
        yield from (i for i, place in enumerate(graph.places) if place in sites)
        return
    calls = [
        call for call in record.calls if focus in (call.text, call.function, call.function.split(".")[-1])
    ]
    if calls:
        for call in calls:
            yield from range(call.start, call.stop)
        return
    try:
        yield from named(record, focus)
    except MissingError:
        names = [*record.inputs, *(site.name or "" for site in graph.sites)]
        raise MissingError(
            f"this run has no call and no number called {focus!r}",
            [*(call.function for call in record.calls), *names],
        ) from None


def _loop(record: Record, focus: str | None, wanted: set[int]) -> Loop:
    """The first loop that turned where the focus is."""
    line = int(focus) if focus is not None and focus.isdecimal() else None
    for loop in record.loops:
        if line is not None and loop.span.line == line:
            return loop
    for loop in record.loops:
        if focus is None or (loop.turns and any(i in wanted for i in (loop.turns[0], *loop.turns[-1:]))):
            return loop
    heads = (f"{loop.text} (line {loop.span.line})" for loop in record.loops)
    raise MissingError("there is no loop to draw an iteration of", heads)


def _stop(record: Record, loop: Loop, iteration: int) -> int:
    if iteration + 1 < len(loop.turns):
        return loop.turns[iteration + 1]
    return record.calls[loop.call].stop if loop.call >= 0 else len(record.graph)


def _within(record: Record, i: int, loop: Loop) -> bool:
    """Whether a number was made inside the loop's own source or in a call from there."""
    span: Span | None = record.graph.sites[record.graph.places[i]].span
    if span is not None and loop.span.contains(span):
        return True
    calls = record.calls
    at = bisect_right([call.start for call in calls], i) - 1
    while at >= 0 and not calls[at].start <= i < calls[at].stop:
        at -= 1
    while at > loop.call:
        origin = calls[at].origin
        if origin is not None and loop.span.contains(origin):
            return True
        at = calls[at].parent
    return False
