"""Owns the way back: every Value in a structure replaced by the plain number it stands for."""

from __future__ import annotations

import functools
from collections import OrderedDict, deque
from collections.abc import Iterator
from types import (
    CellType,
    CodeType,
    FunctionType,
    GeneratorType,
    MemberDescriptorType,
    MethodType,
    ModuleType,
)
from typing import Any, Final

from ..tape import Handle, unwrap

__all__ = ["Unwrap", "slots", "values_in"]

_ATOMS: Final = (str, bytes, bytearray, int, float, complex, type(None), range, type, ModuleType, CodeType)


class Unwrap:
    """Replaces Values by plain numbers: in place in what can be changed, by a copy in tuples.

    Args:
        deep: look into the attributes of objects, closures and defaults too, not only into
            containers.
    """

    def __init__(self, *, deep: bool) -> None:
        self.deep = deep
        self._done: dict[int, tuple[Any, Any]] = {}  # id -> (what it was, kept alive; what it is)
        self._pending: list[Any] = []
        self._undo: list[tuple[Any, Any, Any, Any]] = []  # (container, key, Value, number)
        self._refilled: list[tuple[Any, Any, Any]] = []  # (container, contents before, contents after)

    def __call__(self, x: Any) -> Any:
        """`x` without Values; the same object wherever that is possible."""
        new = self._value(x)
        self._rest()
        return new

    def _rest(self) -> None:
        while self._pending:
            self._in_place(self._pending.pop())

    def undo(self) -> None:
        """Put the Values back wherever the number given for them still is in its place."""
        for container, key, value, number in reversed(self._undo):
            try:
                if container[key] is number:
                    container[key] = value
            except LookupError:
                continue  # the borrower took it out
        for container, before, after in reversed(self._refilled):
            if container == after:
                container.clear()
                container.update(before)

    def _value(self, x: Any) -> Any:
        if isinstance(x, Handle):
            return unwrap(x)
        if isinstance(x, _ATOMS):
            return x
        done = self._done.get(id(x))
        if done is not None:
            return done[1]
        self._done[id(x)] = (x, x)
        if isinstance(x, slice):
            cut = slice(self._value(x.start), self._value(x.stop), self._value(x.step))
            self._done[id(x)] = (x, cut)
            return cut
        if isinstance(x, tuple | frozenset):
            items = [self._value(item) for item in x]
            if any(new is not old for new, old in zip(items, x, strict=True)):
                made = tuple.__new__(type(x), items) if isinstance(x, tuple) else type(x)(items)
                self._done[id(x)] = (x, made)
                return made
        else:
            self._pending.append(x)
        return x

    def _in_place(self, x: Any) -> None:
        match x:
            case list():
                self._items(x, enumerate(list.__iter__(x)), list.__setitem__)
            case deque():
                self._items(x, enumerate(deque.__iter__(x)), deque.__setitem__)
            case dict():
                self._dict(x)
            case set():
                self._set(x)
        match x:
            case _ if not self.deep or type(x) in (list, dict, set, deque):
                pass
            case FunctionType():
                self._function(x)
            case MethodType():
                self._value(x.__self__)
            case CellType():
                self.cell(x)
            case functools.partial():
                state = x.func, self._value(x.args), self._value(x.keywords), self._value(vars(x))
                x.__setstate__(state)  # type: ignore[attr-defined]  # what pickle uses
            case GeneratorType():
                pass  # its frame cannot be changed
            case _:
                self._attributes(x)

    def _items(self, x: Any, items: Iterator[tuple[Any, Any]], put: Any) -> None:
        for key, item in list(items):
            new = self._value(item)
            if new is not item:
                put(x, key, new)
                self._undo.append((x, key, item, new))

    def _dict(self, x: dict[Any, Any]) -> None:
        before = dict(x)
        keys = [self._value(key) for key in before]
        if all(new is old for new, old in zip(keys, before, strict=True)):
            self._items(x, iter(before.items()), dict.__setitem__)
            if len(x) == len(before):
                return
            # the hash of a key changed since it was put in: it cannot be found, only put in anew
        after = dict(zip(keys, (self._value(value) for value in before.values()), strict=True))
        kind = _dict_type(x)
        kind.clear(x)
        kind.update(x, after)
        self._refilled.append((x, before, after))

    def _set(self, x: set[Any]) -> None:
        before = list(set.__iter__(x))
        after = [self._value(item) for item in before]
        if any(new is not old for new, old in zip(after, before, strict=True)):
            set.clear(x)
            set.update(x, after)
            self._refilled.append((x, before, set(after)))

    def _function(self, x: FunctionType) -> None:
        if x.__defaults__:
            defaults = tuple(self._value(default) for default in x.__defaults__)
            if any(new is not old for new, old in zip(defaults, x.__defaults__, strict=True)):
                x.__defaults__ = defaults
        self._value(x.__kwdefaults__)
        self._value(x.__dict__)
        for cell in x.__closure__ or ():
            self.cell(cell)

    def cell(self, cell: CellType) -> None:
        """The contents of a closure variable."""
        try:
            contents = cell.cell_contents
        except ValueError:
            return  # not yet bound
        new = self._value(contents)
        if new is not contents:
            cell.cell_contents = new

    def members(self, x: type) -> None:
        """The attributes of a class."""
        for name, value in list(vars(x).items()):
            new = self._value(value)
            if new is not value:
                type.__setattr__(x, name, new)
        self._rest()

    def _attributes(self, x: Any) -> None:
        """The attributes of an object, whatever its class says about setting them."""
        attributes = getattr(x, "__dict__", None)
        if type(attributes) is dict:
            self._value(attributes)
        for slot in slots(type(x)):
            try:
                value = slot.__get__(x)
            except AttributeError:
                continue  # not yet bound
            new = self._value(value)
            if new is not value:
                slot.__set__(x, new)
        if isinstance(x, BaseException):
            x.args = self._value(x.args)
            self._value(x.__cause__)
            self._value(x.__context__)


def _dict_type(x: dict[Any, Any]) -> Any:
    """Whose methods keep the dict in order, past those of a class of the user's."""
    return OrderedDict if isinstance(x, OrderedDict) else dict


def slots(kind: type) -> Iterator[MemberDescriptorType]:
    """The slots themselves: a class below may have given the name to a property, which is no place."""
    for base in kind.__mro__:
        if "__slots__" in vars(base):  # what a class of C keeps is its own affair
            yield from (x for x in vars(base).values() if isinstance(x, MemberDescriptorType))


def values_in(x: Any, depth: int = 8) -> Iterator[Handle]:
    """The Values in a structure of containers, and in the closures of functions, in order."""
    if isinstance(x, Handle):
        yield x
    elif depth and isinstance(x, list | tuple | set | frozenset | deque):
        for item in x:
            yield from values_in(item, depth - 1)
    elif depth and isinstance(x, dict):
        for key, value in dict.items(x):
            yield from values_in(key, depth - 1)
            yield from values_in(value, depth - 1)
    elif depth and isinstance(x, FunctionType):
        for cell in x.__closure__ or ():
            try:
                contents = cell.cell_contents
            except ValueError:
                continue
            if isinstance(contents, Handle):
                yield contents
