"""One value as JSON, exactly, and back: a number, or a result made of numbers."""

from __future__ import annotations

import json
import re
import struct
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from decimal import Context, Decimal, InvalidOperation, localcontext
from fractions import Fraction
from typing import Any

from ..errors import TraceError

__all__ = ["Described", "broken", "number_from", "number_to", "short", "value_from", "value_to"]

SAFE = 2**53  # up to here every reader of JSON, JavaScript too, has the same integers
DEEPEST = 40  # a result nested deeper than this is kept as text
NUMPY = {"bool", "float16", "float32", "float64", "complex64", "complex128"}
NUMPY |= {f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)}


@dataclass(frozen=True, slots=True)
class Described:
    """An object of which a saved trace has the text alone."""

    text: str

    def __repr__(self) -> str:
        return self.text


def number_to(x: Any) -> Any:
    """Return a number as JSON; of anything else, its text."""
    kind = type(x)
    if kind is float:
        if x - x == 0.0:  # finite
            return x
        bits = struct.pack(">d", x).hex()
        return {"float": repr(x)} if x == x or bits == "7ff8000000000000" else {"nan": bits}
    if kind is int:
        return x if -SAFE <= x <= SAFE else {"int": hex(x)}  # hex has no limit of digits
    if kind is bool:
        return x
    if kind is complex:
        return {"complex": [number_to(x.real), number_to(x.imag)]}
    if kind is Fraction:
        return {"fraction": [number_to(x.numerator), number_to(x.denominator)]}
    if kind is Decimal:
        return {"decimal": str(x)}
    if kind is Described:
        return {"repr": x.text}
    numpy = sys.modules.get("numpy")
    if numpy is not None and isinstance(x, numpy.generic) and x.dtype.name in NUMPY:
        return {"numpy": [x.dtype.name, number_to(x.item())]}
    return {"repr": _text(x)}


def _text(x: object) -> str:
    """Return the `repr` of an object without addresses, or its type if it has none."""
    try:
        return re.sub(r" at 0x[0-9a-fA-F]+", "", repr(x))
    except Exception:  # noqa: BLE001  # a user's __repr__ may raise anything
        return f"<{type(x).__name__}>"


def value_to(x: Any, around: tuple[int, ...] = ()) -> Any:
    """Return a result as JSON: a number, or a container of numbers."""
    kind = type(x)
    if x is None or kind is str:
        return x
    if kind not in (list, tuple, dict, set, frozenset):
        return number_to(x)
    if id(x) in around or len(around) == DEEPEST:
        return {"repr": _text(x)}
    around = (*around, id(x))
    if kind is dict:
        pairs = [[value_to(k, around), value_to(v, around)] for k, v in x.items()]
        return {"repr": _text(x)} if any(_vague(k) for k, _ in pairs) else {"dict": pairs}
    items = [value_to(item, around) for item in x]
    if kind is list:
        return items
    if kind is tuple:
        return {"tuple": items}
    if _vague(items):  # two objects of the same text would become one
        return {"repr": _text(x)}
    return {kind.__name__: sorted(items, key=json.dumps)}


def _vague(saved: Any) -> bool:
    """Return whether a part of a saved value is text only."""
    if isinstance(saved, dict):
        return "repr" in saved or _vague(list(saved.values()))
    return isinstance(saved, list) and any(_vague(item) for item in saved)


def number_from(saved: Any) -> Any:
    """Return the number that was saved.

    Raises:
        TraceError: no number is saved like this.
    """
    if type(saved) in (int, float, bool):
        return saved
    if type(saved) is dict and len(saved) == 1:
        [(key, body)] = saved.items()
        # what is wrong is said below, with the saved form itself
        with suppress(KeyError, TypeError, ValueError, ArithmeticError, struct.error):
            return NUMBERS[key](body)
    raise broken(f"{short(saved)} is not a number")


def value_from(saved: Any) -> Any:
    """Return the result that was saved.

    Raises:
        TraceError: no result is saved like this.
    """
    if saved is None or type(saved) is str:
        return saved
    if type(saved) is list:
        return [value_from(item) for item in saved]
    if type(saved) is dict and len(saved) == 1:
        [(key, body)] = saved.items()
        try:
            if key in CONTAINERS and type(body) is list:
                return CONTAINERS[key](map(value_from, body))
            if key == "dict" and type(body) is list:
                return {value_from(k): value_from(v) for k, v in body}
        except (TypeError, ValueError):  # not pairs, or a key that cannot be one
            raise broken(f"{short(saved)} is not a result") from None
    return number_from(saved)


def broken(why: str) -> TraceError:
    """Return the error of a document that no version of tracer has written."""
    return TraceError(f"the saved trace is broken: {why}")


def short(saved: Any) -> str:
    """Return the text of a saved value for a message, at most 60 characters."""
    text = repr(saved)
    return text if len(text) <= 60 else text[:57] + "..."


def _decimal(text: str) -> Decimal:
    """Return the number as written, exactly, whatever the decimal context of the program."""
    with localcontext(Context(traps=[InvalidOperation])):
        return Decimal(text)


def _string(body: Any) -> str:
    if type(body) is not str:
        raise TypeError(body)
    return body


def _special(body: Any) -> float:
    if body not in ("inf", "-inf", "nan"):
        raise ValueError(body)
    return float(body)


def _numpy(body: Any) -> Any:
    name, value = body
    if name not in NUMPY:
        raise ValueError(name)
    try:
        import numpy as np  # only a trace that holds such numbers needs it
    except ImportError:
        raise TraceError("the trace holds numpy numbers", hint="install numpy to read it") from None
    return np.dtype(name).type(number_from(value))


CONTAINERS: dict[str, Callable[[Iterable[Any]], Any]] = {"tuple": tuple, "set": set, "frozenset": frozenset}
NUMBERS: dict[str, Callable[[Any], Any]] = {
    "float": _special,
    "nan": lambda body: struct.unpack(">d", bytes.fromhex(body))[0],
    "int": lambda body: int(body, 16),
    "complex": lambda body: complex(*map(number_from, body)),
    "fraction": lambda body: Fraction(*map(number_from, body)),
    "decimal": lambda body: _decimal(_string(body)),
    "numpy": _numpy,
    "repr": lambda body: Described(_string(body)),
}
