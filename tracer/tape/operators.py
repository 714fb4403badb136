"""What an operator does to handles: compute on the numbers, write down, or leave it to the other side."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import FunctionType
from typing import Any, Final

from ..ops import BINARY, CODES, COMPARE, OPS, UNARY, Op
from .handle import Handle, is_number, unwrap

__all__ = ["METHODS", "apply"]


def apply(op: Op, operands: Sequence[Any]) -> Any:
    """Compute an operation on numbers, at least one of them a handle, and write it down."""
    tape = next(x._tape for x in operands if isinstance(x, Handle))
    assert op.function is not None
    try:
        data = op.function(*map(unwrap, operands))
    except Exception:
        tape.failed = (tape.here(), tuple(x._index for x in operands if isinstance(x, Handle)))
        raise
    return tape.record(CODES[op.name], operands, data)


def _forward(op: Op, mirror: str) -> Callable[[Handle, Any], Any]:
    """Return the method of an operator; `mirror` names the one that the other operand may answer it with."""
    code, function = CODES[op.name], op.function
    assert function is not None

    def forward(self: Handle, other: Any) -> Any:
        if not (isinstance(other, Handle) or is_number(other)):
            if _answers(other, mirror, self._tape):
                return NotImplemented
            return _not_recorded(op, self, (self, other))
        return _computed(code, function, self, other, self._tape)

    return forward


def _reflected(op: Op) -> Callable[[Handle, Any], Any]:
    """Return the method of an operator whose left operand is no handle."""
    code, function = CODES[op.name], op.function
    assert function is not None

    def reflected(self: Handle, other: Any) -> Any:
        if is_number(other):
            return _computed(code, function, other, self, self._tape)
        return _not_recorded(op, self, (other, self))

    return reflected


def _answers(other: Any, method: str, tape: Any) -> bool:
    """Return whether a class of the user's answers an operator: its own method gets the handle itself."""
    answers = isinstance(getattr(type(other), method, None), FunctionType)
    if answers and tape.on_operand is not None:
        tape.on_operand(other)
    return answers


def _computed(code: int, function: Callable[..., Any], x: Any, y: Any, tape: Any) -> Any:
    """Compute an operator of two numbers, at least one of them a handle: most of what a run does."""
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


def _not_recorded(op: Op, number: Handle, operands: Sequence[Any]) -> Any:
    """Return what Python does with the number that a handle stands for and something that is no number."""
    assert op.function is not None
    try:
        result = op.function(*map(unwrap, operands))
    except TypeError:
        return NotImplemented
    if result is not NotImplemented and op not in COMPARE:
        number._tape.leak(number._index, "array" if hasattr(result, "__array__") else "call")
    return result


def _divmod(x: Any, y: Any) -> Any:
    """Return quotient and remainder of two numbers, each an entry of its own."""
    number = x if isinstance(x, Handle) else y
    if not all(isinstance(z, Handle) or is_number(z) for z in (x, y)):
        return NotImplemented
    try:
        quotient, remainder = divmod(unwrap(x), unwrap(y))
    except TypeError:
        return NotImplemented
    record = number._tape.record
    return record(CODES["floordiv"], (x, y), quotient), record(CODES["mod"], (x, y), remainder)


def _unary(op: Op) -> Callable[[Handle], Any]:
    """Return the method of an operator that has a single operand."""
    return lambda self: apply(op, (self,))


_power = _forward(OPS["pow"], "__rpow__")


def _pow(x: Any, y: Any, modulus: Any = None) -> Any:
    return _power(x, y) if modulus is None else apply(OPS["powmod"], (x, y, modulus))


# Operators through the table: the row `add` gives `__add__` and `__radd__`, `lt` gives `__lt__`.
METHODS: Final[dict[str, Callable[..., Any]]] = {
    **{f"__{op.name}__": _forward(op, f"__r{op.name}__") for op in BINARY},
    **{f"__r{op.name}__": _reflected(op) for op in BINARY},
    **{f"__{op.name}__": _forward(op, f"__{op.mirror}__") for op in COMPARE},
    **{f"__{op.name}__": _unary(op) for op in UNARY},
    "__pow__": _pow,
    "__divmod__": _divmod,
    "__rdivmod__": lambda y, x: _divmod(x, y),
}
