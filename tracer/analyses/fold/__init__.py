"""Folds a run by its source: what the same place computes, again and again, becomes one box."""

from __future__ import annotations

from collections.abc import Sequence

from ...columns import LEFT_OUT, SINGLE, Atoms, SlopeSummary, Summary, ValueSummary, combine
from ...record import Record
from .facts import COPIES_FROM
from .focus import MissingError, around, focused
from .folded import Bundle, Edge, Folded, fold
from .levels import LEVELS
from .parts import Part

__all__ = ["COPIES_FROM", "LEFT_OUT", "LEVELS", "SINGLE", "Bundle", "Edge", "Folded", "MissingError"]
__all__ += [
    "Part",
    "SlopeSummary",
    "Summary",
    "ValueSummary",
    "around",
    "combine",
    "focused",
    "fold",
    "summarize",
]


def summarize(
    record: Record, atoms: Atoms, live: bytearray, slopes: Sequence[float | None] | None = None
) -> list[Summary]:
    """Return what the numbers of each atom have in common.

    Args:
        live: marks the numbers that the output depends on.
        slopes: its derivative by each of them.
    """
    return record.graph.columns.summary(atoms.of, len(atoms), live, slopes)
