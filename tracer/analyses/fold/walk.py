"""Owns the one walk along a run that folds it: each number to its atom, each way between atoms counted.

Everything else works on atoms, of which there are no more than the source has places. Where the
tape is in C, the walk is too; the one in Python says the same, and does it for a trace that was saved.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from types import CodeType
from typing import Any

from ...record import Call, Marks, Record
from ...source.text import Span
from .atoms import FOLDED, LEFT_OUT, SINGLE, Atoms
from .call_paths import Paths

__all__ = ["LoopIterations", "Run", "called", "gather"]

FEW = 8  # operands that are told apart; of more, only how many came from where
NONE = -1


@dataclass(slots=True)
class LoopIterations:
    """A loop on a call path: how often it was run, and turned in all."""

    path: int
    text: str
    span: Span
    runs: int = 0
    iterations: int = 0


@dataclass(slots=True)
class Run:
    """What one walk finds."""

    atoms: Atoms
    paths: Paths
    loops: list[LoopIterations]


def gather(record: Record, kinds: array[int], apart: bytearray | None = None) -> Run:
    """Fold a run: numbers of one place and operation on one call path are one atom.

    Args:
        kinds: for each row of the table of sites, a number that equal places share.
        apart: of each number what is done with it, FOLDED if it is not said.
    """
    if record.graph.tape is not None and record.marks is not None:
        return _walked_there(record.graph.tape, record.marks, kinds, apart)
    paths, of_call = called(record.calls)
    atoms = _walked(record, of_call, kinds, apart)
    return Run(atoms, paths, _turns(record, of_call))


def called(calls: Sequence[Call]) -> tuple[Paths, list[int]]:
    """The call paths, and that of each call."""
    paths, of_call = Paths(), list[int]()
    depths: list[int] = []  # of each call, among the calls of its path
    for call in calls:
        outer = of_call[call.parent] if call.parent >= 0 else NONE
        path = paths.enter(outer, call.head)
        row, above = paths.table[path], call.parent
        while above >= 0 and of_call[above] != path:
            above = calls[above].parent
        depth = depths[above] + 1 if above >= 0 else 1
        of_call.append(path)
        depths.append(depth)
        row.count += 1
        row.entered += depth == 1
        row.levels = max(row.levels, depth)
    return paths, of_call


def _walked_there(tape: Any, marks: Marks, kinds: array[int], apart: bytearray | None) -> Run:
    paths = Paths()
    found: dict[tuple[int, CodeType, int], LoopIterations] = {}

    def enter(outer: int, code: CodeType, number: int, place: int) -> int:
        return paths.enter(outer, marks.call(code, number, place if outer >= 0 else None))

    def turn(path: int, code: CodeType, number: int) -> tuple[int, ...] | None:
        loop = marks.loop(code, number)
        if loop is not None:
            found[path, code, number] = LoopIterations(path, loop.text, loop.span)
        return None if loop is None else loop.around

    column, atoms, edges, of_path, turned = tape.fold(kinds, apart, enter, turn)
    for row, (count, entered, levels) in zip(paths.table, of_path, strict=True):
        row.count, row.entered, row.levels = count, entered, levels
    for path, code, number, runs, iterations in turned:
        loop = found.get((path, code, number))
        if loop is not None:
            loop.runs, loop.iterations = runs, iterations
    wide = len(column) == 4 * len(tape)
    made = Atoms(memoryview(column).cast("i" if wide else "h"), tape=tape, column=column)
    for path, first, last, count, taken, refused, left in atoms:
        made.paths.append(path)
        made.firsts.append(first)
        made.lasts.append(last)
        made.counts.append(count)
        made.taken.append(taken)
        made.refused.append(refused)
        made.left.append(bool(left))
    made.edges = {(tail, head, place): count for tail, head, place, count in edges}
    return Run(made, paths, list(found.values()))


def _walked(record: Record, of_call: Sequence[int], kinds: Sequence[int], apart: bytearray | None) -> Atoms:
    graph = record.graph
    atoms = Atoms(array("i", [NONE]) * len(graph))
    of, firsts, lasts, counts, paths = atoms.of, atoms.firsts, atoms.lasts, atoms.counts, atoms.paths
    assert isinstance(of, array)
    uses: dict[tuple[int, ...], int] = {}  # the atom and those of its operands: one look for each number
    known: dict[int, dict[tuple[int, int, int], int]] = {}
    operands = iter(graph.args)
    codes, places = graph.codes, graph.site_ids
    for start, stop, path in _segments(record, of_call):
        table = known.setdefault(path, {})
        for i, used in zip(range(start, stop), operands):  # noqa: B905  # the operands go on behind
            how = apart[i] if apart is not None else FOLDED
            if how == LEFT_OUT:
                continue
            key = (kinds[places[i]], codes[i], how)
            atom = table.get(key, NONE) if how != SINGLE else NONE
            if atom == NONE:
                atom = len(counts)
                firsts.append(i)
                lasts.append(i)
                counts.append(0)
                paths.append(path)
                if how != SINGLE:
                    table[key] = atom
            of[i] = atom
            lasts[atom] = i
            counts[atom] += 1
            if len(used) <= FEW:
                way = (atom, *[of[j] for j in used])
                uses[way] = uses.get(way, 0) + 1
            else:
                for j in used:
                    uses[~atom, of[j]] = uses.get((~atom, of[j]), 0) + 1
    for (atom, *tails), count in uses.items():
        for place, tail in enumerate(tails, start=1):
            if tail >= 0:
                to = (tail, atom, place if len(tails) > 1 else 0) if atom >= 0 else (tail, ~atom, 0)
                atoms.edges[to] = atoms.edges.get(to, 0) + count
    _decide(record, atoms)
    return atoms


def _decide(record: Record, atoms: Atoms) -> None:
    """Count what was decided by the numbers of each atom, and see which of them left the graph."""
    atoms.taken, atoms.refused = [0] * len(atoms.counts), [0] * len(atoms.counts)
    atoms.left = [False] * len(atoms.counts)
    for branch in record.branches:
        if atoms.of[branch.id] >= 0:
            (atoms.taken if branch.taken else atoms.refused)[atoms.of[branch.id]] += 1
    for leak in record.leaks:
        for i in leak.ids:
            if atoms.of[i] >= 0:
                atoms.left[atoms.of[i]] = True


def _turns(record: Record, of_call: Sequence[int]) -> list[LoopIterations]:
    """The loops by path and place: runs of one loop are counted together."""
    found: dict[tuple[int, Span], LoopIterations] = {}
    for loop in record.loops:
        path = of_call[loop.call] if loop.call >= 0 else 0
        row = found.setdefault((path, loop.span), LoopIterations(path, loop.text, loop.span))
        row.runs += 1
        row.iterations += len(loop.iterations)
    return list(found.values())


def _segments(record: Record, of_call: Sequence[int]) -> Iterator[tuple[int, int, int]]:
    """The run, cut where the innermost call changes: first number, the one after the last, path."""
    at, stack = 0, [(0, len(record.graph))]
    for index, call in enumerate(record.calls):
        while len(stack) > 1 and stack[-1][1] <= call.start:
            path, stop = stack.pop()
            if at < stop:
                yield at, stop, path
                at = stop
        if at < call.start:
            yield at, call.start, stack[-1][0]
            at = call.start
        stack.append((of_call[index], call.stop))
    while stack:
        path, stop = stack.pop()
        if at < stop:
            yield at, stop, path
            at = stop
