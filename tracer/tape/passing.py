"""The types of handles that pass for a type of numbers in traced code."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from ..ops import CODES
from .handle import Handle, leaving, type_name, unwrap

__all__ = ["CONVERSIONS", "members", "passing"]


def _rounding(name: str) -> Callable[..., Any]:
    def rounding(self: Handle, *digits: Any) -> Any:
        data = getattr(unwrap(self), f"__{name}__")(*map(unwrap, digits))
        return self._tape.record(CODES[name], (self, *(d for d in digits if d is not None)), data)

    return rounding


CONVERSIONS: Final[dict[str, Callable[..., Any]]] = {
    "__index__": leaving("__index__", "index"),
    "__int__": leaving("__int__", "int()"),
    "__float__": leaving("__float__", "float()"),
    "__complex__": leaving("__complex__", "complex()"),
    **{f"__{name}__": _rounding(name) for name in ("round", "trunc", "floor", "ceil")},
}
_known: dict[type, type[Handle]] = {}


def members(kind: type, base: type = Handle) -> dict[str, Any]:
    """Return what makes a handle pass for a type of numbers, besides the operators that `base` has."""
    conversions = {n: f for n, f in CONVERSIONS.items() if hasattr(kind, n) and not hasattr(base, n)}
    return {"__module__": kind.__module__, **conversions}


def passing(kind: type) -> type[Handle]:
    """Return the handle type that passes for a type of numbers: its class, its name, its conversions."""
    found = _known.get(kind)
    if found is None:
        own = {"__slots__": ("_index", "_tape"), "__class__": property(lambda self: kind)}
        found = _known[kind] = type(type_name(kind), (Handle,), members(kind) | own)
    return found
