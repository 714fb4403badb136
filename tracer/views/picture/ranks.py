"""The rows of a picture: how many steps of computation each box is away from the start."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from typing import TypeVar

__all__ = ["ranks"]

Key = TypeVar("Key", bound=Hashable)


def ranks(keys: Iterable[Key], arrows: Sequence[tuple[Key, Key]]) -> dict[Key, int]:
    """About the row that a layout engine puts each key in; what has no operands stands just before its users.

    Args:
        arrows: from operand to user, the arrows into a key before those out of it.
    """
    rank = dict.fromkeys(keys, 0)
    for tail, head in arrows:
        rank[head] = max(rank[head], rank[tail] + 1)
    made = {head for _, head in arrows}
    near: dict[Key, int] = {}
    for tail, head in arrows:
        if tail not in made:
            near[tail] = min(near.get(tail, rank[head] - 1), rank[head] - 1)
    return rank | near
