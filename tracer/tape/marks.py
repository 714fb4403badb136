"""Marks: where on the tape a call was entered or left, or an iteration began; the code that calls are looked
for in, which is all but tracer's own.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from threading import get_ident
from types import CodeType
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from .notes import Notes

__all__ = ["MarkKind", "Marker", "is_own_code"]

MarkKind = tuple[str, CodeType | None, int, int]  # what, code, number, location of the caller or -1
_PACKAGE: Final = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep
_known: dict[str, bool] = {}  # whether a file is tracer's own


def is_own_code(code: CodeType) -> bool:
    """Return whether the code is tracer's own."""
    known = _known.get(code.co_filename)
    if known is None:
        known = _known[code.co_filename] = code.co_filename.startswith(_PACKAGE)
    return known


class Marker:
    """Notes how long the tape is: `~marker` as a call begins or ends, `marker | items` as a loop is
    given an item, `marker @ test` as its test holds; no other expressions cost the interpreter less.

    Only the thread that the tape was made in leaves marks: calls and iterations of other threads
    would be mixed among its own.

    Args:
        what: `enter`, `leave` or `iteration`.
        number: which call or loop of the code.
        too_deep: called instead of entering deeper than the tape's `deepest`; it raises.
    """

    def __init__(self, tape: Notes, what: str, number: int, too_deep: Callable[[], None]) -> None:
        self.tape: Notes | None = tape
        self.what, self.number, self.too_deep = what, number, too_deep

    def release(self) -> None:
        """Let go of the tape when the run is over: a loop that outlives it notes nothing."""
        self.tape = None

    def __invert__(self) -> None:
        tape = self.tape
        if tape is None or get_ident() != tape.thread:
            return
        frame = sys._getframe(1)
        if self.what == "enter":
            if tape.depth >= tape.deepest:
                self.too_deep()
            caller = frame.f_back if tape.depth else None  # the outermost call is the run's own
            tape.depth += 1
            while caller is not None and is_own_code(caller.f_code) and caller.f_back is not None:
                caller = caller.f_back
            location = -1 if caller is None else tape.location_of(caller.f_code, caller.f_lasti)
            tape.mark(("enter", frame.f_code, self.number, location))
        elif self.what == "leave":
            tape.depth -= 1
            tape.mark(("leave", None, self.number, -1))
        else:
            self._iteration(frame.f_code)

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
        if tape is not None and get_ident() == tape.thread:
            tape.mark(("iteration", code, self.number, -1))
