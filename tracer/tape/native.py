"""The tape in C: the same as that of `value`, at about the price of the plain run.

The C code keeps the columns and computes with everyday numbers; whatever else may be done with a
handle is left to the methods in Python.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextvars import ContextVar
from typing import Any, Final

from ..ops import BINARY, CODES, COMPARE, FLAT, HELD, LEAVES, OPS, UNARY, Op
from . import _native, value
from .handle import Handle, is_number, type_name
from .marks import is_own_code
from .notes import LimitReached
from .operators import METHODS
from .passing import members
from .sweep import local_slopes

__all__ = ["Handle", "Tape", "Value", "unwrap"]

unwrap = _native.unwrap

# C finds the slopes of some of these by their names; not of what a user registers.
_BUILT_IN: Final = dict(OPS)
_LEAK_KINDS: Final = ["index", "int()", "float()", "hash", "complex()", "text", "array", "call"]


class Tape(_native.Tape, value.Tape):  # type: ignore[misc, override]  # its attributes are made in C
    """An append-only record of numbers, kept as columns in C; see `value.Tape`."""

    _current = ContextVar("tape in C", default=lambda: None)

    def __init__(self, *, transparent: bool = False, limit: int | None = None) -> None:
        super().__init__(transparent=transparent, limit=limit)
        self.labels: dict[int, str] = {}

    def sweep(self, ops: Sequence[Op], output: int | None) -> Sequence[float | None]:
        """Return the derivative of entry `output` by every entry; None where it is not known."""

        def slopes(code: int, z: Any, operands: list[Any]) -> Any:
            return local_slopes(ops[code], z, operands)

        return _native.sweep(self, output, tuple(map(_rule, ops)), slopes)


def _rule(op: Op) -> str:
    """Return what C knows the slopes of an operation by; empty where Python has to find them."""
    if op.partials in (FLAT, HELD):
        return FLAT
    return op.name if _BUILT_IN.get(op.name) is op else ""


def _new_value(kind: Any, data: Any, *_: Any, **__: Any) -> Any:
    """Write `data` on the current tape; see `Tape.leaf`."""
    leaf: Any = Tape.current().leaf(data)
    return leaf if kind is Value else _native.as_kind(kind, leaf)


def _label_value(self: Any, data: Any, label: str = "") -> None:  # noqa: ARG001  # `__new__` took it
    if label:
        self.label = label


def _kind(base: Any, number_type: type | None, name: str, own: dict[str, Any]) -> Any:
    """Return a new class of handles, made in C."""
    kind = _native.handle_type(f"tracer.{name}", (base, Handle), number_type)
    # what C calls through slots is looked for in the class itself
    slow = {n: f for n, f in vars(Handle).items() if callable(f) and n not in vars(_native.Handle)}
    for attribute, member in {"__name__": name, "__qualname__": name, **slow, **own}.items():
        setattr(kind, attribute, member)
    return kind


_OWN: Final = {"__slots__", "_index", "_tape"}
Value: Any = _kind(
    _native.Handle,
    None,
    "Value",
    {
        **{name: member for name, member in vars(value.Value).items() if name not in _OWN},
        **{"__module__": __name__, "__new__": staticmethod(_new_value), "__init__": _label_value},
    },
)

_BASES: Final = {float: _native.Float, int: _native.Int, bool: _native.Int}


def _passing(kind: type) -> type[Handle]:
    """Return the handle type that passes for a type of numbers: its class, its name, its conversions."""
    base = _BASES.get(kind, _native.Handle)
    return _kind(base, kind, type_name(kind), members(kind, base))  # type: ignore[no-any-return]  # as C makes it


def _codes(rows: tuple[Op, ...]) -> tuple[int, ...]:
    return tuple(CODES[op.name] for op in rows)


def _methods(rows: tuple[Op, ...], pattern: str = "__{}__") -> tuple[Any, ...]:
    return tuple(METHODS[pattern.format(op.name)] for op in rows)


_native.setup(
    {
        "binary": _codes(BINARY),
        "compare": _codes(COMPARE),
        "unary": _codes(UNARY),
        "leaves": tuple(CODES[name] for name in LEAVES),
        "forward": (*_methods(BINARY), METHODS["__divmod__"]),
        "reflected": (*_methods(BINARY, "__r{}__"), METHODS["__rdivmod__"]),
        "comparing": _methods(COMPARE),
        "alone": _methods(UNARY),
        "pow3": (METHODS["__pow__"],),
        "others": (_passing, is_number, is_own_code, LimitReached, _LEAK_KINDS),
    }
)
for _type in _BASES:
    _passing(_type)
