"""Owns sequences that are made when they are first looked at."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any, TypeVar

__all__ = ["Later"]

T = TypeVar("T")


class Later(Sequence[T]):
    """A tuple, made on demand: a run of a million turns is over before anybody asks for them."""

    def __init__(self, make: Callable[[], tuple[T, ...]]) -> None:
        self._make: Callable[[], tuple[T, ...]] | None = make

    @cached_property
    def _items(self) -> tuple[T, ...]:
        assert self._make is not None
        items, self._make = self._make(), None
        return items

    def __len__(self) -> int:
        return len(self._items)

    def __getitem__(self, index: Any) -> Any:
        return self._items[index]

    def __eq__(self, other: object) -> bool:
        return self._items == tuple(other) if isinstance(other, tuple | Later) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._items)

    def __repr__(self) -> str:
        return repr(self._items)

    def __reduce__(self) -> Any:
        return tuple, (self._items,)
