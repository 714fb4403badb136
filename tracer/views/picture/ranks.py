"""The rows of a picture: how many steps of computation each box is away from the start."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Sequence
from typing import TypeVar

__all__ = ["ranks"]

Key = TypeVar("Key", bound=Hashable)


def ranks(keys: Iterable[Key], arrows: Sequence[tuple[Key, Key]]) -> dict[Key, int]:
    """About the row that a layout engine puts each key in; what has no operands stands just before its users.

    Args:
        arrows: from operand to user; those of a circle are not counted.
    """
    rank = dict.fromkeys(keys, 0)
    heads: dict[Key, list[Key]] = defaultdict(list)
    for tail, head in arrows:
        heads[tail].append(head)
    waiting = Counter(head for _, head in arrows)
    ready = [key for key in rank if not waiting[key]]
    leaves = ready[:]
    for key in ready:  # it grows: a key is ready once all its operands are
        for head in heads[key]:
            rank[head] = max(rank[head], rank[key] + 1)
            waiting[head] -= 1
            if not waiting[head]:
                ready.append(head)
    near = {key: min(rank[head] for head in heads[key]) - 1 for key in leaves if heads[key]}
    return rank | near
