"""Owns the column of operands, as a sequence over a tape."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .reference import Tape

__all__ = ["Operands"]


class Operands(Sequence[tuple[int, ...]]):
    """The operands of every entry of a tape."""

    def __init__(self, tape: Tape) -> None:
        self._tape = tape

    def __len__(self) -> int:
        return len(self._tape)

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return [self._tape.operands(i) for i in range(*index.indices(len(self)))]
        return self._tape.operands(range(len(self))[index])

    def __iter__(self) -> Iterator[tuple[int, ...]]:
        return (self._tape.operands(i) for i in range(len(self)))
