"""Walk through an object and all that it keeps, without recursion, and put others in the place of some."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from itertools import count, repeat
from operator import is_not
from types import BuiltinFunctionType, CodeType, ModuleType
from typing import Any, Final

from .storages import Reach, Show, Storage

__all__ = ["ATOMS", "Replacer", "distinct", "paths", "shown", "walk"]

# Types whose objects keep no others, by their ids: a metaclass may have a `__hash__` of its own.
ATOMS: Final = frozenset(
    id(kind)
    for kind in (
        *(int, float, complex, bool, str, bytes, bytearray, range, type(None), type(...)),
        *(type, ModuleType, CodeType, BuiltinFunctionType),
    )
)
_LONGEST: Final = 300  # characters of a path
_NONE: Final = repeat(None)
_name_of: Final = vars(type)["__name__"].__get__
Part = tuple[Any, list[Any], int]  # the path of an object, the parts it is one of, and its position there


def shown(x: Any) -> str:
    """The `repr` of an object, or its class's name if that fails."""
    try:
        return repr(x)
    except Exception:  # noqa: BLE001  # a class of the user's may raise anything
        return f"<{_name_of(type(x))} object>"


def walk(
    x: Any, reach: Reach, path: str, show: Show = shown, atoms: frozenset[int] = ATOMS
) -> Iterator[tuple[str, Any]]:
    """Yield (path, object) for `x` and every object in it, depth first and in order; see `Walk`."""
    for where, parts, i in Walk(reach, atoms, show).parts([x], path):
        yield where, parts[i]


class Walk:
    """A walk through objects, each of which is entered once, where it is found first.

    Args:
        reach: where the objects of types keep others, as far as these are to be entered.
        atoms: ids of types; their objects are passed over.
        show: returns the text of a key in a path.
    """

    def __init__(self, reach: Reach, atoms: frozenset[int] = ATOMS, show: Show = shown) -> None:
        # (object, storage, parts) of all that was entered
        self.opened: list[tuple[Any, Storage, list[Any]]] = []
        self._find, self._storages = reach.find, reach.known.copy()  # by the id of the type
        self._atoms, self._show = atoms, show
        self._entered: dict[int, Any] = {}  # id -> the object, kept alive

    def leave(self, x: Any) -> None:
        """Do not enter an object."""
        self._entered[id(x)] = x

    def parts(self, top: list[Any], path: str | None = None) -> Iterator[Part]:
        """Yield every object from those in the list `top` on: its path, the list it is in, its position.

        What is put at that position before the walk goes on is entered instead. Without a path to
        begin with, no paths are made.
        """
        atoms, known, entered, opened = self._atoms, self._storages, self._entered, self.opened
        pending: list[tuple[list[Any], Iterator[Any]]] = [(top, zip(repeat(path), top, count()))]
        while pending:
            parts, steps = pending[-1]
            for path, part, i in steps:
                if id(type(part)) in atoms:
                    continue
                yield path, parts, i
                x = parts[i]
                kind = type(x)
                storages = known.get(id(kind))
                if storages is None:
                    storages = known[id(kind)] = self._find(kind)
                    entered[id(kind)] = kind
                if storages and id(x) not in entered:
                    entered[id(x)] = x
                    for storage in reversed(storages):
                        inner = storage.read(x)
                        if inner:
                            opened.append((x, storage, inner))
                            named = (
                                _NONE if path is None else paths(path, storage.steps(x, inner, self._show))
                            )
                            pending.append((inner, zip(named, inner, count())))
                    break
            else:
                pending.pop()


def paths(path: str, steps: Iterable[str]) -> Iterator[str]:
    """Return the path that each step leads to. The middle of a long path is left out."""
    if len(path) > _LONGEST:
        path = f"{path[: _LONGEST // 3]}...{path[-_LONGEST // 3 :]}"
    return (path + step for step in steps)


def distinct(path: str, known: Collection[str]) -> str:
    """Return a path, with a number if another that reads the same is known: keys may have the same text."""
    return path if path not in known else f"{path} ({len(known)})"


class Replacer(Walk):
    """Puts others in the place of objects, wherever they are kept; a subclass says which.

    It does so in place, and by a copy where an object cannot be changed; sharing and cycles stay.

    Args:
        undoable: take notes for `undo`.
    """

    def __init__(self, reach: Reach, atoms: frozenset[int] = ATOMS, *, undoable: bool = False) -> None:
        super().__init__(reach, atoms)
        self._copies: dict[int, tuple[Any, Any]] = {}  # id -> (the object, kept alive; its changed copy)
        self._changes: list[tuple[Any, Storage, list[Any], list[Any], Any]] | None = [] if undoable else None

    def other(self, x: Any, path: Any) -> Any:
        """What to put in the place of an object; the object itself if nothing."""
        raise NotImplementedError

    def __call__(self, x: Any, path: str | None = None) -> Any:
        """Replace what is in `x`; returns `x`, or what takes its place."""
        return self.each([x], path)[0]

    def each(self, top: list[Any], path: str | None = None) -> list[Any]:
        """The same for several objects: returns a list of what takes their places."""
        changed = bool(self._copies)
        for where, parts, i in self.parts(top, path):
            part = parts[i]
            new = self.other(part, where)
            if new is not part:
                parts[i] = new
                changed = True
        if changed:
            self._copy([entry for entry in self.opened if entry[1].copies])
            for entry in self.opened:
                if not entry[1].copies:
                    self._change(*entry)
        self.opened.clear()
        return self._renewed(top)

    def undo(self) -> None:
        """Put back what was replaced, wherever its replacement still is in its place."""
        for x, storage, before, after, snapshot in reversed(self._changes or ()):
            now = storage.read(x)
            kept = [new is now[i] for i, new in enumerate(after[: len(now)])]
            if snapshot is None:
                restored = [old if same else new for old, new, same in zip(before, now, kept, strict=False)]
                storage.write(x, restored + now[len(kept) :])
            elif len(now) == len(after) and all(kept):
                storage.write(x, snapshot)

    def _copy(self, pending: list[tuple[Any, Storage, list[Any]]]) -> None:
        """Copy what cannot be changed and keeps what was replaced; what is inside first."""
        found = {id(entry[0]): entry for entry in pending}
        done: set[int] = set()
        while pending:
            x, storage, parts = pending[-1]
            inside = [found[id(part)] for part in parts if id(part) in found and id(part) not in done]
            if inside:
                pending += inside
                continue
            pending.pop()
            parts = self._renewed(parts)
            if id(x) not in done and any(map(is_not, parts, storage.read(x))):
                self._copies[id(x)] = x, storage.write(x, parts)
            done.add(id(x))

    def _change(self, x: Any, storage: Storage, parts: list[Any]) -> None:
        parts, before = self._renewed(parts), storage.read(x)
        if any(map(is_not, parts, before)):
            x = self._renewed([x])[0]
            if self._changes is not None:
                self._changes.append((x, storage, before, parts, storage.snapshot and storage.snapshot(x)))
            storage.write(x, parts)

    def _renewed(self, parts: list[Any]) -> list[Any]:
        """The parts with the copies that were made in the place of the originals."""
        copies = self._copies
        return [copies[id(part)][1] if id(part) in copies else part for part in parts] if copies else parts
