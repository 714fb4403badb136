"""Owns the adoption of classes: for the run, what Python calls implicitly is rewritten too."""

from __future__ import annotations

import functools
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import islice
from types import FunctionType, GetSetDescriptorType
from typing import Any, Final

from ..tape import Member, current_converter, set_converter
from .rules import is_written, module_rule
from .unwrap import slots

__all__ = ["Classes"]

# Called by the interpreter, never by a call that the rewriting sees.
_NEVER: Final = {"__class_getitem__", "__init_subclass__", "__set_name__", "__del__", "__getattribute__"}
_CONTAINERS: Final[tuple[Any, ...]] = (list, tuple, set, frozenset, deque)
_MOST: Final = 1_000  # so many objects are looked into in a run
_WIDEST: Final = 100  # and so many of those that one of them holds
_lock = threading.Lock()
_adopted: dict[type, int] = {}  # how many runs have adopted the class


class _Method:
    """Stands in a class for one of its static or class methods."""

    def __init__(self, original: Any) -> None:
        self.original = original

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        original = self.original
        return type(original)(_converted(original.__func__)).__get__(instance, owner)


class _Property(property):
    """The same for a property."""

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


class _CachedProperty(functools.cached_property[Any]):
    """The same for a cached property."""

    def __init__(self, original: functools.cached_property[Any]) -> None:
        self.original = original
        vars(self).update((name, value) for name, value in vars(original).items() if name != "func")

    @property
    def func(self) -> Any:  # type: ignore[override]  # what the base class keeps as an attribute
        """The function that computes it."""
        return _converted(self.original.func)


def _converted(f: Any) -> Any:
    """What the run that is on in this thread makes of a function; itself, if there is none."""
    convert = current_converter()
    return f if convert is None else convert(f)


class Classes:
    """The classes that one run has adopted."""

    def __init__(self, convert: Callable[[Any], Any]) -> None:
        self.convert = convert
        self._seen: dict[type, bool] = {}
        self._before: Callable[[Any], Any] | None = None
        self._explored: dict[int, Any] = {}  # id -> an object, kept alive

    def start(self) -> None:
        """From now on this thread's calls of adopted members are converted."""
        self._before = set_converter(self.convert)

    def meet(self, x: Any) -> None:
        """Adopt the class of an object that the function may use, or the class that it is."""
        kind = x if isinstance(x, type) else type(x)
        if kind not in self._seen:
            self.adopt(kind)

    def explore(self, x: Any, depth: int = 4) -> None:
        """Meet an object and, as far as no code of its own is needed to see them, those that it holds."""
        self.meet(x)
        if depth == 0 or len(self._explored) >= _MOST or id(x) in self._explored:
            return
        held = list(islice(_held(x), _WIDEST))
        if held:
            self._explored[id(x)] = x
        for inner in held:
            self.explore(inner, depth - 1)

    def adopt(self, kind: type) -> bool:
        """Adopt a class and what it inherits from; False if Python code wrote none of them."""
        for base in kind.__mro__:
            if base not in self._seen:
                self._seen[base] = _has_python(base)
                if self._seen[base]:
                    with _lock:
                        if base not in _adopted:
                            _install(base)
                        _adopted[base] = _adopted.get(base, 0) + 1
                    self.meet(type(base))
                    for member in list(vars(base).values()):
                        if hasattr(type(member), "__get__"):
                            self.meet(type(member))
        return any(self._seen[base] for base in kind.__mro__)

    def restore(self) -> None:
        """Give the classes their own members back, unless another run still needs ours."""
        with _lock:
            for kind, ours in self._seen.items():
                if ours:
                    _adopted[kind] -= 1
                    if not _adopted[kind]:
                        del _adopted[kind]
                        _remove(kind)
        set_converter(self._before)
        self._explored.clear()


def _held(x: Any) -> Iterator[Any]:
    """What a container has in it, and an object in its attributes."""
    for kind in _CONTAINERS:
        if isinstance(x, kind):
            yield from kind.__iter__(x)
    if isinstance(x, dict):
        yield from dict.values(x)
    if not isinstance(x, type) and is_written(type(x)):
        yield from dict.values(_attributes(x))
        for slot in slots(type(x)):
            with suppress(AttributeError):  # not yet bound
                yield slot.__get__(x)


def _attributes(x: Any) -> dict[str, Any]:
    """The attributes of an object; its class may have a `__dict__` of its own making, and is not asked."""
    kept = next((vars(base)["__dict__"] for base in type(x).__mro__ if "__dict__" in vars(base)), None)
    return kept.__get__(x) if isinstance(kept, GetSetDescriptorType) else {}


def _has_python(kind: type) -> bool:
    return is_written(kind) and module_rule(kind.__module__) == "convert"


def _install(kind: type) -> None:
    for name, member in list(vars(kind).items()):
        stand_in: Any = None
        function = member.__func__ if isinstance(member, staticmethod | classmethod) else member
        if name.startswith("__") and name.endswith("__") and name not in _NEVER:
            if isinstance(function, FunctionType):
                stand_in = Member(member) if function is member else _Method(member)
        elif type(member) is property:
            stand_in = _Property(member.fget, member.fset, member.fdel, member.__doc__)
            stand_in.original = member
        elif type(member) is functools.cached_property:
            stand_in = _CachedProperty(member)
        if stand_in is not None:
            _set(kind, name, stand_in)


def _remove(kind: type) -> None:
    for name, member in list(vars(kind).items()):
        if isinstance(member, Member | _Method | _Property | _CachedProperty):
            _set(kind, name, member.original)


def _set(kind: type, name: str, member: Any) -> None:
    type.__setattr__(kind, name, member)
