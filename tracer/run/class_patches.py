"""Patch classes for a run, so that what Python calls implicitly is converted too."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from itertools import islice
from typing import Any, Final

from ..objects.storages import Storage, attributes, containers, is_class_statement
from .patched import Patched, patched
from .rules import has_python_methods

__all__ = ["ClassPatches"]

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
