"""Owns how deep calls may nest: as deep as in a plain run, whatever our own frames need."""

from __future__ import annotations

import operator
import sys
from types import FrameType
from typing import Final

from ..tape import Tape, is_own_code

__all__ = ["Stack"]

# Frames of ours: below the function, and on top of the deepest of the user's.
_SLACK: Final = 200


class Stack:
    """The recursion limit as the function sees it; the tape counts the calls."""

    def __init__(self, tape: Tape) -> None:
        self.tape = tape
        self._limit = sys.getrecursionlimit()
        self._below = 0

    def start(self) -> None:
        """The run begins in this frame."""
        frame: FrameType | None = sys._getframe(1)
        while frame is not None:
            self._below += not is_own_code(frame.f_code)
            frame = frame.f_back
        self.limit(sys.getrecursionlimit())

    def limit(self, limit: int) -> None:
        """What `sys.setrecursionlimit` does."""
        sys.setrecursionlimit(limit)
        self._limit = limit = operator.index(limit)
        self.tape.deepest = max(limit - self._below, 0)
        sys.setrecursionlimit(limit + _SLACK)

    def limited(self) -> int:
        """What `sys.getrecursionlimit` says."""
        return self._limit

    def rest(self) -> None:
        """The run is over."""
        sys.setrecursionlimit(self._limit)
