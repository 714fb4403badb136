"""Owns what is known of each atom: where it stands, what it is called, what comes before it."""

from __future__ import annotations

import re
from array import array
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ...graph import Graph, Record, Site
from ...ops import LEAVES
from .columns import KEPT, SINGLE, Atoms, gather
from .parts import Parts
from .syntax import Syntax

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
    trail: tuple[tuple[int, tuple[int, int]], ...] = ()
    taking: bool = False
    small: bool = False


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
        self.syntax = parts.syntax if parts is not None else Syntax(record.sources)
        run = gather(record, kinds(graph), apart)
        self.parts = parts or Parts(record, self.syntax, run)
        self.atoms: Atoms = run.atoms
        self.ways = self.atoms.ways
        self.atoms.paths = [self.parts.of_path[path] for path in self.atoms.paths]
        self.table = [self._fact(atom, apart) for atom in range(len(self.atoms.counts))]
        self._use()

    def __len__(self) -> int:
        return len(self.table)

    @cached_property
    def users(self) -> list[list[int]]:
        """For each atom the atoms that are made of it, in order."""
        found: list[dict[int, None]] = [{} for _ in self.table]
        for tail, head, _ in self.ways:
            found[tail][head] = None
        return [list(heads) for heads in found]

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
        graph = self.record.graph
        first = self.atoms.firsts[atom]
        site = graph.sites[graph.places[first]]
        op = graph.names[graph.codes[first]]
        how = apart[first] if apart is not None else 0
        return Fact(op, site, op in LEAVES, how == SINGLE, how in (SINGLE, KEPT), 0, (), "")

    def _use(self) -> None:
        """Place every atom; a literal belongs to the first function that uses it."""
        paths = self.atoms.paths
        for atom, fact in enumerate(self.table):
            fact.taking = bool(self.users[atom])
            if fact.op == "literal" and fact.taking:
                paths[atom] = paths[self.users[atom][0]]
            if fact.op == "input":
                paths[atom] = 0
        graph, record = self.record.graph, self.record
        met = record.error.args if record.error else ()
        results = {self.atoms.of[i] for i in graph.outputs.values()}
        for atom in results | {self.atoms.of[i] for i in met}:
            if atom >= 0:
                self.table[atom].taking = True
        for atom, fact in enumerate(self.table):
            fact.taking |= bool(self.atoms.taken[atom] or self.atoms.refused[atom] or self.atoms.left[atom])
        for atom, fact in enumerate(self.table):
            self._place(fact, paths[atom])
            plain = fact.op in ("literal", "constant") and atom not in results
            named = fact.site.name is not None and len(self.users[atom]) < COPIES_FROM
            fact.small = plain and not named and bool(self.users[atom])

    def _place(self, fact: Fact, path: int) -> None:
        span, parts = fact.site.span, self.parts
        around = self.syntax.around(span) if span is not None else None
        fact.part = parts.part(path, span) if fact.op != "input" else 0
        order = (0, 0)
        if around is not None:
            order, fact.text, fact.statement = around.statement[1:], around.text, around.statement
        elif span is not None:
            order, fact.text, fact.statement = (span.line, 0), fact.site.text, (span.file, span.line)
        if fact.leaf:
            order = (0, 0)
        trail = [(path, order)]
        while parts.table[path].parent >= 0:
            place = parts.table[path].order
            path = parts.table[parts.table[path].parent].path
            trail.append((path, place))
        fact.trail = tuple(trail[::-1])


def kinds(graph: Graph) -> array[int]:
    """For each site a number that sites of one place share; the items of one argument do as well."""
    known: dict[Any, int] = {}
    numbers = array("I")
    for site in graph.sites:
        key = site.span or (site.function, re.split(r"[.\[{]", site.name or "")[0])
        numbers.append(known.setdefault(key, len(known)))
    return numbers
