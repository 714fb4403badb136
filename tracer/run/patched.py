"""Patch classes for a run, so that what Python calls implicitly is converted too.

What stands in a class for a function is, in a thread where a run is on, what that run converts it to.

The twin in C of `PatchedFunction`, `current_converter` and `set_converter` is in patched.c.
"""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable, Iterator
from itertools import islice
from types import FunctionType
from typing import Any, Final

from ..objects.storages import Storage, attributes, containers, is_class_statement
from ..tape import twin
from .rules import has_python_methods

__all__ = ["ClassPatches", "current_converter", "set_converter"]

Convert = Callable[[Any], Any]
_converters: dict[int, Convert] = {}  # thread -> that of the run that is on there


@twin
def current_converter() -> Convert | None:
    """Return what the run that is on in this thread converts callees with; None if there is none."""
    return _converters.get(threading.get_ident())


@twin
def set_converter(convert: Convert | None) -> Convert | None:
    """Let a run with this converter, or none, be on in this thread; return the converter before."""
    before = _converters.pop(threading.get_ident(), None)
    if convert is not None:
        _converters[threading.get_ident()] = convert
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

    def __init__(self, original: property) -> None:
        super().__init__(original.fget, original.fset, original.fdel, original.__doc__)
        self.original = original

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
        return PatchedProperty(member)
    elif type(member) is functools.cached_property:
        return PatchedCachedProperty(member)
    return None


_MOST_OBJECTS: Final = 1_000  # so many objects are searched in a run
_MOST_ITEMS: Final = 100  # and so many of those that one of them holds
_lock = threading.Lock()
_runs: dict[type, int] = {}  # how many runs have patched the class


class ClassPatches:
    """The classes that one run has patched."""

    def __init__(self) -> None:
        self._known: dict[type, bool] = {}  # class -> whether it was patched
        self._storages: dict[type, tuple[Storage, ...]] = {}  # class -> where its objects hold others
        self._searched: dict[int, Any] = {}  # id -> an object, kept alive

    def patch(self, x: Any) -> None:
        """Patch the class of an object, or the class that it is, and the classes it inherits from."""
        kind = x if isinstance(x, type) else type(x)
        if kind not in self._known:
            for base in kind.__mro__:
                if base not in self._known:
                    self._patch_alone(base)

    def patch_reachable(self, x: Any, depth: int = 4) -> None:
        """Patch the class of an object and of those that it holds, as far as reading them runs no code."""
        self.patch(x)
        if depth == 0 or len(self._searched) >= _MOST_OBJECTS or id(x) in self._searched:
            return
        held = list(islice(self._held(x), _MOST_ITEMS))
        if held:
            self._searched[id(x)] = x
        for inner in held:
            self.patch_reachable(inner, depth - 1)

    def _held(self, x: Any) -> Iterator[Any]:
        """Yield what a container has in it but for keys, and an object of the user's in its attributes."""
        kind = type(x)
        if kind not in self._storages:
            own = attributes(kind) if is_class_statement(kind) else ()
            self._storages[kind] = containers(kind)[-1:] + own  # a dict keeps its values last
        for storage in self._storages[kind]:
            yield from storage.read(x)

    def _patch_alone(self, kind: type) -> None:
        self._known[kind] = has_python_methods(kind)
        if self._known[kind]:
            with _lock:
                if kind not in _runs:
                    _install(kind)
                _runs[kind] = _runs.get(kind, 0) + 1
            self.patch(type(kind))
            for member in list(vars(kind).values()):
                if hasattr(type(member), "__get__"):
                    self.patch(type(member))

    def end(self) -> None:
        """Give the classes their own members back, unless another run still needs the patches."""
        with _lock:
            for kind, was_patched in self._known.items():
                if was_patched:
                    _runs[kind] -= 1
                    if not _runs[kind]:
                        del _runs[kind]
                        _remove(kind)
        self._searched.clear()
        self._storages.clear()


def _install(kind: type) -> None:
    for name, member in list(vars(kind).items()):
        stand_in = patched(name, member)
        if stand_in is not None:
            type.__setattr__(kind, name, stand_in)


def _remove(kind: type) -> None:
    for name, member in list(vars(kind).items()):
        if isinstance(member, Patched):
            type.__setattr__(kind, name, member.original)
