"""Owns what a traceback shows: the user's frames, and none of tracer's."""

from __future__ import annotations

from types import CodeType, TracebackType

from ..tape import is_own_code

__all__ = ["forget_our_frames"]


def forget_our_frames(error: BaseException | None, guards: CodeType) -> None:
    """Take tracer's own frames out of a traceback, so that it reads as the plain run's would.

    Args:
        guards: the code at the head of a function that stops too deep a recursion; in a plain
            run that function would never have begun.
    """
    seen: set[int] = set()
    pending = [error]
    while pending:
        each = pending.pop()
        if each is None or id(each) in seen:
            continue
        seen.add(id(each))
        frames: list[TracebackType] = []
        following: TracebackType | None
        tb = each.__traceback__
        while tb is not None:
            if tb.tb_frame.f_code is guards:
                frames.pop()
            elif not is_own_code(tb.tb_frame.f_code):
                frames.append(tb)
            tb = tb.tb_next
        following = None
        for tb in reversed(frames):
            tb.tb_next = following
            following = tb
        each.__traceback__ = following
        pending += [each.__cause__, each.__context__]
