"""A run folded by its source: boxes that stand for many numbers, and the edges between them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from ...columns import FOLDED, KEPT, SINGLE, Summary
from ...record import Record
from .facts import Facts
from .levels import Key, coarsened, operations, size, uniform, unrolled
from .parts import Part

__all__ = ["Bundle", "Edge", "Folded", "fold", "fold_facts"]

SURROUNDINGS = 12  # boxes around what is in focus
ARROWS = 40  # for every hundred boxes that there may be: more cannot be followed


@dataclass(frozen=True, slots=True)
class Bundle:
    """Numbers that are drawn as one."""

    kind: str  # `number`, `operation`, `line`, `loop` or `call`
    part: int  # the innermost part that holds the box; of a loop or call the part itself
    atoms: tuple[int, ...]  # what is in it
    nodes: int  # how many numbers it holds
    main: int  # the atom whose numbers it shows: the last that a line computes; -1 for a loop or call
    times: int  # how often that was computed; of a loop its iterations, of a call how often it was made
    # first, last: its first and last number; of a line those of its main atom
    first: int
    last: int
    text: str  # the expression, statement, loop or call, as written
    small: bool = False  # whether it is a literal or constant without a name, drawn at each of its users
    unused: bool = False  # whether it is an input, literal or constant that nothing depends on


class Edge(NamedTuple):
    """From the box of an operand to the box of what was computed from it."""

    tail: int
    head: int
    order: int  # which operand it is, from 1; 0 if it is the only one, or there are many
    times: int  # how many operands it stands for
    # whether it leads to the next iteration of a loop, or to another call of a function that calls itself
    carried: bool


@dataclass(frozen=True, eq=False)
class Folded:
    """A run as few boxes; every number of it is in one of them."""

    record: Record  # the run
    facts: Facts  # its atoms
    boxes: tuple[Bundle, ...]  # in the order of their first numbers
    edges: tuple[Edge, ...]  # also those inside a box, from itself to itself
    size: int  # how many boxes a picture of it has, small numbers repeated at their users
    home: tuple[int, ...]  # the box of each atom

    @property
    def parts(self) -> list[Part]:
        """The call paths and loops, each behind the one around it."""
        return self.facts.parts.table

    @property
    def folds(self) -> bool:
        """Whether any box stands for more than one number."""
        return any(box.nodes > 1 for box in self.boxes)

    def box_of(self, i: int) -> int:
        """The box that number `i` is in; -1 if it was left out."""
        atom = self.facts.atoms.of[i]
        return self.home[atom] if atom >= 0 else -1

    def summaries(self, live: bytearray, slopes: Sequence[float | None] | None = None) -> list[Summary]:
        """What the numbers of each atom have in common.

        Args:
            live: marks the numbers that the output depends on.
            slopes: its derivative by each of them.
        """
        return self.record.graph.columns.summary(self.facts.atoms, live, slopes)

    def ids(self, box: Bundle) -> list[int]:
        """The numbers in a box, in order."""
        return sorted(i for atom in box.atoms for i in self.facts.atoms.members(atom))


def fold(record: Record, level: str = "auto", limit: int = 150, modes: bytearray | None = None) -> Folded:
    """Fold a run.

    Args:
        level: `none`, `operation`, `line`, `loop`, `call`, or `auto` for the finest mixture
            that has at most `limit` boxes, and so few arrows that they can be followed; if none
            has, the coarsest.
        modes: of each number whether it is FOLDED, SINGLE, KEPT or LEFT_OUT, see `atoms`.
    """
    return fold_facts(Facts(record, modes), level, limit)


def fold_facts(facts: Facts, level: str = "auto", limit: int = 150) -> Folded:
    """Fold a run whose atoms are known; `facts` are left as they are."""
    modes = facts.modes
    if modes is not None and (SINGLE in modes or KEPT in modes):
        return _around(facts, level, limit, modes)
    if level == "none":
        facts = _with_modes(facts, [SINGLE] * len(facts))
        return _folded(facts, operations(facts))
    if level != "auto":
        return _folded(facts, uniform(facts, level))
    chosen = unrolled(facts, limit)
    if chosen is not None:
        facts = _unrolled(facts, chosen, limit)
    return _folded(facts, coarsened(facts, limit, limit * ARROWS // 100), limit)


def _with_modes(facts: Facts, of_atom: list[int]) -> Facts:
    """The facts after a second walk, with a mode for each atom; what was left out stays so."""
    modes = facts.atoms.translate(of_atom)
    if facts.modes is not None:
        modes = bytearray(map(max, facts.modes, modes))
    return Facts(facts.record, modes, facts.parts)


def _unrolled(facts: Facts, chosen: list[bool], limit: int) -> Facts:
    """The facts with each number of the chosen atoms by itself, if that fits."""
    if all(count == 1 for count, alone in zip(facts.atoms.counts, chosen, strict=True) if alone):
        return facts.with_single(chosen)
    found = _with_modes(facts, [SINGLE if alone else FOLDED for alone in chosen])
    # a literal with a name is one box, or one at each of its users if those became many
    return found if size(found, operations(found)) <= limit else facts


def _around(facts: Facts, level: str, limit: int, modes: bytearray) -> Folded:
    """What is in focus in full, or by its operations if that is too much; the rest by the level."""
    if modes.count(SINGLE) > limit:
        kept = modes.translate(bytes.maketrans(bytes([SINGLE]), bytes([KEPT])))
        facts = Facts(facts.record, kept, facts.parts)
    if level not in ("auto", "none"):
        return _folded(facts, uniform(facts, level))
    close = sum(fact.kept for fact in facts.table)
    return _folded(facts, coarsened(facts, min(limit, close + SURROUNDINGS)))


def _folded(facts: Facts, keys: list[Key], limit: int | None = None) -> Folded:
    """The run in these boxes; where nothing is folded, each number is single if that fits the limit."""
    if set(facts.atoms.counts) == {1} and all(key[0] == "atom" for key in keys):
        single = facts.with_single([True] * len(facts))
        facts = single if limit is None or size(single, keys) <= limit else facts
    held: dict[Key, list[int]] = {}
    for atom, key in enumerate(keys):
        held.setdefault(key, []).append(atom)
    firsts = facts.atoms.firsts
    rows = sorted(held, key=lambda key: min(firsts[atom] for atom in held[key]))
    number = {key: index for index, key in enumerate(rows)}
    home = tuple(number[key] for key in keys)
    boxes = tuple(_box(facts, key, held[key]) for key in rows)
    counts = Counter[tuple[int, int, int, bool]]()
    for (tail, head, place), count in facts.edges.items():
        one, two = facts.table[tail], facts.table[head]
        carried = not one.leaf and not (one.single and two.single) and not facts.before(tail, head)
        order = place if keys[head][0] == "atom" else 0
        counts[home[tail], home[head], order, carried] += count
    edges = tuple(Edge(tail, head, at, count, back) for (tail, head, at, back), count in counts.items())
    return Folded(facts.record, facts, boxes, edges, size(facts, keys), home)


def _box(facts: Facts, key: Key, held: list[int]) -> Bundle:
    atoms = facts.atoms
    nodes = sum(atoms.counts[atom] for atom in held)
    kind = key[0]
    if kind == "part":
        part = facts.parts.table[key[1]]
        first, last = min(atoms.firsts[a] for a in held), max(atoms.lasts[a] for a in held)
        return Bundle(part.kind, key[1], tuple(held), nodes, -1, part.iterations, first, last, part.text)
    computed = [atom for atom in held if not facts.table[atom].leaf]
    main = max(computed or held, key=lambda atom: atoms.firsts[atom])
    fact, times = facts.table[main], atoms.counts[main]
    first, last = atoms.firsts[main], atoms.lasts[main]
    if kind == "line" and len(computed) > 1:
        return Bundle("line", fact.part, tuple(held), nodes, main, times, first, last, fact.text)
    return Bundle(
        "number" if nodes == 1 else "operation", fact.part, tuple(held), nodes, main, times, first, last,
        fact.site.text, fact.small, fact.leaf and not fact.used,
    )  # fmt: skip
