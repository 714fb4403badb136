"""Owns what is known of each atom: where it stands, what it is called, what comes before it."""

from __future__ import annotations

import re
from array import array
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ...columns import FOLDED, KEPT, SINGLE, Atoms
from ...graph import Graph, Site
from ...ops import LEAVES
from ...record import Record
from ...source.place import Places
from .parts import Parts

__all__ = ["COPIES_FROM", "Fact", "Facts", "kinds"]

COPIES_FROM = 5  # a named literal with this many users is drawn at each of them


@dataclass(slots=True)
class Fact:
    """One atom.

    Attributes:
        op: its operation.
        site: where it is made.
        leaf: whether it was computed from nothing.
        single, kept: whether it is one number by request, and a box by itself at every level.
        part: the innermost part that repeats it.
        statement, text: the statement it stands in, and that in words.
        trail: for each call path around it, the place of the next call, last its own.
        taking: whether anything is made of it, or it stands in the result.
        small: whether it is a number so plain that it is drawn at each of its users.
    """

    op: str
    site: Site
    leaf: bool
    single: bool
    kept: bool
    part: int
    statement: tuple[Any, ...]
    text: str
    trail: tuple[tuple[int, tuple[int, int]], ...]
    taking: bool
    small: bool


class Facts:
    """The atoms of a record, and what is known of them.

    Attributes:
        atoms: the columns; the path of each is that of its part.
        parts: the call paths and loops.
        table: what is known of each atom.
        ways: (atom of an operand, atom, place of the operand or 0) -> how often.
    """

    def __init__(self, record: Record, apart: bytearray | None = None, parts: Parts | None = None) -> None:
        graph = record.graph
        self.record = record
        self.places = parts.places if parts is not None else Places(record.sources)
        run = graph.columns.fold(kinds(graph), apart, record)
        self.parts = parts or Parts(record, self.places, run)
        self.atoms: Atoms = run.atoms
        self.edges = self.atoms.edges
        self.atoms.paths = [self.parts.of_path[path] for path in self.atoms.paths]
        self.table = [self._fact(atom, apart) for atom in range(len(self.atoms))]

    def __len__(self) -> int:
        return len(self.table)

    @cached_property
    def users(self) -> list[list[int]]:
        """For each atom the atoms that are made of it, in order."""
        found: list[dict[int, None]] = [{} for _ in range(len(self.atoms))]
        for tail, head, _ in self.edges:
            found[tail][head] = None
        return [list(heads) for heads in found]

    @cached_property
    def results(self) -> set[int]:
        """The atoms that stand in the result."""
        return {self.atoms.of[i] for i in self.record.graph.outputs.values()}

    @cached_property
    def _met(self) -> set[int]:
        """The atoms that met in the expression that raised."""
        error = self.record.error
        return {self.atoms.of[i] for i in error.args} if error else set()

    def before(self, a: int, b: int) -> bool:
        """Whether atom `a` comes before atom `b` in one turn of everything around both."""
        one, two = self.table[a], self.table[b]
        for (path, place), (other, there) in zip(one.trail, two.trail, strict=False):
            if path != other:
                break
            if place != there:
                return place < there
        return self.atoms.firsts[a] < self.atoms.firsts[b]

    def _fact(self, atom: int, apart: bytearray | None) -> Fact:
        graph, atoms, users = self.record.graph, self.atoms, self.users[atom]
        first = atoms.firsts[atom]
        site = graph.sites[graph.site_ids[first]]
        op = graph.names[graph.codes[first]]
        how = apart[first] if apart is not None else FOLDED
        if op == "input":
            atoms.paths[atom] = 0
        elif op == "literal" and users:
            atoms.paths[atom] = atoms.paths[users[0]]  # the first function that uses it
        steers = atoms.taken[atom] or atoms.refused[atom] or atoms.left[atom]
        named = site.name is not None and len(users) < COPIES_FROM
        plain = op in ("literal", "constant") and atom not in self.results
        statement, text = self._statement(site)
        return Fact(
            op,
            site,
            leaf=op in LEAVES,
            single=how == SINGLE,
            kept=how in (SINGLE, KEPT),
            part=self.parts.part(atoms.paths[atom], site.span) if op != "input" else 0,
            statement=statement,
            text=text,
            trail=self._trail(atoms.paths[atom], statement if op not in LEAVES else ()),
            taking=bool(users or steers) or atom in self.results or atom in self._met,
            small=plain and not named and bool(users),
        )

    def _statement(self, site: Site) -> tuple[tuple[Any, ...], str]:
        """The statement around a place; where the source is not known, its line."""
        if site.span is None:
            return (), ""
        place = self.places.at(site.span)
        if place.statement is None:
            return (site.span.file, site.span.line), site.text
        return place.statement, place.head

    def _trail(self, path: int, statement: tuple[Any, ...]) -> tuple[tuple[int, tuple[int, int]], ...]:
        _, line, column = (*statement, 0, 0, 0)[:3]
        table, trail = self.parts.table, [(path, (line, column))]
        while table[path].parent >= 0:
            place = table[path].order
            path = table[table[path].parent].path
            trail.append((path, place))
        return tuple(trail[::-1])


def kinds(graph: Graph) -> array[int]:
    """For each site a number that sites of one place share; the items of one argument do as well."""
    known: dict[Any, int] = {}
    numbers = array("I")
    for site in graph.sites:
        key = site.span or (site.function, re.split(r"[.\[{]", site.name or "")[0])
        numbers.append(known.setdefault(key, len(known)))
    return numbers
