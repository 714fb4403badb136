"""Owns the call paths of a run: what called what, recursion folded."""

from __future__ import annotations

from dataclasses import dataclass, field

from ...record import CallHead
from ...source.text import Span

__all__ = ["Path", "Paths"]


@dataclass(slots=True)
class Path:
    """One call path; a function that calls itself is on the same one at every depth.

    Attributes:
        outer: the path around it; -1 for the outermost.
        head: its first call.
        count, entered: calls in all, and those from outside.
        levels: how deep a function called itself; 1 without recursion.
        texts: the source of the calls with which it called itself.
    """

    outer: int
    head: CallHead
    count: int = 0
    entered: int = 0
    levels: int = 0
    texts: dict[str, None] = field(default_factory=dict)


class Paths:
    """The call paths, in the order in which they were first gone.

    Attributes:
        table: the paths.
    """

    def __init__(self) -> None:
        self.table: list[Path] = []
        self._known: dict[tuple[int, str, Span | None, Span | None, str], int] = {}

    def enter(self, outer: int, head: CallHead) -> int:
        """The path of a call that is made on a path, -1 for the outermost call."""
        key = (outer, head.function, head.span, head.origin, "" if head.origin else head.text)
        if key not in self._known:
            self._known[key] = self._further_out(outer, head)
        path = self._known[key]
        if path <= outer and path in self.chain(outer):
            self.table[path].texts[head.text] = None
        return path

    def chain(self, path: int) -> list[int]:
        """The path and those around it, innermost first."""
        found = []
        while path >= 0:
            found.append(path)
            path = self.table[path].outer
        return found

    def _further_out(self, outer: int, head: CallHead) -> int:
        """The path on which the function is at work already, or a new one."""
        for path in self.chain(outer):
            first = self.table[path].head
            if (first.function, first.span) == (head.function, head.span):
                return path
        self.table.append(Path(outer, head))
        return len(self.table) - 1
