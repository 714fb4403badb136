"""The choice of boxes: one level for the whole run, or the finest mixture of levels that fits a limit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from math import inf
from typing import Any, Final

from .facts import Facts

__all__ = ["LEVELS", "Key", "coarsened", "operations", "size", "uniform", "unrolled"]

LEVELS: Final = ("none", "operation", "line", "loop", "call")

# A box: ("atom", atom), ("line", part, statement) or ("part", part).
Key = tuple[Any, ...]
UNROLLED: Final = 40  # boxes up to which a picture shows what repeats again and again
OPERATIONS, LINES, ONE = 0, 1, 2  # the detail of a part: a box an operation, a box a line, one box
COLD: Final = 100  # times that something ran more often than what is there only to begin or to end with


def operations(facts: Facts) -> list[Key]:
    """Each atom a box."""
    return [("atom", atom) for atom in range(len(facts))]


def uniform(facts: Facts, level: str) -> list[Key]:
    """One level for the whole run."""
    if level in ("none", "operation"):
        return operations(facts)
    parts = facts.parts

    def home(part: int) -> int | None:
        if level == "line":
            return None
        if level == "call":
            return parts.table[part].path
        loops = [p for p in parts.chain(part) if parts.table[p].path == parts.table[part].path]
        return loops[1] if len(loops) > 1 else None  # the outermost loop of the call

    homes = {fact.part: home(fact.part) for fact in facts.table}
    return _keys(facts, homes.__getitem__, lambda part: True)


def coarsened(facts: Facts, limit: int, arrows: float = inf) -> list[Key]:
    """The finest mixture with at most `limit` boxes: the biggest part is made coarser first.

    Args:
        arrows: how many arrows there may be; while there are more, what ran least is made coarser.
    """
    details = dict.fromkeys(range(len(facts.parts.table)), OPERATIONS)
    keys = _mixed(facts, details)
    while size(facts, keys) > limit:
        part = _biggest(facts, keys, details)
        if part is None:
            return keys
        details[part] += 1
        keys = _mixed(facts, details)
    for part, detail in _least(facts):
        if _edges(facts, keys) <= arrows:
            break
        for inner in range(part, len(facts.parts.table)):
            if part in facts.parts.chain(inner):
                details[inner] = max(details[inner], detail)
        keys = _mixed(facts, details)
    return keys


def _mixed(facts: Facts, details: dict[int, int]) -> list[Key]:
    """The boxes where each part is drawn in its own detail."""

    def home(part: int) -> int | None:
        return next((p for p in facts.parts.chain(part) if details[p] == ONE), None)

    homes = {part: home(part) for part in {fact.part for fact in facts.table}}
    return _keys(facts, homes.__getitem__, lambda part: details[part] >= LINES)


def _least(facts: Facts) -> Iterator[tuple[int, int]]:
    """Yield (part, detail): what is made coarser next, from what a reader misses least.

    A part that ran least only begins or ends the run: all of it becomes one box before anything of
    where the work is done. That becomes a box a line first.
    """
    numbers, atoms = Counter[int](), Counter[int]()
    for atom, fact in enumerate(facts.table):
        for part in facts.parts.chain(fact.part) if not fact.leaf else ():
            numbers[part] += facts.atoms.counts[atom]
            atoms[part] += 1
    often = {part: numbers[part] / atoms[part] for part in atoms if facts.parts.table[part].parent >= 0}
    order = sorted(often, key=lambda p: (often[p], -atoms[p], p))
    cold = [part for part in order if often[part] * COLD < max(often.values())]
    for part in cold:
        yield from ((part, LINES), (part, ONE))
    for detail in (LINES, ONE):
        yield from ((part, detail) for part in order[len(cold) :])


def _edges(facts: Facts, keys: list[Key]) -> int:
    """How many arrows there are between boxes, small numbers apart: those stand beside their users."""
    table = facts.table
    drawn = ((keys[tail], keys[head]) for tail, head, _ in facts.edges if not table[tail].small)
    return len({(tail, head) for tail, head in drawn if tail != head})


def unrolled(facts: Facts, limit: int) -> list[bool] | None:
    """For each atom whether each of its numbers is a box, with as few parts folded as the limit demands.

    A loop or call of the outermost function is unrolled as a whole or not at all, and only in a small
    picture: the same expression ten times over is harder to read than once, with its range.

    Returns:
        None if there are too many boxes even with all these loops and calls folded.
    """
    limit = min(limit, UNROLLED)
    counts = facts.atoms.counts
    pills = Counter[int]()
    once = Counter[int]()
    for (tail, head, _), count in facts.edges.items():
        if facts.table[tail].small:
            pills[head] += count
            once[head] += 1
    whole, folded = Counter[Any](), Counter[Any]()
    units: list[Any] = []
    for atom, fact in enumerate(facts.table):
        chain = facts.parts.chain(fact.part)
        unit = ("input", atom) if fact.op == "input" else chain[1] if len(chain) > 1 else 0
        units.append(unit)
        drawn = _drawn(facts, atom)
        whole[unit] += counts[atom] * drawn + pills[atom]
        folded[unit] += drawn + once[atom]
    total = sum(whole.values())
    joined = set()
    for unit in sorted(whole, key=lambda u: (folded[u] - whole[u], str(u))):
        if total <= limit:
            break
        total += folded[unit] - whole[unit]
        joined.add(unit)
    if total > limit:
        return None
    return [unit not in joined for unit in units]


def size(facts: Facts, keys: list[Key]) -> int:
    """How many boxes a picture has, those of small numbers at their users included."""
    boxes = {key for atom, key in enumerate(keys) if key[0] != "atom" or _drawn(facts, atom)}
    alone, pills = 0, set()
    for (tail, head, position), count in facts.edges.items():
        if facts.table[tail].small and keys[tail] != keys[head]:
            if facts.table[head].single:
                alone += count
            else:
                pills.add((keys[head], position if keys[head][0] == "atom" else 0))
    return len(boxes) + len(pills) + alone


def _drawn(facts: Facts, atom: int) -> bool:
    fact = facts.table[atom]
    return not fact.small and (not fact.leaf or fact.used)


def _keys(facts: Facts, home: Callable[[int], int | None], lines: Callable[[int], bool]) -> list[Key]:
    keys: list[Key] = []
    for atom, fact in enumerate(facts.table):
        one = home(fact.part)
        if fact.leaf or fact.kept:
            keys.append(("atom", atom))
        elif one is not None:
            keys.append(("part", one))
        elif lines(fact.part):
            keys.append(("line", fact.part, fact.statement))
        else:
            keys.append(("atom", atom))
    for atom, fact in enumerate(facts.table):
        homes = {keys[user] for user in facts.users[atom]}
        if fact.op in ("literal", "constant") and len(homes) == 1 and atom not in facts.results:
            inside = homes.pop()  # a number that one box alone uses is part of that box
            if inside[0] == "part" or (inside[0] == "line" and inside[2] == fact.statement):
                keys[atom] = inside
    return keys


def _biggest(facts: Facts, keys: list[Key], details: dict[int, int]) -> int | None:
    """The part with the most boxes of those that can be coarser."""
    parts = facts.parts.table
    own = Counter[int]()
    for tail, head, _ in facts.edges:
        if facts.table[tail].small and keys[tail] != keys[head]:
            own[facts.table[head].part] += 1
    boxes: dict[int, set[Key]] = {}
    for atom, fact in enumerate(facts.table):
        if _drawn(facts, atom) and not fact.leaf and not fact.kept:
            boxes.setdefault(fact.part, set()).add(keys[atom])
    for part, found in boxes.items():
        own[part] += len(found)
    inner = Counter(part.parent for index, part in enumerate(parts) if details[index] != ONE)
    best, most = None, 0
    for index in range(len(parts)):
        ready = details[index] == OPERATIONS or (details[index] == LINES and not inner[index])
        if ready and max(own[index], 1) > most:
            best, most = index, max(own[index], 1)
    return best
