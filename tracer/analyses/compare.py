"""Owns the comparison of two results: the same types, the same bits, all the way down."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from typing import Any, Final

__all__ = ["differences"]

_ATOMS: Final = (int, float, complex, str, bytes, type(None))
_ADDRESS: Final = re.compile(r" at 0x[0-9a-fA-F]+")


def differences(a: Any, b: Any, path: str = "result") -> Iterator[str]:
    """Where `b` is not what `a` is, in words; nothing if they are identical.

    Numbers are identical when their types and their exact texts are (so nan is nan, and 0.0 is not
    -0.0); containers and plain objects when their parts are; anything else when it is equal or
    describes itself alike.
    """
    pending: deque[tuple[Any, Any, str]] = deque([(a, b, path)])
    seen: set[tuple[int, int]] = set()
    while pending:
        a, b, path = pending.popleft()
        if a is b or (id(a), id(b)) in seen:
            continue
        seen.add((id(a), id(b)))
        if type(a) is not type(b):
            yield f"{path} is {_words(a)} plain and {_words(b)} traced"
        elif isinstance(a, _ATOMS):
            if repr(a) != repr(b):
                yield f"{path} is {a!r} plain and {b!r} traced"
        elif isinstance(a, dict):
            if list(map(repr, a)) != list(map(repr, b)):
                yield f"{path} has the keys {list(a)!r} plain and {list(b)!r} traced"
            else:
                pending.extend(
                    (x, y, f"{path}[{k!r}]") for (k, x), y in zip(a.items(), b.values(), strict=True)
                )
        elif isinstance(a, list | tuple | deque | set | frozenset):
            if len(a) != len(b):
                yield f"{path} has {len(a)} items plain and {len(b)} traced"
            else:
                pending.extend((x, y, f"{path}[{i}]") for i, (x, y) in enumerate(zip(a, b, strict=True)))
        elif type(getattr(a, "__dict__", None)) is dict and not callable(a):
            pending.append((vars(a), vars(b), path))
        elif _ADDRESS.sub("", repr(a)) != _ADDRESS.sub("", repr(b)):
            yield f"{path} is {a!r} plain and {b!r} traced"


def _words(x: Any) -> str:
    return f"{x!r} ({type(x).__name__})"
