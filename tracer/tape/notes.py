"""What a tape notes besides its numbers: locations, decisions, leaks, marks, and which handles are alive."""

from __future__ import annotations

import gc
import sys
from array import array
from collections.abc import Callable, Hashable, Sequence
from threading import get_ident
from types import CodeType
from typing import Any

from ..ops import CODES
from .handle import Handle
from .marks import Marker, MarkKind, is_own_code

__all__ = ["CONSTANT", "INPUT", "LITERAL", "LimitReached", "Notes"]

INPUT, LITERAL, CONSTANT = (CODES[name] for name in ("input", "literal", "constant"))


class LimitReached(BaseException):
    """The run recorded as many operations as it was allowed to.

    Not an `Exception`: the traced code's own handlers must not swallow it.
    """


class Notes:
    """The part of a tape that the lesson can do without; see `Tape`."""

    codes: bytearray
    args: Sequence[tuple[int, ...]]
    # the location and the operands of the last operation that raised
    failed: tuple[int, tuple[int, ...]] | None = None
    # called with each object whose class, one of the user's, answers an operator
    on_operand: Callable[[Any], None] | None = None

    def __init__(self) -> None:
        # the location of each entry, a number; `instruction_at` says what it stands for
        self.locations = array("l")
        # (entry, outcome, length of the tape, location) for each decision a number took part in
        self.branches: list[tuple[int, bool, int, int]] = []
        # (location, how) -> the entries that left the tape there, each as often as it did
        self.leaks: dict[tuple[int, str], list[int]] = {}
        # (length of the tape, kind of mark): calls entered and left, iterations begun
        self.marks: list[tuple[int, int]] = []
        # (`enter`, `leave` or `iteration`, code object or None, which call or loop of the code, location of
        # the caller or -1)
        self.mark_kinds: list[MarkKind] = []
        # depth, deepest: how many calls are marked as entered, and may be
        self.depth, self.deepest = 0, sys.maxsize
        self.thread = get_ident()  # the thread that leaves marks
        self._locations: list[Hashable] = []
        self._location_ids: dict[Hashable, int] = {}
        self._kind_ids: dict[tuple[Any, ...], int] = {}

    def __len__(self) -> int:
        return len(self.codes)

    def here(self) -> int:
        """Return the location that is running: that of the innermost frame that is not tracer's."""
        frame = sys._getframe(2)
        while is_own_code(frame.f_code) and frame.f_back is not None:
            frame = frame.f_back
        return self.location_of(frame.f_code, frame.f_lasti)

    def location_of(self, code: CodeType, offset: int) -> int:
        """Return the number of an instruction."""
        return self.location_for((code, offset), (id(code), offset))  # hashing a code object walks through it

    def location_for(self, location: Hashable, key: Hashable = None) -> int:
        """Return the number of whatever stands for a location; `key` identifies it (itself unless given)."""
        key = location if key is None else key
        number = self._location_ids.get(key)
        if number is None:
            number = self._location_ids[key] = len(self._locations)
            self._locations.append(location)
        return number

    def instruction_at(self, location: int) -> Any:
        """Return (code object, instruction offset) of a location, or what was given to `location_for`."""
        return self._locations[location]

    def sites(self, site: Callable[[int, int, int, int | None], int]) -> Sequence[int]:
        """Return the number of the site of every entry, as `site` says.

        Args:
            site: called once for each operation at a location, (location, code, -1, None), and for each
                constant that is an operand there, (location, code, position, None). Where that returns
                -1, it is called again for each such operand, with its entry.
        """
        codes, locations = self.codes, self.locations
        sites = array("I", bytes(4 * len(codes)))
        known: dict[tuple[int, int, int], int] = {}
        for i, (code, location) in enumerate(zip(codes, locations, strict=True)):
            if code != CONSTANT:
                constants = (
                    (j, (location, code, position))
                    for position, j in enumerate(self.args[i])
                    if codes[j] == CONSTANT and locations[j] == location
                )
                for j, key in ((i, (location, code, -1)), *constants):
                    if key not in known:
                        known[key] = site(*key, None)
                    sites[j] = known[key] if known[key] >= 0 else site(*key, j)
        return sites

    def controls(self) -> frozenset[int]:
        """Return the entries that took part in a decision or left the tape."""
        return frozenset(index for index, *_ in self.branches).union(*self.leaks.values())

    def code_objects(self) -> list[CodeType]:
        """Return the code objects that something was noted in."""
        locations = (location[0] for location in self._locations if isinstance(location, tuple))
        marked = (code for _, code, _, _ in self.mark_kinds if code is not None)
        return list({id(code): code for code in (*locations, *marked)}.values())

    def mark(self, kind: MarkKind) -> None:
        """Note that a call or an iteration began or ended here."""
        what, code, *where = kind
        key = (what, id(code), *where)  # hashing a code object walks through it
        if key not in self._kind_ids:
            self._kind_ids[key] = len(self.mark_kinds)
            self.mark_kinds.append(kind)
        self.marks.append((len(self), self._kind_ids[key]))

    def marker(self, what: str, number: int, too_deep: Callable[[], None]) -> Any:
        """Return an object that notes in traced code how long the tape is; see `Marker`."""
        return Marker(self, what, number, too_deep)

    def reference_count(self) -> int:
        """Return a number that grows with the handles of this tape that are alive."""
        return sys.getrefcount(self)

    def has_live_handles(self, before: int) -> bool:
        """Return whether handles made since `reference_count()` returned `before` may still be alive."""
        return sys.getrefcount(self) > before or bool(self.live_handles())

    def live_handles(self) -> list[Handle]:
        """Return the handles of this tape that are alive."""
        return [x for x in gc.get_referrers(self) if isinstance(x, Handle)]

    @staticmethod
    def referrers(targets: list[Any]) -> list[Any]:
        """Return the objects that refer to any of the given ones."""
        mark = object()  # marks the call's own tuple of arguments, which some versions report too
        found = gc.get_referrers(*targets, mark)
        return [x for x in found if not (type(x) is tuple and x and x[-1] is mark)]

    def remember(self, index: int, number: Any) -> None:
        """Keep the object that an entry's number was, for `x is y`; here the column does so anyway."""

    def leak(self, index: int, how: str) -> None:
        """Note that a number left the tape here. What is written in the source cannot get lost."""
        if self.codes[index] not in (LITERAL, CONSTANT):
            self.leaks.setdefault((self.here(), how), []).append(index)
