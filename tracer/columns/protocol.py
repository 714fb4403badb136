"""The column protocol: what the frozen columns of a run answer, whether they are in Python or in C."""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence, Set
from typing import Any, Protocol

from ..ops import Op
from .events import Events, Site
from .fold import Walk
from .summary import Summary

__all__ = ["Columns"]


class Columns(Protocol):
    """A run as columns by node id. They are shared, not copied: treat them as read-only.

    Attributes:
        codes: the operation of each node, an index in the table of operations.
        args: the operand ids of each node, in order; each is smaller than the id of the node.
        data: the number of each node.
        site_ids: the site of each node, an index in `sites`.
        sites: where in the source numbers were made.
    """

    @property
    def codes(self) -> Sequence[int]: ...  # noqa: D102  # described above
    @property
    def args(self) -> Sequence[tuple[int, ...]]: ...  # noqa: D102
    @property
    def data(self) -> Sequence[Any]: ...  # noqa: D102
    @property
    def site_ids(self) -> Sequence[int]: ...  # noqa: D102
    @property
    def sites(self) -> Sequence[Site]: ...  # noqa: D102

    def controls(self) -> Set[int]:
        """Return the nodes that decided a branch, an index, a count or a text, or left the graph."""

    def tally(self) -> Mapping[int, int]:
        """Return how many nodes each operation made, by its code."""

    def made_by(self, code: int, start: int = 0) -> Sequence[int]:
        """Return the nodes from `start` on that an operation made, in order."""

    def reach(self, marks: bytearray, *, control: bool = False) -> None:
        """Mark in a column of bytes everything that the marked nodes were made from.

        Args:
            marks: a byte for each node, 1 or 0; it is changed.
            control: mark also `controls()`, and what those were made from.
        """

    def has_complex(self) -> bool:
        """Return whether any number is complex."""

    def leak_kinds(self, events: Events) -> Set[str]:
        """Return the ways in which numbers left the graph; see `Leak.how`."""

    def sweep(self, ops: Sequence[Op], output: int | None) -> Sequence[float | None]:
        """Return the derivative of node `output` by every node; see `tape.sweep.sweep`.

        Args:
            ops: the row of each code.
        """

    def fold(self, kinds: array[int], modes: bytearray | None, events: Events) -> Walk:
        """Fold the run to atoms; see `columns.fold.fold`."""

    def summary(
        self, of: Sequence[int], count: int, live: bytearray, slopes: Sequence[float | None] | None
    ) -> list[Summary]:
        """Return what the numbers of each atom have in common; see `columns.summary.summary`."""
