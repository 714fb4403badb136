"""Compare what a plain and a traced run came to: the same types, the same bits, all the way down."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from itertools import islice
from typing import Any, Final

from ..objects.storages import Reach, containers, data, is_class_statement
from ..objects.walker import paths, shown, walk
from ..tape import is_number

__all__ = ["Comparison"]

Pair = tuple[Any, Any, str]

_ADDRESS: Final = re.compile(r" at 0x[0-9a-fA-F]+")
_SETS: Final = (set, frozenset)
_EXACT: Final[tuple[type, ...]] = (int, float, complex, str, bytes, bytearray, range, type(None), type(...))
_DATA: Final = Reach(data)
# Sets are not entered, for the order of their members says nothing.
_ORDERED: Final = Reach(lambda kind: () if issubclass(kind, _SETS) else data(kind))
_MOST: Final = 50  # so many objects of a member of a set are looked at, before it is compared with others


class Comparison:
    """Where what the traced run came to is not what the plain run did.

    Numbers and texts are identical when their types and their exact texts are (so nan is nan, and 0.0
    is not -0.0), arrays when their bytes are, containers and objects when their items and attributes
    are: of dicts in the same order, of sets in any.

    Attributes:
        differences: each difference in words.
        by_text: the path and type of what was compared by its text alone, without addresses:
            functions, and objects of C code that keep what cannot be looked at.
    """

    def __init__(self) -> None:
        self.differences: list[str] = []
        self.by_text: list[str] = []
        # ids -> a pair, kept alive, that was compared
        self._known: dict[tuple[int, int], tuple[Any, Any]] = {}

    def compare(self, plain: Any, traced: Any, path: str) -> None:
        """Add the differences of two objects and of all that they keep."""
        pending: deque[Pair] = deque([(plain, traced, path)])
        while pending:
            a, b, where = pending.popleft()
            if a is not b and (id(a), id(b)) not in self._known:
                self._known[id(a), id(b)] = a, b
                pending.extend(self._parts(a, b, where))

    def _parts(self, a: Any, b: Any, path: str) -> Iterator[Pair]:
        """Compare two objects but for their parts, and yield the pairs of these."""
        kind = type(a)
        if kind is not type(b):
            self._differ(path, f"{shown(a)} ({kind.__name__})", f"{shown(b)} ({type(b).__name__})")
            return
        content = _content(a)
        if content is not None:
            if content != _content(b):
                self._differ(path, shown(a), shown(b))
        elif _hides(kind):
            self.by_text.append(f"{path} ({kind.__name__})")
            if _text(a) != _text(b):
                self._differ(path, shown(a), shown(b))
        for storage in data(kind):
            if issubclass(kind, _SETS) and storage in containers(kind):
                yield from self._members(storage.read(a), storage.read(b), path)
                continue
            ours, theirs = storage.read(a), storage.read(b)
            if len(ours) != len(theirs):
                self.differences.append(f"{path} has {len(ours)} items plain and {len(theirs)} traced")
                return
            steps, others = (list(storage.steps(x, y, _text)) for x, y in ((a, ours), (b, theirs)))
            if storage.snapshot:  # keys, the texts of which may name the members of sets in any order
                alike = [_outline(x) == _outline(y) for x, y in zip(ours, theirs, strict=True)]
            else:
                alike = [storage in containers(kind) or x == y for x, y in zip(steps, others, strict=True)]
            if not all(alike):
                i = alike.index(False)
                self.differences.append(f"{path} has {steps[i].strip()} plain and {others[i].strip()} traced")
                return
            yield from zip(ours, theirs, paths(path, steps), strict=True)

    def _members(self, ours: list[Any], theirs: list[Any], path: str) -> Iterator[Pair]:
        """Match the members of two sets, and yield the pairs of those that look alike."""
        groups: dict[Any, tuple[list[Any], list[Any]]] = {}
        for side, members in enumerate((ours, theirs)):
            for member in members:
                groups.setdefault(_outline(member), ([], []))[side].append(member)
        alone: tuple[list[str], list[str]] = ([], [])
        for left, right in groups.values():
            if len(left) == len(right) == 1:
                yield left[0], right[0], f"{path}{{{_text(left[0])}}}"
                continue
            for member in left:
                match = next((i for i, other in enumerate(right) if self._same(member, other)), None)
                if match is None:
                    alone[0].append(shown(member))
                else:
                    del right[match]
            alone[1].extend(map(shown, right))
        if any(alone):
            only = [", ".join(texts) or "nothing" for texts in alone]
            self.differences.append(f"{path} has {only[0]} only plain and {only[1]} only traced")

    def _same(self, a: Any, b: Any) -> bool:
        trial = Comparison()
        trial._known = dict(self._known)
        trial.compare(a, b, "")
        return not trial.differences

    def _differ(self, path: str, plain: str, traced: str) -> None:
        self.differences.append(f"{path} is {plain} plain and {traced} traced")


def _exact_text(x: Any) -> str | None:
    """The text of a number, a string and the like, which says all; None of anything else."""
    for kind in _EXACT:
        if issubclass(type(x), kind):
            text: str = vars(kind)["__repr__"](x)  # past that of a class of the user's
            return text
    return repr(x) if is_number(x) or type(x).__module__ == "datetime" else None


def _content(x: Any) -> Any:
    """The text of a number and the like; the format, shape and bytes of an array; None of anything else."""
    exact = _exact_text(x)
    if exact is not None or not any(base.__module__ in ("array", "numpy") for base in type(x).__mro__):
        return exact
    try:
        view = memoryview(x)
        return None if "O" in view.format else (view.format, view.shape, view.tobytes())
    except (TypeError, ValueError, BufferError):
        return None


def _hides(kind: type) -> bool:
    """Whether the objects of a type may keep what no storage shows: it inherits from one that C code made."""
    return not all(
        base is object or is_class_statement(base) or issubclass(base, BaseException) or containers(base)
        for base in kind.__mro__
    )


def _text(x: Any) -> str:
    return _ADDRESS.sub("", shown(x))


def _outline(x: Any) -> Any:
    """What members of sets that are the same have in common: texts and types of their first parts."""
    exact = _exact_text(x)
    if exact is not None:
        return id(type(x)), exact
    return tuple(
        (path, id(type(part)), _exact_text(part) or _texts(part))
        for path, part in islice(walk(x, _ORDERED, "", _text, atoms=frozenset()), _MOST)
    )


def _texts(x: Any) -> Any:
    """The texts of the members of a set, in any order."""
    return tuple(sorted(filter(None, map(_exact_text, x)))) if issubclass(type(x), _SETS) else ()
