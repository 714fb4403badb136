"""The parts of a run: its call paths and the loops on each, a tree no larger than the source."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from ...columns import LoopIterations, Paths, Walk
from ...record import Record
from ...source.place import Places
from ...source.text import Span

__all__ = ["Part", "Parts"]

Where = tuple[str, int, int]


@dataclass(slots=True)
class Part:
    """A call path, or a loop on one.

    A function that calls itself, directly or through others, is on one path at every depth.
    """

    kind: str  # `call` or `loop`
    text: str  # the call or the head of the loop, as written
    span: Span | None  # the function or the whole loop
    parent: int  # the part around it; -1 for the outermost
    path: int  # the part of the call path that it is on; of a call its own
    order: tuple[int, int]  # line and column of the place it stands in or is called from
    runs: int = 0  # how often it was entered, of a recursive call from outside
    iterations: int = 0  # calls, or iterations, in all
    levels: int = 1  # how deep a function called itself; 1 without recursion
    calls: tuple[str, ...] = ()  # the source of the calls with which it called itself


class Parts:
    """The tree of parts."""

    def __init__(self, record: Record, places: Places, run: Walk) -> None:
        self.record, self.places = record, places
        self.table: list[Part] = []  # the parts, each behind the one around it; the first is the whole run
        self.of_path: list[int] = []  # for each call path its part
        self._loops: dict[tuple[int, Where], Part] = {}
        self._known: dict[tuple[int, Where], int] = {}
        self._spans: dict[int, dict[Where, Span]] = {}
        loops: dict[int, list[LoopIterations]] = {}
        for loop in run.loops:
            loops.setdefault(loop.path, []).append(loop)
        for path, row in enumerate(run.paths.table):
            head = row.head
            around = self.part(self.of_path[row.outer], head.origin) if row.outer >= 0 else -1
            own = len(self.table)
            self.of_path.append(own)
            order, counts = self._statement(head.origin), (row.entered, row.count, row.levels)
            calls = tuple(row.texts)
            self.table.append(Part("call", head.text, head.span, around, own, order, *counts, calls))
            for loop in loops.get(path, ()):
                span, place = loop.span, (loop.span.line, loop.span.column)
                self._spans.setdefault(own, {})[span.file, *place] = span
                part = Part("loop", loop.text, span, -1, own, place, loop.runs, loop.iterations)
                self._loops[own, (span.file, *place)] = part
        if not self.table:
            self.of_path.append(0)
            self.table.append(Part("call", record.call, None, -1, 0, (0, 0), 1, 1))

    @cached_property
    def of_call(self) -> list[int]:
        """For each call the part of its path; needed where single calls are drawn."""
        return [self.of_path[path] for path in Paths.of(self.record.calls)[1]]

    def part(self, path: int, span: Span | None) -> int:
        """The innermost part of a call path that repeats what stands at a span."""
        part = path
        for where in self._around(path, span):
            loop = self._loops.get((path, where))
            if loop is None:
                continue  # a loop without an iteration, or around the lambda that holds the place
            known = self._known.get((path, where))
            if known is None:
                known = self._known[path, where] = len(self.table)
                loop.parent = part
                self.table.append(loop)
            part = known
        return part

    def chain(self, part: int) -> list[int]:
        """The part and those around it, outermost first."""
        found = [part]
        while self.table[found[-1]].parent >= 0:
            found.append(self.table[found[-1]].parent)
        return found[::-1]

    def _around(self, path: int, span: Span | None) -> tuple[Where, ...]:
        if span is None or path not in self._spans:
            return ()
        place = self.places.at(span)
        if place.path:
            return tuple(where for where, part in place.loops if part != "head")
        return tuple(sorted(where for where, loop in self._spans[path].items() if loop.contains(span)))

    def _statement(self, span: Span | None) -> tuple[int, int]:
        if span is None:
            return 0, 0
        statement = self.places.at(span).statement
        return statement[1:] if statement is not None else (span.line, 0)
