"""Folds a run by its source: what the same place computes, again and again, becomes one box."""

from __future__ import annotations

from .atoms import LEFT_OUT, SINGLE
from .facts import COPIES_FROM
from .focus import MissingError, around, focused
from .folded import Bundle, Edge, Folded, fold
from .levels import LEVELS
from .parts import Part
from .summary import SlopeSummary, Summary, ValueSummary, combine, summarize

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
