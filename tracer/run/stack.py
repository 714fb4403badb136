"""Let calls nest as deep as without tracer, whatever tracer's own frames need."""

from __future__ import annotations

import operator
import sys
from types import FrameType
from typing import Final

from ..tape import Tape, is_own_code

__all__ = ["TOO_DEEP", "Stack", "too_deep"]

# Frames of tracer's own: below the function, and on top of the deepest of the user's.
_SLACK: Final = 200


class Stack:
    """The recursion limit as the function sees it; the tape counts the calls."""

    def __init__(self, tape: Tape) -> None:
        self.tape = tape
        self._limit = sys.getrecursionlimit()
        self._below = 0

    def start(self) -> None:
        """Count the frames of the program below this one: they use up the limit too."""
        frame: FrameType | None = sys._getframe(1)
        while frame is not None:
            self._below += not is_own_code(frame.f_code)
            frame = frame.f_back
        self.set_limit(sys.getrecursionlimit())

    def set_limit(self, limit: int) -> None:
        """Do what `sys.setrecursionlimit` does."""
        sys.setrecursionlimit(limit)
        self._limit = limit = operator.index(limit)
        self.tape.deepest = max(limit - self._below, 0)
        sys.setrecursionlimit(limit + _SLACK)

    def get_limit(self) -> int:
        """Return what `sys.getrecursionlimit` returns without tracer."""
        return self._limit

    def end(self) -> None:
        """Set the limit that the function left."""
        sys.setrecursionlimit(self._limit)


def too_deep() -> None:
    """Raise what Python raises where calls nest deeper than the limit."""
    raise RecursionError("maximum recursion depth exceeded")


TOO_DEEP: Final = too_deep.__code__
