"""Owns what is known of each atom: where it stands, what it is called, what comes before it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ...graph import Graph, Record, Site
from ...ops import LEAVES
from .columns import KEPT, SINGLE, Atoms, gather
from .parts import Parts
from .syntax import Syntax

__all__ = ["Fact", "Facts"]

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
        atoms: the columns.
        parts: the call paths and loops.
        table: what is known of each atom.
        ways: (atom of an operand, atom, place of the operand or 0) -> how often.
    """

    def __init__(self, record: Record, apart: bytearray | None = None, parts: Parts | None = None) -> None:
        graph = record.graph
        self.record = record
        self.syntax = Syntax(record.sources)
        self.parts = parts or Parts(record, self.syntax)
        self.atoms: Atoms = gather(
            self.parts.segments(), graph.codes, graph.places, graph.args, _kinds(graph), apart
        )
        self.ways: dict[tuple[int, int, int], int] = {}
        for (atom, *used), count in self.atoms.uses.items():
            for place, tail in enumerate(used, start=1):
                if tail >= 0:
                    key = (tail, atom, place if len(used) > 1 else 0)
                    self.ways[key] = self.ways.get(key, 0) + count
        for (tail, atom), count in self.atoms.many.items():
            if tail >= 0:
                self.ways[tail, atom, 0] = self.ways.get((tail, atom, 0), 0) + count
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
        decided = (branch.id for branch in record.branches)
        left = (i for leak in record.leaks for i in leak.ids)
        results = {self.atoms.of[i] for i in graph.outputs.values()}
        steering = {self.atoms.of[i] for ids in (met, decided, left) for i in ids}
        for atom in results | steering:
            if atom >= 0:
                self.table[atom].taking = True
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


def _kinds(graph: Graph) -> list[int]:
    """For each site a number that sites of one place share; the items of one argument do as well."""
    known: dict[Any, int] = {}
    kinds = []
    for site in graph.sites:
        key = site.span or (site.function, re.split(r"[.\[{]", site.name or "")[0])
        kinds.append(known.setdefault(key, len(known)))
    return kinds
