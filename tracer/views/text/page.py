"""The layout of a transcript: calls indented, iterations of loops numbered, a column at the right."""

from __future__ import annotations

import sys
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field

from ...record import Call, Loop, Record
from ...source.place import NOWHERE, Place, Places
from ...source.text import Span

__all__ = ["Frame", "Page"]

STEP = 4
DEEPEST = 12  # calls deeper than this say how deep they are and are indented no further
COLUMN = 76  # the column at the right begins here at the latest


@dataclass(slots=True)
class _Iteration:
    """One iteration of an open loop: what is written in it begins at `indent`."""

    run: Loop
    label: str
    width: int
    indent: int


@dataclass(slots=True)
class Frame:
    """One open call."""

    index: int
    call: Call | None
    indent: int = 0
    iterations: list[_Iteration] = field(default_factory=list)
    fresh: bool = False  # the label of the innermost iteration is not yet written

    @property
    def stop(self) -> int:
        """The first number that was made after the call."""
        return self.call.stop if self.call else sys.maxsize

    def holds(self, span: Span | None) -> bool:
        """Whether a stretch of source stands in the function that was called."""
        return bool(self.call and self.call.span and span and self.call.span.contains(span))


class Page:
    """The lines of a run; a call or an iteration is announced when the first line in it is written."""

    def __init__(self, record: Record, places: Places) -> None:
        self.places = places
        self.lines: list[tuple[str, str]] = []
        self.stack = [Frame(-1, None)]
        self._shown = 1  # how many frames of the stack are announced
        self._runs: dict[tuple[int, tuple[str, int, int]], tuple[list[int], list[Loop]]] = {}
        begun = (loop for loop in record.loops if loop.iterations)
        for loop in sorted(begun, key=lambda loop: loop.iterations[0]):
            key = (loop.span.file, loop.span.line, loop.span.column)
            starts, runs = self._runs.setdefault((loop.call, key), ([], []))
            starts.append(loop.iterations[0])
            runs.append(loop)

    def enter(self, index: int, call: Call) -> None:
        """A call begins; the outermost one is the page itself."""
        if self.stack[0].call is None:
            self.stack.clear()
        self.stack.append(Frame(index, call))

    def leave(self) -> None:
        """The innermost call ends."""
        if len(self.stack) > 1:
            self.stack.pop()
            self._shown = min(self._shown, len(self.stack))

    def outside(self, text: str, note: str = "") -> None:
        """Write a line that belongs to no call."""
        self.lines.append((text, note))

    def line(self, text: str, at: int, place: Place = NOWHERE, note: str = "") -> int:
        """Write a line of the innermost call, about number `at`; return the column at which its text begins.

        Args:
            place: where it stands in the source.
            note: for the column at the right.
        """
        for inner in range(self._shown, len(self.stack)):
            outer, frame = self.stack[inner - 1], self.stack[inner]
            call = frame.call
            assert call is not None
            if call.origin and outer.holds(call.origin):
                self._enter_iterations(outer, self.places.at(call.origin), call.start)
            deep = "" if inner <= DEEPEST else f"  (call depth {inner})"
            start = self._write(outer, " ".join(call.text.split()) + ":" + deep)
            frame.indent = start if deep else start + STEP
        self._shown = len(self.stack)
        frame = self.stack[-1]
        if place is not NOWHERE:
            self._enter_iterations(frame, place, at)
        return self._write(frame, text, note)

    def _write(self, frame: Frame, text: str, note: str = "") -> int:
        indent, label = frame.indent, ""
        if frame.iterations:
            inner = frame.iterations[-1]
            indent, label = inner.indent, inner.label.ljust(inner.width) if frame.fresh else ""
            frame.fresh = False
        self.lines.append((" " * (indent - len(label)) + label + text, note))
        return indent

    def is_test(self, place: Place) -> bool:
        """Whether it is the test of a loop, whose text the loop's head shows already."""
        if place.lead != "while " or not place.loops or place.loops[-1][1] != "test":
            return False
        return (self.stack[-1].index, place.loops[-1][0]) in self._runs

    def _enter_iterations(self, frame: Frame, place: Place, at: int) -> None:
        """Announce the loops and iterations that a place is in, as far as they are new."""
        if not place.loops and not frame.iterations:
            return
        wanted, iterations, open_ = [*self._iterations(frame, place, at)], frame.iterations, 0
        for known, (run, label) in zip(iterations, wanted, strict=False):
            if known.run is not run:
                break
            open_ += 1
            if known.label != label:
                known.label, frame.fresh = label, True
                break
        del iterations[open_:]
        for run, label in wanted[open_:]:
            start = self._write(frame, run.text + ":")
            width = len(_label(max(0, len(run.iterations) - 1))) + 2
            iterations.append(_Iteration(run, label, width, start + STEP + width))
            frame.fresh = True

    def _iterations(self, frame: Frame, place: Place, at: int) -> Iterator[tuple[Loop, str]]:
        """The loop runs around a place when number `at` was made, outermost first."""
        low, high = 0, sys.maxsize  # the iteration of the loop around it
        for key, part in place.loops:
            starts, runs = self._runs.get((frame.index, key), ([], []))
            first = bisect_left(starts, low)
            if part == "head" or first == len(starts) or starts[first] >= high:
                return
            run = runs[bisect_right(starts, starts[first]) - 1]  # runs that made nothing come first
            begun = bisect_right(run.iterations, at)
            if part == "test":
                yield run, _label(begun) if begun < len(run.iterations) else "end"
                return
            if not begun:
                return
            yield run, _label(begun - 1)
            low = run.iterations[begun - 1]
            high = run.iterations[begun] if begun < len(run.iterations) else high

    def text(self) -> str:
        """The page."""
        column = max((len(text) for text, note in self.lines if note and len(text) <= COLUMN), default=0)
        return "".join(f"{text:{column}}   {note}\n" if note else f"{text}\n" for text, note in self.lines)


def _label(index: int) -> str:
    """An iteration as pictures show it and as it is chosen: from 0."""
    return f"[{index}]"
