"""Remember what carries numbers without being one: an array, a generator of random numbers."""

from __future__ import annotations

import weakref
from collections.abc import Iterable
from typing import Any, Final

__all__ = ["Carriers"]

# An object made of more numbers than this carries none of them on: they are leaks and no more.
_MOST: Final = 256


class Carriers:
    """The objects that calls of C put numbers into, known by identity as long as they live."""

    def __init__(self) -> None:
        self._entries: dict[int, tuple[weakref.ref[Any], dict[int, None]]] = {}

    def put(self, x: Any, entries: Iterable[int]) -> None:
        """Remember that the numbers of these entries went into `x`."""
        known = self._entries.get(id(x))
        if known is None or known[0]() is not x:
            try:
                known = (weakref.ref(x), {})
            except TypeError:
                return  # it would not be noticed when it is gone
        known[1].update(dict.fromkeys(entries))
        if len(known[1]) <= _MOST:
            self._entries[id(x)] = known
        else:
            self._entries.pop(id(x), None)

    def of(self, xs: Iterable[Any]) -> list[int]:
        """Return the entries of the numbers that went into any of these objects."""
        found: list[int] = []
        if self._entries:
            for x in xs:
                known = self._entries.get(id(x))
                if known is not None and known[0]() is x:
                    found.extend(known[1])
        return found
