"""Stand in a class for its functions: in a thread where a run is on, as that run converts them.

The twin in C of `PatchedFunction`, `current_converter` and `set_converter` is in patched.c.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from threading import get_ident
from types import FunctionType
from typing import Any, Final

from ..tape import twin

__all__ = ["Patched", "current_converter", "patched", "set_converter"]

Convert = Callable[[Any], Any]
_converters: dict[int, Convert] = {}  # thread -> that of the run that is on there


@twin
def current_converter() -> Convert | None:
    """Return what the run that is on in this thread converts callees with; None if there is none."""
    return _converters.get(get_ident())


@twin
def set_converter(convert: Convert | None) -> Convert | None:
    """Let a run with this converter, or none, be on in this thread; return the converter before."""
    before = _converters.pop(get_ident(), None)
    if convert is not None:
        _converters[get_ident()] = convert
    return before


def _converted(f: Any) -> Any:
    """Return what the run that is on in this thread makes of a function; itself, if there is none."""
    convert = current_converter()
    return f if convert is None else convert(f)


@twin
class PatchedFunction:
    """Stands for a function; a special method may also be called without being bound."""

    def __init__(self, original: FunctionType) -> None:
        self.original = original

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        return _converted(self.original).__get__(instance, owner)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call what the function is converted to."""
        return _converted(self.original)(*args, **kwargs)


class PatchedMethod:
    """Stands for a static or a class method."""

    def __init__(self, original: Any) -> None:
        self.original = original

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        original = self.original
        return type(original)(_converted(original.__func__)).__get__(instance, owner)


class PatchedProperty(property):
    """Stands for a property."""

    original: property

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        if instance is None or self.original.fget is None:
            return self.original.__get__(instance, owner)
        return _converted(self.original.fget)(instance)

    def __set__(self, instance: Any, value: Any) -> None:
        if self.original.fset is None:
            self.original.__set__(instance, value)
        else:
            _converted(self.original.fset)(instance, value)


class PatchedCachedProperty(functools.cached_property[Any]):
    """Stands for a cached property."""

    def __init__(self, original: functools.cached_property[Any]) -> None:
        self.original = original
        vars(self).update((name, value) for name, value in vars(original).items() if name != "func")

    @property
    def func(self) -> Any:  # type: ignore[override]  # what the base class keeps as an attribute
        """Return the function that computes it, converted."""
        return _converted(self.original.func)


Patched = PatchedFunction | PatchedMethod | PatchedProperty | PatchedCachedProperty
# Called by the interpreter, never by a call that the rewriting sees, and not to be replaced.
_NEVER: Final = {"__class_getitem__", "__init_subclass__", "__set_name__", "__del__", "__getattribute__"}


def patched(name: str, member: Any) -> Patched | None:
    """Return what is to stand in a class for one of its members; None if the member can stay."""
    if name.startswith("__") and name.endswith("__") and name not in _NEVER:
        if isinstance(member, FunctionType):
            return PatchedFunction(member)
        if isinstance(member, staticmethod | classmethod) and isinstance(member.__func__, FunctionType):
            return PatchedMethod(member)
    elif type(member) is property:
        stand_in = PatchedProperty(member.fget, member.fset, member.fdel, member.__doc__)
        stand_in.original = member
        return stand_in
    elif type(member) is functools.cached_property:
        return PatchedCachedProperty(member)
    return None
