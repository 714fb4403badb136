"""What counts as a number: the types whose operations are recorded."""

from __future__ import annotations

from typing import Any, Final

__all__ = ["is_number", "type_name"]

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
