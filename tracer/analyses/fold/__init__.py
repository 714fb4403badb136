"""Folds a run by its source: what the same place computes, again and again, becomes one box."""

from __future__ import annotations

from .atoms import LEFT_OUT, SINGLE
from .facts import COPIES_FROM
from .focus import MissingError, around, focused
from .folded import Box, Edge, Folded, fold
from .levels import LEVELS
from .parts import Part
from .told import Course, Slopes, Told, joined, tell

__all__ = ["COPIES_FROM", "LEFT_OUT", "LEVELS", "SINGLE", "Box", "Edge", "Folded", "MissingError"]
__all__ += ["Course", "Part", "Slopes", "Told", "around", "focused", "fold", "joined", "tell"]
