"""Owns the marks: where on the tape a call was entered or left, or an iteration began."""

from __future__ import annotations

import sys
from collections.abc import Callable
from threading import get_ident
from typing import TYPE_CHECKING

from .places import is_ours

if TYPE_CHECKING:
    from .reference import Tape

__all__ = ["Marker"]


class Marker:
    """`~marker` notes where the tape stands; no other expression costs the interpreter less."""

    def __init__(self, tape: Tape, what: str, number: int, too_deep: Callable[[], None]) -> None:
        self.tape, self.what, self.number, self.too_deep = tape, what, number, too_deep

    def __invert__(self) -> None:
        tape, payload = self.tape, None
        if get_ident() != tape._thread:
            return
        frame = sys._getframe(1)
        if self.what == "enter":
            if tape.depth >= tape.deepest:
                self.too_deep()
            caller = frame.f_back if tape.depth else None  # the outermost call is the run's own
            tape.depth += 1
            while caller is not None and is_ours(caller.f_code) and caller.f_back is not None:
                caller = caller.f_back
            place = -1 if caller is None else tape.place_of(caller.f_code, caller.f_lasti)
            payload = (frame.f_code, self.number, place)
        elif self.what == "leave":
            tape.depth -= 1
        else:
            payload = (frame.f_code, self.number)  # type: ignore[assignment]  # a turn has no caller
        tape.marks.append((len(tape), self.what, payload))
