"""Owns what a box of a folded run is looked up in: what is known of all numbers of an atom at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...analyses.fold import Folded, summarize
from ...analyses.reach import ancestors
from ...graph import Node
from ...record import Record
from ..options import ViewOptions
from .boxes import Tables

__all__ = ["AtomTables"]


class AtomTables(Tables):
    """What a box is looked up in, asked by atom: of numbers there may be millions.

    Attributes:
        told: what the numbers of each atom have in common.
        lit: how many of them the result, the way of the run or its failure depend on.
        ends: where in the result the numbers of an atom stand.
    """

    def __init__(self, record: Record, look: ViewOptions, folded: Folded) -> None:
        super().__init__(record, look)
        self.folded, graph, atoms = folded, record.graph, folded.facts.atoms
        met = record.error.args if record.error else ()
        marks = ancestors(graph, graph.outputs.values())
        self.told = summarize(record, atoms, marks, self.slopes)
        if look.color == "kind":  # asked of single numbers alone: no second column
            self.live = _Column(atoms.of, [told.live for told in self.told])
        else:
            self.live, marks = marks, marks[:]
        for i in met:
            marks[i] = 1
        graph.reach(marks, control=True)
        self.lit = atoms.count_marked(marks) if graph.outputs or met else atoms.counts
        self.bright = _Column(atoms.of, self.lit)
        self.ends: dict[int, list[str]] = {}
        for path, i in sorted(graph.outputs.items(), key=lambda item: item[1]):
            self.ends.setdefault(atoms.of[i], []).append(path)

    def turn(self, node: Node) -> str:
        """The iteration of each loop around the node."""
        fact = self.folded.facts.table[self.folded.facts.atoms.of[node.id]]
        return super().turn(node) if self.folded.parts[fact.part].kind == "loop" else ""

    def note(self, i: int) -> str:
        """Which way the decisions by a number went."""
        return super().note(i) if any(self._decided(self.folded.facts.atoms.of[i])) else ""

    def decisions(self, atom: int) -> str:
        """How often what was decided by the numbers of an atom came true."""
        taken, refused = self._decided(atom)
        if not taken or not refused:
            return "always taken" if taken else "never taken" if refused else ""
        return f"taken {taken:,} of {taken + refused:,} times"

    def _decided(self, atom: int) -> tuple[int, int]:
        atoms = self.folded.facts.atoms
        return atoms.taken[atom], atoms.refused[atom]


class _Column(Sequence[int]):
    """What is known of each number's atom, by number."""

    def __init__(self, of: Sequence[int], rows: Sequence[int]) -> None:
        self._of, self._rows = of, rows

    def __len__(self) -> int:
        return len(self._of)

    def __getitem__(self, i: Any) -> Any:
        return self._rows[self._of[i]] if self._of[i] >= 0 else 0
