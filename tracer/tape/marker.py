"""Owns the marks: where on the tape a call was entered or left, or an iteration began."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from threading import get_ident
from types import CodeType
from typing import TYPE_CHECKING, Any

from .own_code import is_own_code

if TYPE_CHECKING:
    from .reference import Tape

__all__ = ["Marker"]


class Marker:
    """Notes where the tape stands: `~marker` as a call begins or ends, `marker | items` as a loop is
    given an item, `marker @ test` as its test holds; no other expressions cost the interpreter less.
    """

    def __init__(self, tape: Tape, what: str, number: int, too_deep: Callable[[], None]) -> None:
        self.tape: Tape | None = tape
        self.what, self.number, self.too_deep = what, number, too_deep

    def release(self) -> None:
        """The run is over: a loop that outlives it notes nothing and holds no tape."""
        self.tape = None

    def __invert__(self) -> None:
        tape, payload = self.tape, None
        if tape is None or get_ident() != tape._thread:
            return
        frame = sys._getframe(1)
        if self.what == "iteration":
            self._iteration(frame.f_code)
            return
        if self.what == "enter":
            if tape.depth >= tape.deepest:
                self.too_deep()
            caller = frame.f_back if tape.depth else None  # the outermost call is the run's own
            tape.depth += 1
            while caller is not None and is_own_code(caller.f_code) and caller.f_back is not None:
                caller = caller.f_back
            location = -1 if caller is None else tape.location_of(caller.f_code, caller.f_lasti)
            payload = (frame.f_code, self.number, location)
        else:
            tape.depth -= 1
        tape.marks.append((len(tape), self.what, payload))

    def __or__(self, items: Any) -> Iterator[Any]:
        return map(self._handed_out, items)

    def __matmul__(self, test: Any) -> bool:
        goes_on = bool(test)
        if goes_on:
            self._iteration(sys._getframe(1).f_code)
        return goes_on

    def _handed_out(self, item: Any) -> Any:
        self._iteration(sys._getframe(1).f_code)
        return item

    def _iteration(self, code: CodeType) -> None:
        tape = self.tape
        if tape is not None and get_ident() == tape._thread:
            tape.marks.append((len(tape), "iteration", (code, self.number)))
