"""Owns the parts of a run: its call paths and the loops on each, a tree bounded by the source."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ...graph import Call, Record
from ...spans import Span
from .syntax import Syntax

__all__ = ["Part", "Parts", "Segment"]

Segment = tuple[int, int, int]  # first id, id after the last, path
Where = tuple[str, int, int]


@dataclass(slots=True)
class Part:
    """A call path, or a loop on one.

    A function that calls itself, directly or through others, is on one path at every depth.

    Attributes:
        kind: `call` or `loop`.
        text: the call or the head of the loop, as written.
        span: the function or the whole loop.
        parent: the part around it; -1 for the outermost.
        path: the part of the call path that it is on; of a call its own.
        order: line and column of the place it stands in or is called from.
        call: the number of the first call.
        runs: how often it was entered, of a recursive call from outside.
        turns: calls, or iterations, in all.
        levels: how deep a function called itself; 1 without recursion.
        calls: the source of the calls with which it called itself.
    """

    kind: str
    text: str
    span: Span | None
    parent: int
    path: int
    order: tuple[int, int]
    call: int
    runs: int = 0
    turns: int = 0
    levels: int = 1
    calls: tuple[str, ...] = ()


class Parts:
    """The tree of parts.

    Attributes:
        table: the parts, each behind the one around it; the first is the whole run.
        of_call: for each call the part of its path.
    """

    def __init__(self, record: Record, syntax: Syntax) -> None:
        self.record, self._syntax = record, syntax
        self.table: list[Part] = []
        self.of_call: list[int] = []
        self._loops: dict[tuple[int, Where], Part] = {}
        self._known: dict[tuple[int, Where], int] = {}
        self._heads: dict[int, list[tuple[Where, Span]]] = {}
        paths = _Paths(record)
        of_path: list[int] = []
        loops = self._gather(paths.of_call)
        for path, (outer, call) in enumerate(paths.table):
            row = record.calls[call]
            around = self.part(of_path[outer], row.origin) if outer >= 0 else -1
            of_path.append(len(self.table))
            order = self._statement(row.origin)
            made = Part("call", row.text, row.span, around, len(self.table), order, call)
            made.runs, made.turns, made.levels = paths.entered[path], paths.count[path], paths.levels[path]
            made.calls = tuple(paths.texts[path])
            self.table.append(made)
            for where, loop in loops.get(path, {}).items():
                loop.path = of_path[path]
                self._loops[loop.path, where] = loop
                self._heads.setdefault(loop.path, []).append((where, loop.span or record.loops[0].span))
        self.of_call = [of_path[path] for path in paths.of_call]
        if not self.table:
            self.table.append(Part("call", record.call, None, -1, 0, (0, 0), 0, 1, 1))

    def part(self, path: int, span: Span | None) -> int:
        """The innermost part of a call path that repeats what stands at a span."""
        part = path
        for where in self._around(path, span):
            loop = self._loops.get((path, where))
            if loop is None:
                continue  # a loop that never turned, or around the lambda that holds the place
            known = self._known.get((path, where))
            if known is None:
                known = self._known[path, where] = len(self.table)
                loop.parent = part
                self.table.append(loop)
            part = known
        return part

    def segments(self) -> Iterator[Segment]:
        """The run, cut where the innermost call changes."""
        at, stack = 0, [(0, len(self.record.graph))]
        for index, call in enumerate(self.record.calls):
            while len(stack) > 1 and stack[-1][1] <= call.start:
                path, stop = stack.pop()
                if at < stop:
                    yield at, stop, path
                    at = stop
            if at < call.start:
                yield at, call.start, stack[-1][0]
                at = call.start
            stack.append((self.of_call[index], call.stop))
        while stack:
            path, stop = stack.pop()
            if at < stop:
                yield at, stop, path
                at = stop

    def chain(self, part: int) -> list[int]:
        """The part and those around it, outermost first."""
        found = [part]
        while self.table[found[-1]].parent >= 0:
            found.append(self.table[found[-1]].parent)
        return found[::-1]

    def _gather(self, of_call: list[int]) -> dict[int, dict[Where, Part]]:
        """The loops by path and place: runs of one loop are counted together."""
        found: dict[int, dict[Where, Part]] = {}
        for loop in self.record.loops:
            path = of_call[loop.call] if loop.call >= 0 else 0
            order = self._syntax.position(loop.span)
            where = (loop.span.file, *order)
            loops = found.setdefault(path, {})
            if where not in loops:
                loops[where] = Part("loop", loop.text, loop.span, -1, 0, order, max(loop.call, 0))
            loops[where].runs += 1
            loops[where].turns += len(loop.turns)
        return found

    def _around(self, path: int, span: Span | None) -> tuple[Where, ...]:
        if span is None or path not in self._heads:
            return ()
        around = self._syntax.around(span)
        if around is not None:
            return around.loops
        return tuple(sorted(where for where, loop in self._heads[path] if loop.contains(span)))

    def _statement(self, span: Span | None) -> tuple[int, int]:
        if span is None:
            return 0, 0
        around = self._syntax.around(span)
        return around.statement[1:] if around else (span.line, 0)


class _Paths:
    """The call paths: what called what, recursion folded.

    Attributes:
        of_call: the path of each call.
        table: for each path the path around it, and its first call.
        count, entered, levels, texts: as in `Part`.
    """

    def __init__(self, record: Record) -> None:
        self.calls = record.calls
        self.of_call: list[int] = []
        self.table: list[tuple[int, int]] = []
        self.count: list[int] = []
        self.entered: list[int] = []
        self.levels: list[int] = []
        self.texts: list[dict[str, None]] = []
        known: dict[tuple[int, str, Span | None, Span | None, str], tuple[int, bool]] = {}
        depths: list[int] = []  # of each call, among the calls of its path
        for index, call in enumerate(record.calls):
            outer = self.of_call[call.parent] if call.parent >= 0 else -1
            key = (outer, call.function, call.span, call.origin, "" if call.origin else call.text)
            if key not in known:
                known[key] = self._path(outer, index, call)
            path, again = known[key]
            self.of_call.append(path)
            self.count[path] += 1
            depth = 1
            if again:
                above = call.parent
                while self.of_call[above] != path:
                    above = self.calls[above].parent
                depth = depths[above] + 1
                self.texts[path][call.text] = None
            else:
                self.entered[path] += 1
            depths.append(depth)
            self.levels[path] = max(self.levels[path], depth)

    def _path(self, outer: int, index: int, call: Call) -> tuple[int, bool]:
        """The path of a call, and whether the function is at work further out already."""
        path = outer
        while path >= 0:
            first = self.calls[self.table[path][1]]
            if (first.function, first.span) == (call.function, call.span):
                return path, True
            path = self.table[path][0]
        self.table.append((outer, index))
        self.count.append(0)
        self.entered.append(0)
        self.levels.append(0)
        self.texts.append({})
        return len(self.table) - 1, False
