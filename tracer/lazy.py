"""Values that are made when they are first needed: once, whole, and by one thread while others wait."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from threading import RLock
from typing import Any, Generic, TypeVar

__all__ = ["Lazy", "Once"]

T = TypeVar("T")


class Once(Generic[T]):
    """A value that is made at its first call and kept; every later call returns the very same.

    If an exception (a KeyboardInterrupt, say) ends the making, nothing is kept: the next call makes
    the value anew. Values that share a `lock` are never made at the same time.
    """

    __slots__ = ("_lock", "_made", "_make")
    _made: T

    def __init__(self, make: Callable[[], T], lock: Any = None) -> None:
        self._make: Callable[[], T] | None = make
        self._lock = RLock() if lock is None else lock

    def __call__(self) -> T:
        """The value."""
        if self._make is not None:
            with self._lock:
                if self._make is not None:
                    self._made = self._make()
                    self._make = None  # last: another thread reads the value as soon as this is None
        return self._made


class Lazy(Sequence[T]):
    """A tuple, made on demand: a run of a million iterations is over before anybody needs them."""

    __slots__ = ("_items",)

    def __init__(self, make: Callable[[], Iterable[T]], lock: Any = None) -> None:
        self._items: Once[tuple[T, ...]] = Once(lambda: tuple(make()), lock)

    def __len__(self) -> int:
        return len(self._items())

    def __getitem__(self, index: Any) -> Any:
        return self._items()[index]

    def __eq__(self, other: object) -> bool:
        return self._items() == tuple(other) if isinstance(other, tuple | Lazy) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._items())

    def __repr__(self) -> str:
        return repr(self._items())

    def __reduce__(self) -> Any:
        return tuple, (self._items(),)
