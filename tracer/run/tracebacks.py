"""Take tracer's own frames out of tracebacks, so that they read as without tracer."""

from __future__ import annotations

from types import TracebackType

from ..tape import is_own_code
from .stack import TOO_DEEP

__all__ = ["remove_own_frames"]


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
            if tb.tb_frame.f_code is TOO_DEEP:
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
