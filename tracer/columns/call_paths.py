"""The call paths of a run: what called what, with recursion folded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from ..source import Span
from .events import Call, CallHead

__all__ = ["NONE", "Path", "Paths"]

NONE = -1  # no path: outside of every call


@dataclass(slots=True)
class Path:
    """One call path; a function that calls itself is on the same one at every depth."""

    outer: int  # the path around it; -1 for the outermost
    head: CallHead  # its first call
    # count, entered: calls in all, and those from outside
    count: int = 0
    entered: int = 0
    levels: int = 0  # how deep a function called itself; 1 without recursion
    # the source of the calls with which it called itself
    texts: dict[str, None] = field(default_factory=dict)


class Paths:
    """The call paths, in the order in which they were first entered: `table`."""

    def __init__(self) -> None:
        self.table: list[Path] = []
        self._known: dict[tuple[int, str, Span | None, Span | None, str], int] = {}

    @classmethod
    def of(cls, calls: Sequence[Call]) -> tuple[Paths, list[int]]:
        """Return the paths of a run's calls, and the path of each call."""
        paths, of_call = cls(), list[int]()
        depths: list[int] = []  # of each call, among the calls of its path
        for call in calls:
            outer = of_call[call.parent] if call.parent >= 0 else NONE
            path = paths.enter(outer, call.head)
            row, above = paths.table[path], call.parent
            while above >= 0 and of_call[above] != path:
                above = calls[above].parent
            depth = depths[above] + 1 if above >= 0 else 1
            of_call.append(path)
            depths.append(depth)
            row.count += 1
            row.entered += depth == 1
            row.levels = max(row.levels, depth)
        return paths, of_call

    def enter(self, outer: int, head: CallHead) -> int:
        """Return the path of a call that is made on path `outer`; -1 for the outermost call."""
        key = (outer, head.function, head.span, head.origin, "" if head.origin else head.text)
        if key not in self._known:
            self._known[key] = self._recursive_or_new(outer, head)
        path = self._known[key]
        if path <= outer and path in self.chain(outer):
            self.table[path].texts[head.text] = None
        return path

    def chain(self, path: int) -> list[int]:
        """Return the path and those around it, innermost first."""
        found = []
        while path >= 0:
            found.append(path)
            path = self.table[path].outer
        return found

    def _recursive_or_new(self, outer: int, head: CallHead) -> int:
        """Return the path around `outer` on which the function is running already, or a new one."""
        for path in self.chain(outer):
            first = self.table[path].head
            if (first.function, first.span) == (head.function, head.span):
                return path
        self.table.append(Path(outer, head))
        return len(self.table) - 1
