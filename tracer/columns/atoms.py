"""The atoms of a run: the finest boxes, the edges between them, and which numbers are in each."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

from ..tape import twin

__all__ = ["FOLDED", "KEPT", "LEFT_OUT", "SINGLE", "Atoms", "count_marked", "translate"]

# The mode of a number: to be folded, a box of its own, left out, or folded with its like in a box
# that is not made coarser.
FOLDED, SINGLE, LEFT_OUT, KEPT = 0, 1, 2, 3


@dataclass(eq=False)
class Atoms:
    """The finest boxes, and the edges between them."""

    of: Sequence[int]  # the atom of each number; -1 for one that was left out. It has the buffer interface.
    paths: list[int]  # the call path of each atom
    # firsts, lasts: the first and the last number of each atom
    firsts: list[int]
    lasts: list[int]
    counts: list[int]  # how many numbers each atom has
    # taken, refused: how many decisions were made by them that came true, and that did not
    taken: list[int]
    refused: list[int]
    left: list[bool]  # whether any of them left the graph
    # (atom of an operand, atom, order of the operand) -> how often; the order is 0 where there is one
    # operand, or too many
    edges: dict[tuple[int, int, int], int]

    def __len__(self) -> int:
        return len(self.counts)

    def members(self, atom: int) -> array[int]:
        """Return the numbers of an atom, in order."""
        starts, order = self._members
        return order[starts[atom] : starts[atom + 1]]

    def count_marked(self, marks: bytearray) -> list[int]:
        """Return how many numbers of each atom are marked."""
        return count_marked(self.of, len(self), marks)

    def translate(self, table: Sequence[int]) -> bytearray:
        """Return for each number the entry of its atom in a table, 0 for one that was left out."""
        return translate(self.of, bytes([*table, 0]))  # the last is that of -1

    @cached_property
    def _members(self) -> tuple[list[int], array[int]]:
        """Where each atom starts in the second, and there the numbers sorted by atom."""
        starts = [0, *accumulate(self.counts)]
        at = starts[:]
        order = array("i", bytes(4 * starts[-1]))
        for i, atom in enumerate(self.of):
            if atom >= 0:
                order[at[atom]] = i
                at[atom] += 1
        return starts, order


@twin
def count_marked(of: Sequence[int], count: int, marks: bytearray) -> list[int]:
    """Return how many numbers of each of `count` atoms are marked."""
    counts = [0] * count
    for atom, mark in zip(of, marks, strict=True):
        if mark and atom >= 0:
            counts[atom] += 1
    return counts


@twin
def translate(of: Sequence[int], table: bytes) -> bytearray:
    """Return for each number the byte of its atom in a table, the last byte for one that has none."""
    return bytearray(table[atom] for atom in of)
