"""The columns of a frozen run and the walks along them, in readable Python."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from typing import Any

from ..lazy import Once
from ..ops import Op
from ..tape.sweep import sweep
from .atoms import Atoms
from .events import Events, Site
from .fold import Walk, fold
from .summary import Slopes, Summary, summary

__all__ = ["Columns", "Located"]

Located = tuple[Sequence[int], Sequence[Site]]


class Columns:
    """A run as columns by node id; these walks serve the readable tape, saved traces and derived graphs.

    The columns are shared, not copied: treat them as read-only. On a tape in C `TapeColumns` answers the
    same questions.

    Attributes:
        codes: the operation of each node, an index in the table of operations.
        args: the operand ids of each node, in order; each is smaller than the id of the node.
        data: the number of each node.
    """

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

    def controls(self) -> Set[int]:
        """Return the nodes that decided a branch, an index, a count or a text, or left the graph."""
        return self._controls()

    def tally(self) -> Mapping[int, int]:
        """Return how many nodes each operation made, by its code."""
        return Counter(self.codes)

    def made_by(self, code: int, start: int = 0) -> Sequence[int]:
        """Return the nodes from `start` on that an operation made, in order."""
        return [i for i in range(start, len(self.data)) if self.codes[i] == code]

    def reach(self, marks: bytearray, *, control: bool = False) -> None:
        """Mark in a column of bytes everything that the marked nodes were made from.

        Args:
            marks: a byte for each node, 1 or 0; it is changed.
            control: mark also `controls()`, and what those were made from.
        """
        for i in self.controls() if control else ():
            marks[i] = 1
        for i, args in zip(range(len(self.data) - 1, -1, -1), reversed(self.args), strict=True):
            if marks[i]:
                for arg in args:
                    marks[arg] = 1

    def has_complex(self) -> bool:
        """Return whether any number is complex."""
        return any(isinstance(x, complex) for x in self.data)

    def leak_kinds(self, events: Events) -> Set[str]:
        """Return how numbers left the graph; see `Leak.how`."""
        return {leak.how for leak in events.leaks}

    def sweep(self, ops: Sequence[Op], output: int | None) -> Slopes:
        """Return the derivative of node `output` by every node; `ops` has the row of each code."""
        return sweep(ops, self.codes, self.args, self.data, output)

    def fold(self, kinds: array[int], modes: bytearray | None, events: Events) -> Walk:
        """Fold the run to atoms; see `columns.fold.fold`."""
        return fold(self.codes, self.args, self.site_ids, kinds, modes, events)

    def summary(self, atoms: Atoms, live: bytearray, slopes: Slopes | None) -> list[Summary]:
        """Return what the numbers of each atom have in common; see `columns.summary.summary`."""
        return summary(self.data, atoms, live, slopes)

    def __reduce__(self) -> tuple[Any, ...]:
        return _copy, (self.codes, self.args, self.data, *self._located(), self.controls())


def _copy(codes: Any, args: Any, data: Any, site_ids: Any, sites: Any, controls: Any) -> Columns:
    """Make columns again, as `pickle` and `copy` do."""
    return Columns(codes=codes, args=list(args), data=data, site_ids=site_ids, sites=sites, controls=controls)
