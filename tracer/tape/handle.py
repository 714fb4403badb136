"""The handle: what stands for an entry of a tape in running code, and what it answers besides operators;
what counts as a number: the types whose operations are recorded.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from opcode import opmap
from types import FrameType
from typing import Any, Final

from ..ops import CODES, OPS, UFUNCS

__all__ = ["Handle", "is_number", "leaving", "type_name", "unwrap"]

OPAQUE: Final = CODES["opaque"]
# Types of modules that need not be loaded for tracer's sake are known by name.
_ELSEWHERE: Final = {("fractions", "Fraction"), ("decimal", "Decimal")}
_known: dict[type, bool] = {int: True, float: True, complex: True, bool: True}


def is_number(x: Any) -> bool:
    """Return whether `x` is a plain number: of exactly such a type, or a numpy scalar.

    Instances of subclasses of int and float (an IntEnum, a unit of the user's) are not: their
    operators may mean something else.
    """
    kind = type(x)
    known = _known.get(kind)
    if known is None:
        known = _known[kind] = (kind.__module__, kind.__qualname__) in _ELSEWHERE or _is_numpy_scalar(kind)
    return known


def _is_numpy_scalar(kind: type) -> bool:
    names = {base.__name__ for base in kind.__mro__ if base.__module__ == "numpy"}
    return kind.__module__ == "numpy" and "generic" in names and bool(names & {"number", "bool", "bool_"})


def type_name(kind: type) -> str:
    """Return the name the interpreter's own error messages call the type by."""
    return f"{kind.__module__}.{kind.__name__}" if kind.__module__ in ("numpy", "decimal") else kind.__name__


def leaving(name: str, how: str) -> Callable[..., Any]:
    """Return a method that gives what the number's own method gives: the number leaves the tape."""

    def method(self: Handle, *args: Any) -> Any:
        self._tape.leak(self._index, how)
        return getattr(unwrap(self), name)(*args)

    return method


class Handle:
    """Stands for one entry of a tape: whatever becomes of its number is written down there."""

    __slots__ = ()
    _tape: Any
    _index: int

    __hash__ = leaving("__hash__", "hash")
    __repr__ = leaving("__repr__", "text")
    __str__ = leaving("__str__", "text")
    __format__ = leaving("__format__", "text")
    __reduce_ex__ = leaving("__reduce_ex__", "text")

    def __bool__(self) -> bool:
        outcome = bool(unwrap(self))
        tape = self._tape
        tape.branches.append((self._index, outcome, len(tape), tape.here()))
        return outcome

    def __imul__(self, other: Any) -> Any:
        """`x *= "ab"`: the interpreter asks the sequence only if the number is a built-in one."""
        if not isinstance(other, str | bytes | list | tuple):
            return NotImplemented
        self._tape.leak(self._index, "call")
        return unwrap(self) * other

    def __getattr__(self, name: str) -> Any:
        found = getattr(unwrap(self), name)
        if callable(found):
            return _method(self, name)
        if name in _PARTS and not _reads_attribute(sys._getframe(1)):
            self._tape.leak(self._index, "call")
            return found
        return self._tape.record(CODES.get(name, OPAQUE), [self], found)

    def __copy__(self) -> Handle:
        return self

    def __deepcopy__(self, memo: object) -> Handle:
        return self

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        self._tape.leak(self._index, "array")
        return sys.modules["numpy"].asarray(unwrap(self), dtype=dtype)

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        numbers = [x for x in inputs if isinstance(x, Handle)]
        result = getattr(ufunc, method)(*map(unwrap, inputs), **kwargs)
        op = OPS.get(UFUNCS.get(ufunc.__name__, ufunc.__name__), OPS["opaque"])
        if is_number(result):
            return self._tape.record(CODES[op.name], inputs if op.partials else numbers, result)
        for x in numbers:
            x._tape.leak(x._index, "array")
        return result


# A Decimal that compares itself with a rational asks for these, and wants true ints.
_PARTS: Final = {"numerator", "denominator"}
_READS: Final = {opmap[name] for name in ("LOAD_ATTR", "LOAD_METHOD") if name in opmap}


def _reads_attribute(frame: FrameType) -> bool:
    """Return whether a frame is at `x.name`, not at an operator or a call of C code."""
    return frame.f_code.co_code[frame.f_lasti] in _READS


def unwrap(x: Any) -> Any:
    """Return the number that a handle stands for; anything else as it is."""
    return x._tape.data[x._index] if isinstance(x, Handle) else x


def _method(number: Handle, name: str) -> Callable[..., Any]:
    """Return a method of the number, its result written down."""

    def method(*args: Any, **kwargs: Any) -> Any:
        operands = [number, *(x for x in (*args, *kwargs.values()) if isinstance(x, Handle))]
        call = getattr(unwrap(number), name)
        data = call(*map(unwrap, args), **{key: unwrap(x) for key, x in kwargs.items()})
        record = number._tape.record
        if type(data) is tuple:
            parts = OPS[name].components if name in OPS else ()
            codes = [CODES[part] for part in parts] or [OPAQUE] * len(data)
            return tuple(record(code, operands, part) for code, part in zip(codes, data, strict=True))
        if not is_number(data) and data is not NotImplemented:
            number._tape.leak(number._index, "text" if isinstance(data, str | bytes) else "call")
        return record(CODES.get(name, OPAQUE), operands, data)

    method.__name__ = name
    return method
