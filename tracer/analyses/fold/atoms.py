"""Owns the atoms of a run: the finest boxes, the ways between them, and which numbers are in each."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate
from typing import Any

from ...tape import count_marked, look_up

__all__ = ["FOLDED", "KEPT", "LEFT_OUT", "SINGLE", "Atoms"]

# What `apart` says of a number: to be folded, a box of its own, left out, or folded with its like
# in a box that is not made coarser.
FOLDED, SINGLE, LEFT_OUT, KEPT = 0, 1, 2, 3


@dataclass(eq=False)
class Atoms:
    """The finest boxes, and the ways between them.

    Attributes:
        of: the atom of each number; -1 for one that was left out.
        paths: the call path of each atom.
        firsts, lasts: the first and the last number of each atom.
        counts: how many numbers each atom has.
        taken, refused: how many decisions were made by them that came true, and that did not.
        left: whether any of them left the graph.
        ways: (atom of an operand, atom, place of the operand) -> how often; the place is 0 where
            there is one operand, or too many.
        tape, column: the tape in C and `of` as it knows it; None where it is not there.
    """

    of: Sequence[int]
    paths: list[int] = field(default_factory=list)
    firsts: list[int] = field(default_factory=list)
    lasts: list[int] = field(default_factory=list)
    counts: list[int] = field(default_factory=list)
    taken: list[int] = field(default_factory=list)
    refused: list[int] = field(default_factory=list)
    left: list[bool] = field(default_factory=list)
    edges: dict[tuple[int, int, int], int] = field(default_factory=dict)
    tape: Any = None
    column: bytearray | None = None

    def __len__(self) -> int:
        return len(self.counts)

    def members(self, atom: int) -> array[int]:
        """The numbers of an atom, in order."""
        starts, order = self._members
        return order[starts[atom] : starts[atom + 1]]

    def marked(self, marks: bytearray) -> list[int]:
        """How many numbers of each atom are marked."""
        return count_marked(self.of, len(self), marks)

    def through(self, table: Sequence[int]) -> bytearray:
        """For each number what a table says of its atom, 0 for one that was left out."""
        return look_up(self.of, bytes([*table, 0]))  # the last is that of -1

    @cached_property
    def _members(self) -> tuple[list[int], array[int]]:
        starts = [0, *accumulate(self.counts)]
        at = starts[:]
        order = array("i", bytes(4 * starts[-1]))
        for i, atom in enumerate(self.of):
            if atom >= 0:
                order[at[atom]] = i
                at[atom] += 1
        return starts, order
