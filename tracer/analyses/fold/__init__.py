"""Fold a run by its source: numbers that one operation of the source made become one box."""

from __future__ import annotations

from .facts import Facts
from .focus import MissingError, around, focused
from .folded import Bundle, Edge, Folded, fold, fold_facts
from .levels import LEVELS
from .parts import Part

__all__ = ["LEVELS", "Bundle", "Edge", "Facts", "Folded", "MissingError", "Part"]
__all__ += ["around", "focused", "fold", "fold_facts"]
