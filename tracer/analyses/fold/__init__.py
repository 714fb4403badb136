"""Fold a run by its source: numbers that one operation of the source made become one box."""

from __future__ import annotations

from collections.abc import Sequence

from ...columns import LEFT_OUT, SINGLE, Atoms, SlopeSummary, Summary, ValueSummary, combine
from ...record import Record
from .facts import Facts
from .focus import MissingError, around, focused
from .folded import Bundle, Edge, Folded, fold, fold_facts
from .levels import LEVELS
from .parts import Part

__all__ = ["LEFT_OUT", "LEVELS", "SINGLE", "Bundle", "Edge", "Facts", "Folded", "MissingError", "Part"]
__all__ += ["SlopeSummary", "Summary", "ValueSummary", "around", "combine", "focused", "fold", "fold_facts"]
__all__ += ["summarize"]


def summarize(
    record: Record, atoms: Atoms, live: bytearray, slopes: Sequence[float | None] | None = None
) -> list[Summary]:
    """Return what the numbers of each atom have in common.

    Args:
        live: marks the numbers that the output depends on.
        slopes: its derivative by each of them.
    """
    return record.graph.columns.summary(atoms, live, slopes)
