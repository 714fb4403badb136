"""What a fold says of each number, its atom or -1; and what can be computed from that column."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["count_marked", "look_up"]


def count_marked(of: Sequence[int], count: int, marks: bytearray) -> list[int]:
    """How many numbers of each of `count` atoms are marked."""
    counts = [0] * count
    for atom, mark in zip(of, marks, strict=True):
        if mark and atom >= 0:
            counts[atom] += 1
    return counts


def look_up(of: Sequence[int], table: bytes) -> bytearray:
    """For each number the byte of its atom in a table, the last byte for one that has none."""
    return bytearray(table[atom] for atom in of)
