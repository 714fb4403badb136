"""Owns the handle: a number on a tape, and what an operator does to it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from opcode import opmap
from types import FrameType, FunctionType
from typing import TYPE_CHECKING, Any, Final

from ..ops import BINARY, CODES, COMPARE, OPS, UFUNCS, UNARY, Op
from .number_types import is_number

if TYPE_CHECKING:
    from .reference import Tape

__all__ = ["Handle", "apply", "unwrap"]

OPAQUE: Final = CODES["opaque"]


class Handle:
    """A number on a tape: everything an operator does to it is written down."""

    __slots__ = ()
    _tape: Tape
    _index: int

    def __hash__(self) -> int:
        self._tape.leak(self._index, "hash")
        return hash(unwrap(self))

    def __bool__(self) -> bool:
        outcome = bool(unwrap(self))
        tape = self._tape
        tape.branches.append((self._index, outcome, len(tape), tape.here()))
        return outcome

    def __divmod__(self, other: Any) -> Any:
        return _divmod(self, other)

    def __rdivmod__(self, other: Any) -> Any:
        return _divmod(other, self)

    def __pow__(self, other: Any, modulus: Any = None) -> Any:
        if modulus is None:
            return _power(self, other)
        return apply(OPS["powmod"], (self, other, modulus))

    def __rpow__(self, other: Any) -> Any:
        return _reflected_power(self, other)

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

    def __repr__(self) -> str:
        self._tape.leak(self._index, "text")
        return repr(unwrap(self))

    def __str__(self) -> str:
        self._tape.leak(self._index, "text")
        return str(unwrap(self))

    def __format__(self, spec: str) -> str:
        self._tape.leak(self._index, "text")
        return format(unwrap(self), spec)

    def __copy__(self) -> Handle:
        return self

    def __deepcopy__(self, memo: object) -> Handle:
        return self

    def __reduce_ex__(self, protocol: Any) -> Any:
        self._tape.leak(self._index, "text")
        return unwrap(self).__reduce_ex__(protocol)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        self._tape.leak(self._index, "array")
        return sys.modules["numpy"].asarray(unwrap(self), dtype=dtype)

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        numbers = [x for x in inputs if isinstance(x, Handle)]
        result = getattr(ufunc, method)(*map(unwrap, inputs), **options)
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
    """Whether a frame is at `x.name`, not at an operator or a call of C code."""
    return frame.f_code.co_code[frame.f_lasti] in _READS


def unwrap(x: Any) -> Any:
    """The plain number of a Value; anything else as it is."""
    return x._tape.data[x._index] if isinstance(x, Handle) else x


def apply(op: Op, operands: Sequence[Any]) -> Any:
    """Compute an operation on numbers, at least one of them a Value, and write it down."""
    tape = next(x._tape for x in operands if isinstance(x, Handle))
    assert op.function is not None
    try:
        data = op.function(*map(unwrap, operands))
    except Exception:
        tape.failed = (tape.here(), tuple(x._index for x in operands if isinstance(x, Handle)))
        raise
    return tape.record(CODES[op.name], operands, data)


def _binary(op: Op, name: str) -> tuple[Callable[..., Any], Callable[..., Any]]:
    """The methods `__name__` and `__rname__` of numbers for one operator of the table."""
    reflected_name = f"__r{name}__"

    code, function = CODES[op.name], op.function
    assert function is not None

    def forward(self: Handle, other: Any) -> Any:
        if not (isinstance(other, Handle) or is_number(other)):
            if _answers(other, reflected_name, self._tape):
                return NotImplemented
            return _left_alone(op, self, (self, other))
        return _computed(code, function, self, other, self._tape)

    def reflected(self: Handle, other: Any) -> Any:
        if is_number(other):
            return _computed(code, function, other, self, self._tape)
        return _left_alone(op, self, (other, self))

    return forward, reflected


def _comparison(op: Op, mirror: str) -> Callable[..., Any]:
    code, function = CODES[op.name], op.function
    assert function is not None

    def compare(self: Handle, other: Any) -> Any:
        if not (isinstance(other, Handle) or is_number(other)):
            if _answers(other, mirror, self._tape):
                return NotImplemented
            return _left_alone(op, self, (self, other))
        return _computed(code, function, self, other, self._tape)

    return compare


def _answers(other: Any, method: str, tape: Tape) -> bool:
    """Whether a class of the user's answers an operator: its own method gets the Value itself."""
    answers = isinstance(getattr(type(other), method, None), FunctionType)
    if answers and tape.on_operand is not None:
        tape.on_operand(other)
    return answers


def _computed(code: int, function: Callable[..., Any], x: Any, y: Any, tape: Tape) -> Any:
    """An operator between two numbers, at least one of them a Value: most of what a run does."""
    location = tape.here()
    try:
        data = function(unwrap(x), unwrap(y))
    except TypeError:
        return NotImplemented  # the interpreter words the error, with the operator as written
    except Exception:
        tape.failed = (location, tuple(z._index for z in (x, y) if isinstance(z, Handle)))
        raise
    if not is_number(data):
        return data
    return tape.write(code, (tape.entry(x, location), tape.entry(y, location)), data, location)


def _left_alone(op: Op, number: Handle, operands: Sequence[Any]) -> Any:
    """An operator between a number and something else: what Python does with the plain number."""
    assert op.function is not None
    try:
        result = op.function(*map(unwrap, operands))
    except TypeError:
        return NotImplemented
    if result is not NotImplemented and op not in COMPARE:
        number._tape.leak(number._index, "array" if hasattr(result, "__array__") else "call")
    return result


def _divmod(x: Any, y: Any) -> Any:
    number = x if isinstance(x, Handle) else y
    if not all(isinstance(z, Handle) or is_number(z) for z in (x, y)):
        return NotImplemented
    try:
        quotient, remainder = divmod(unwrap(x), unwrap(y))
    except TypeError:
        return NotImplemented
    record = number._tape.record
    return record(CODES["floordiv"], (x, y), quotient), record(CODES["mod"], (x, y), remainder)


def _method(number: Handle, name: str) -> Callable[..., Any]:
    """A method of the plain number, its result written down."""

    def method(*args: Any, **options: Any) -> Any:
        operands = [number, *(x for x in (*args, *options.values()) if isinstance(x, Handle))]
        call = getattr(unwrap(number), name)
        data = call(*map(unwrap, args), **{key: unwrap(x) for key, x in options.items()})
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


def _unary(op: Op) -> Callable[[Handle], Any]:
    return lambda self: apply(op, (self,))


_power, _reflected_power = _binary(OPS["pow"], "pow")

for _op in BINARY:
    if _op.name != "pow":
        for _name, _function in zip((_op.name, f"r{_op.name}"), _binary(_op, _op.name), strict=True):
            setattr(Handle, f"__{_name}__", _function)
for _op in COMPARE:
    setattr(Handle, f"__{_op.name}__", _comparison(_op, f"__{_op.mirror}__"))
for _op in UNARY:
    setattr(Handle, f"__{_op.name}__", _unary(_op))
