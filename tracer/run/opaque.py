"""Call functions that get numbers: what they return is joined to the handles that they were given."""

from __future__ import annotations

import functools
import weakref
from collections.abc import Callable, Iterable
from types import FunctionType
from typing import Any, Final

from ..ops import CODES
from ..tape import Handle, Tape, is_number, unwrap
from .unwrap import UnwrapArguments

__all__ = ["Carriers", "opaque"]

# An object made of more numbers than this carries none of them on: they are leaks and no more.
_MOST: Final = 256


class Carriers:
    """Objects that calls of C put numbers into, an array or a source of random numbers, while they live."""

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


def opaque(tape: Tape, f: Callable[..., Any], carriers: Carriers) -> Callable[..., Any]:
    """Return a callable that gives `f` numbers and joins those it returns to the handles it was given."""
    owner = getattr(f, "__self__", None)
    scalar = _numpy_scalar(f)

    @functools.wraps(f, updated=())
    def call(*args: Any, **kwargs: Any) -> Any:
        if scalar and not kwargs and all(isinstance(x, Handle) or is_number(x) for x in args):
            if scalar == "ufunc" or not any(isinstance(x, Handle) for x in args):
                return f(*args)  # the handles answer for themselves
            return tape.record(CODES[scalar], args, f(*map(unwrap, args)))
        carried = carriers.of((owner, *args, *kwargs.values()))
        numbers = UnwrapArguments()
        _, *lowered = numbers.each([owner, *args, *kwargs.values()])
        given = dict.fromkeys(x._index for x in numbers.handles)
        entries = [*given, *carried]
        if not entries:
            return f(*args, **kwargs)
        try:
            result = f(*lowered[: len(args)], **dict(zip(kwargs, lowered[len(args) :], strict=True)))
        except Exception:
            tape.failed = (tape.here(), tuple(given))
            raise
        finally:
            numbers.undo()
        if result is None and owner is not None:
            carriers.put(owner, entries)
        elif not is_number(result):
            carriers.put(result, entries)
        return _joined(tape, entries, list(given), result)

    return call


def _numpy_scalar(f: Any) -> str:
    """Return `ufunc`, or the row that a scalar type of numpy is: `float`, `int`, `complex`; else ``""``."""
    if type(f).__name__ == "ufunc" and type(f).__module__ == "numpy":
        return "ufunc"
    if not isinstance(f, type) or f.__module__ != "numpy":
        return ""
    names = {base.__name__ for base in f.__mro__}
    kinds = {"floating": "float", "integer": "int", "complexfloating": "complex"}
    return next((row for name, row in kinds.items() if name in names), "")


def _joined(tape: Tape, entries: list[int], given: list[int], result: Any) -> Any:
    """Return the result with its numbers on the tape; into whatever else it is, the given handles leaked."""
    if is_number(result):
        return tape.record(CODES["opaque"], [tape.handle(i) for i in entries], result)
    if type(result) in (tuple, list) and any(map(is_number, result)):
        return type(result)(_joined(tape, entries, given, item) for item in result)
    if not isinstance(result, FunctionType):
        how = "call"
        if isinstance(result, str | bytes):
            how = "text"
        elif hasattr(type(result), "__array__"):
            how = "array"
        for index in given:
            tape.leak(index, how)
    return result
