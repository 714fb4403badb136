"""Owns the calls of functions that are not rewritten: primitives, C code, plain Python."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from types import FunctionType
from typing import Any, Final, Protocol

from ..ops import CODES, Op
from ..tape import Handle, Tape, is_number, unwrap
from .carriers import Carriers
from .unwrap import Unwrap, values_in

__all__ = ["opaque", "primitive"]

OPAQUE: Final = CODES["opaque"]
_CONVERSIONS: Final = {"int": int, "float": float, "complex": complex, "bool": bool}
_EVERYDAY: Final = frozenset({int, float, complex, bool})
# How many of its arguments a function goes through; what else is a dict stays one, for it may be spoken of.
_ITERATES: Final = {"sum": 1, "min": 1, "max": 1, "fsum": 1, "prod": 1, "dist": 2, "sumprod": 2}


class _NotNumbers(Exception):  # noqa: N818  # a finding, not an error
    """An argument is something a row of the table knows nothing about."""


class Asking(Protocol):
    """What a primitive needs of the run's hooks."""

    asked: list[Handle] | None

    def __call__(self, f: Any) -> Any:
        """What to call instead of `f`."""


def primitive(
    tape: Tape, op: Op, hooks: Asking, source: Callable[[], Callable[..., Any]] | None = None
) -> Callable[..., Any]:
    """A function of the table: Python's own does the work, one node remembers it.

    `source` gives the function itself, for a call in a form that the row does not know.
    """
    function = op.function
    assert function is not None
    kind = _CONVERSIONS.get(op.name)

    @functools.wraps(function)
    def call(*args: Any, **options: Any) -> Any:
        if kind is not None and len(args) == 1 and not options:
            if not isinstance(args[0], Handle) and (isinstance(args[0], str) or is_number(args[0])):
                return function(*args)
            if type(unwrap(args[0])) is kind:
                return args[0]
        if op.alone and source is not None and (len(args) != 1 or options):
            return source()(*args, **options)
        iterated = _iterated(op, len(args))
        if "key" in options:
            options["key"] = hooks(options["key"])
        else:
            args = tuple(
                list(a) if i < iterated and isinstance(a, Iterator) else a for i, a in enumerate(args)
            )
        operands: list[Any] = []
        only_numbers = True
        try:
            lowered = [_lower(a, operands, iterated=i < iterated) for i, a in enumerate(args)]
            lowered_options = {name: _lower(a, operands) for name, a in options.items()}
        except _NotNumbers:
            only_numbers = False
        if not only_numbers:  # out of the handler, so that no error has ours for its context
            before, hooks.asked = hooks.asked, []
            try:
                data = function(*args, **options)
                asked = hooks.asked
            finally:
                hooks.asked = before
            return tape.record(CODES[op.name], asked, data) if asked else data
        if not any(issubclass(kind, Handle) for kind in set(map(type, operands))):
            return function(*args, **options)
        try:
            data = function(*lowered, **lowered_options)
        except Exception:
            tape.failed = (tape.here(), tuple(x._index for x in operands if isinstance(x, Handle)))
            raise
        if type(data) in (list, tuple, dict, set, frozenset) and not op.parts:
            return function(*args, **options)  # chosen or put together whole, with the Values in it
        if op.parts:
            return tuple(
                tape.record(CODES[part], operands, x) for part, x in zip(op.parts, data, strict=True)
            )
        return tape.record(CODES[op.name], operands, data)

    # the tape itself knows what to do with numbers alone
    return call if kind is not None or op.parts or op.alone else tape.primitive(op, call)


def _iterated(op: Op, count: int) -> int:
    """How many of `count` arguments are gone through; of several, `min` takes each as it is."""
    if op.name in ("min", "max") and count > 1:
        return 0
    return 1 if op.alone else _ITERATES.get(op.name, 0)


def _lower(x: Any, operands: list[Any], *, iterated: bool = False) -> Any:
    """The plain form of an argument; its numbers are added to the operands, in order."""
    if isinstance(x, Handle) or is_number(x):
        operands.append(x)
        return unwrap(x)
    if type(x) in (list, tuple, set, frozenset):
        if all(kind in _EVERYDAY or issubclass(kind, Handle) for kind in set(map(type, x))):
            operands.extend(x)
            return type(x)(map(unwrap, x))
        return type(x)(_lower(item, operands) for item in x)
    if iterated and type(x) in (type({}.keys()), type({}.values()), dict):
        return [_lower(item, operands) for item in x]
    raise _NotNumbers


def opaque(tape: Tape, f: Callable[..., Any], carriers: Carriers) -> Callable[..., Any]:
    """A function that gets plain numbers; the numbers it returns are joined to those it was given."""
    owner = getattr(f, "__self__", None)
    scalar = _of_numpy(f)

    @functools.wraps(f, updated=())
    def call(*args: Any, **options: Any) -> Any:
        if scalar and not options and all(isinstance(x, Handle) or is_number(x) for x in args):
            if scalar == "ufunc" or not any(isinstance(x, Handle) for x in args):
                return f(*args)  # the Values answer for themselves
            return tape.record(CODES[scalar], args, f(*map(unwrap, args)))
        given = dict.fromkeys(x._index for x in values_in((owner, args, options)))
        entries = [*given, *carriers.of((owner, *args, *options.values()))]
        if not entries:
            return f(*args, **options)
        loan = Unwrap(deep=False)
        try:
            result = loan(f)(*loan(args), **loan(dict(options)))
        except Exception:
            tape.failed = (tape.here(), tuple(given))
            raise
        finally:
            loan.undo()
        if result is None and owner is not None:
            carriers.put(owner, entries)
        elif not is_number(result):
            carriers.put(result, entries)
        return _joined(tape, entries, list(given), result)

    return call


def _of_numpy(f: Any) -> str:
    """`ufunc`, or the row that a scalar type of numpy is: `float`, `int`, `complex`; else empty."""
    if type(f).__name__ == "ufunc" and type(f).__module__ == "numpy":
        return "ufunc"
    if not isinstance(f, type) or f.__module__ != "numpy":
        return ""
    names = {base.__name__ for base in f.__mro__}
    kinds = {"floating": "float", "integer": "int", "complexfloating": "complex"}
    return next((row for name, row in kinds.items() if name in names), "")


def _joined(tape: Tape, entries: list[int], given: list[int], result: Any) -> Any:
    """The result with its numbers on the tape; what else it is, the numbers given went into."""
    if is_number(result):
        return tape.record(OPAQUE, [tape.handle(i) for i in entries], result)
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
