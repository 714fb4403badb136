"""Keep tracer's own frames out of sight: calls nest as deep, and tracebacks read, as without tracer."""

from __future__ import annotations

import operator
import sys
from types import FrameType, TracebackType
from typing import Final

from ..tape import Tape, is_own_code

__all__ = ["Stack", "remove_own_frames", "too_deep"]

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


def remove_own_frames(error: BaseException | None) -> None:
    """Take tracer's own frames out of the traceback of an exception, of its causes and contexts.

    A function that was stopped because calls nested too deep goes too: without tracer it never began.
    """
    done: set[int] = set()
    pending = [error]
    while pending:
        each = pending.pop()
        if each is None or id(each) in done:
            continue
        done.add(id(each))
        frames: list[TracebackType] = []
        tb = each.__traceback__
        while tb is not None:
            if tb.tb_frame.f_code is too_deep.__code__:
                frames.pop()
            elif not is_own_code(tb.tb_frame.f_code):
                frames.append(tb)
            tb = tb.tb_next
        following: TracebackType | None = None
        for tb in reversed(frames):
            tb.tb_next = following
            following = tb
        each.__traceback__ = following
        pending += [each.__cause__, each.__context__]
