"""Columns in Python: of the readable tape, of a trace that was saved, of a graph of derivatives."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from ..lazy import Once
from ..ops import Op
from ..tape.sweep import sweep
from .events import Events, Site
from .fold import Walk, fold
from .summary import Summary, summary

__all__ = ["ListColumns", "Located"]

Located = tuple[Sequence[int], Sequence[Site]]


class ListColumns:
    """The column protocol on any sequences; see `Columns`."""

    def __init__(
        self,
        *,
        codes: Sequence[int],
        args: Sequence[tuple[int, ...]],
        data: Sequence[Any],
        site_ids: Sequence[int] = (),
        sites: Sequence[Site] = (),
        controls: Iterable[int] = (),
        located: Once[Located] | None = None,
    ) -> None:
        """Take the columns as they are; `located` gives `site_ids` and `sites` when they are needed."""
        self.codes, self.args, self.data = codes, args, data
        self._located: Callable[[], Located] = located or Once(lambda: (site_ids, tuple(sites)))
        self._controls = Once(lambda: frozenset(controls))

    @property
    def site_ids(self) -> Sequence[int]:
        """The site of each node, an index in `sites`."""
        return self._located()[0]

    @property
    def sites(self) -> Sequence[Site]:
        """Where in the source numbers were made."""
        return self._located()[1]

    def controls(self) -> frozenset[int]:
        """Return the nodes that decided something or left the graph."""
        return self._controls()

    def tally(self) -> Counter[int]:
        """Return how many nodes each operation made."""
        return Counter(self.codes)

    def made_by(self, code: int, start: int = 0) -> list[int]:
        """Return the nodes from `start` on that an operation made."""
        return [i for i in range(start, len(self.data)) if self.codes[i] == code]

    def reach(self, marks: bytearray, *, control: bool = False) -> None:
        """Mark everything that the marked nodes were made from."""
        for i in self.controls() if control else ():
            marks[i] = 1
        for i, args in zip(range(len(self.data) - 1, -1, -1), reversed(self.args), strict=True):
            if marks[i]:
                for arg in args:
                    marks[arg] = 1

    def has_complex(self) -> bool:
        """Return whether any number is complex."""
        return any(isinstance(x, complex) for x in self.data)

    def leak_kinds(self, events: Events) -> set[str]:
        """Return the ways in which numbers left the graph."""
        return {leak.how for leak in events.leaks}

    def sweep(self, ops: Sequence[Op], output: int | None) -> list[float | None]:
        """Return the derivative of node `output` by every node."""
        return sweep(ops, self.codes, self.args, self.data, output)

    def fold(self, kinds: array[int], modes: bytearray | None, events: Events) -> Walk:
        """Fold the run to atoms."""
        return fold(self.codes, self.args, self.site_ids, kinds, modes, events)

    def summary(
        self, of: Sequence[int], count: int, live: bytearray, slopes: Sequence[float | None] | None
    ) -> list[Summary]:
        """Return what the numbers of each atom have in common."""
        return summary(self.data, of, count, live, slopes)

    def __reduce__(self) -> tuple[Any, ...]:
        return _copy, (self.codes, self.args, self.data, *self._located(), self.controls())


def _copy(
    codes: Sequence[int],
    args: Sequence[tuple[int, ...]],
    data: Sequence[Any],
    site_ids: Sequence[int],
    sites: Sequence[Site],
    controls: Iterable[int],
) -> ListColumns:
    """Make columns again, as `pickle` and `copy` do."""
    return ListColumns(
        codes=codes, args=list(args), data=data, site_ids=site_ids, sites=sites, controls=controls
    )
