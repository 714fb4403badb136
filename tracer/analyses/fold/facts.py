"""What is known of each atom of a run: where it stands, what it is called, what comes before it."""

from __future__ import annotations

import re
from array import array
from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, replace
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
    """One atom."""

    op: str  # its operation
    site: Site  # where it is made
    leaf: bool  # whether it was computed from nothing
    single: bool  # whether it is one number because a reader wants to see each number
    kept: bool  # whether it is a box by itself at every level
    part: int  # the innermost part that repeats it
    # statement, text: where the statement around it begins, and the statement as written
    statement: tuple[Any, ...]
    text: str
    # for each call path around it, outermost first, that path and the line and column of the call that leads
    # to the next; last its own
    stack: tuple[tuple[int, tuple[int, int]], ...]
    used: bool  # whether anything is computed or decided from it, or it stands in the result
    small: bool  # whether it is a literal or constant without a name, drawn at each of its users


class Facts:
    """The atoms of a record, and what is known of them."""

    def __init__(self, record: Record, modes: bytearray | None = None, parts: Parts | None = None) -> None:
        graph = record.graph
        # what is done with each number, see `atoms`; None to fold all of them
        self.record, self.modes = record, modes
        self.places = parts.places if parts is not None else Places(record.sources)
        run = graph.columns.fold(kinds(graph), modes, record)
        self.parts = parts or Parts(record, self.places, run)  # the call paths and loops
        self.atoms: Atoms = run.atoms  # the columns; the path of each is that of its part
        self.edges = self.atoms.edges  # (atom of an operand, atom, position of the operand or 0) -> how often
        self.atoms.paths = [self.parts.of_path[path] for path in self.atoms.paths]
        self.table = [self._fact(atom) for atom in range(len(self.atoms))]  # what is known of each atom

    def __len__(self) -> int:
        return len(self.table)

    def with_single(self, chosen: Sequence[bool]) -> Facts:
        """The same facts, but the chosen atoms, of one number each, are single."""
        found = copy(self)
        found.table = [
            replace(fact, single=True, kept=True) if alone and not fact.single else fact
            for fact, alone in zip(self.table, chosen, strict=True)
        ]
        return found

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
    def _failing(self) -> set[int]:
        """The atoms of the operands of the expression that raised."""
        error = self.record.error
        return {self.atoms.of[i] for i in error.args} if error else set()

    def before(self, a: int, b: int) -> bool:
        """Whether atom `a` comes before atom `b` in one iteration of everything around both."""
        one, two = self.table[a], self.table[b]
        for (path, place), (other, there) in zip(one.stack, two.stack, strict=False):
            if path != other:
                break
            if place != there:
                return place < there
        return self.atoms.firsts[a] < self.atoms.firsts[b]

    def _fact(self, atom: int) -> Fact:
        graph, atoms, users = self.record.graph, self.atoms, self.users[atom]
        first = atoms.firsts[atom]
        site = graph.sites[graph.site_ids[first]]
        op = graph.names[graph.codes[first]]
        mode = self.modes[first] if self.modes is not None else FOLDED
        if op == "input":
            atoms.paths[atom] = 0
        elif op == "literal" and users:
            atoms.paths[atom] = atoms.paths[users[0]]  # the first function that uses it
        decides = bool(atoms.taken[atom] or atoms.refused[atom])
        named = site.name is not None and len(users) < COPIES_FROM
        copied = op in ("literal", "constant") and atom not in self.results
        statement, text = self._statement(site)
        return Fact(
            op,
            site,
            leaf=op in LEAVES,
            single=mode == SINGLE,
            kept=mode in (SINGLE, KEPT),
            part=self.parts.part(atoms.paths[atom], site.span) if op != "input" else 0,
            statement=statement,
            text=text,
            stack=self._stack(atoms.paths[atom], statement if op not in LEAVES else ()),
            used=bool(users or atoms.left[atom]) or decides or atom in self.results or atom in self._failing,
            small=copied and not (named or decides) and bool(users),
        )

    def _statement(self, site: Site) -> tuple[tuple[Any, ...], str]:
        """The statement around a place; where the source is not known, its line."""
        if site.span is None:
            return (), ""
        place = self.places.at(site.span)
        if place.statement is None:
            return (site.span.file, site.span.line), site.text
        return place.statement, place.head

    def _stack(self, path: int, statement: tuple[Any, ...]) -> tuple[tuple[int, tuple[int, int]], ...]:
        _, line, column = (*statement, 0, 0, 0)[:3]
        table, stack = self.parts.table, [(path, (line, column))]
        while table[path].parent >= 0:
            place = table[path].order
            path = table[table[path].parent].path
            stack.append((path, place))
        return tuple(stack[::-1])


def kinds(graph: Graph) -> array[int]:
    """For each site a number that equal spans share; the items of one argument share one as well."""
    known: dict[Any, int] = {}
    numbers = array("I")
    for site in graph.sites:
        key = site.span or (site.function, re.split(r"[.\[{]", site.name or "")[0])
        numbers.append(known.setdefault(key, len(known)))
    return numbers
