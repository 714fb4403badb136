"""The one walk along a run that folds it: each number to its atom, each edge between atoms counted.

Everything else works on atoms, of which there are no more than the source has places.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..source import Span
from .atoms import FOLDED, LEFT_OUT, SINGLE, Atoms
from .call_paths import NONE, Paths
from .events import Events

__all__ = ["LoopIterations", "Walk", "fold"]

FEW = 8  # operands that are kept apart; of more, only how many came from where


@dataclass(slots=True)
class LoopIterations:
    """A loop on a call path: how often it was run, and its iterations in all."""

    path: int
    text: str
    span: Span
    runs: int = 0
    iterations: int = 0


@dataclass(slots=True)
class Walk:
    """What one walk finds."""

    atoms: Atoms
    paths: Paths
    loops: list[LoopIterations]


def fold(
    codes: Sequence[int],
    args: Sequence[tuple[int, ...]],
    site_ids: Sequence[int],
    kinds: array[int],
    modes: bytearray | None,
    events: Events,
) -> Walk:
    """Fold a run: numbers of one operation at one place on one call path are one atom.

    Args:
        kinds: for each site, a number that sites of equal place share.
        modes: what is done with each number, FOLDED with all of them without it.
        events: the calls, loops, branches and leaks of the run.
    """
    paths, of_call = Paths.of(events.calls)
    of = array("i", [NONE]) * len(codes)
    path_of, firsts, lasts, counts = list[int](), list[int](), list[int](), list[int]()
    edges: dict[tuple[int, int, int], int] = {}
    uses: dict[tuple[int, ...], int] = {}  # the atom and those of its operands: one look-up for each number
    known: dict[int, dict[tuple[int, int, int], int]] = {}
    operands = iter(args)
    for start, stop, path in _segments(events, len(codes), of_call):
        table = known.setdefault(path, {})
        for i, used in zip(range(start, stop), operands):  # noqa: B905  # the operands go on behind
            mode = modes[i] if modes is not None else FOLDED
            if mode == LEFT_OUT:
                continue
            key = (kinds[site_ids[i]], codes[i], mode)
            atom = table.get(key, NONE) if mode != SINGLE else NONE
            if atom == NONE:
                atom = len(counts)
                firsts.append(i)
                lasts.append(i)
                counts.append(0)
                path_of.append(path)
                if mode != SINGLE:
                    table[key] = atom
            of[i] = atom
            lasts[atom] = i
            counts[atom] += 1
            if len(used) <= FEW:
                edge = (atom, *[of[j] for j in used])
                uses[edge] = uses.get(edge, 0) + 1
            else:
                for j in used:
                    uses[~atom, of[j]] = uses.get((~atom, of[j]), 0) + 1
    for (atom, *tails), count in uses.items():
        for order, tail in enumerate(tails, start=1):
            if tail >= 0:
                to = (tail, atom, order if len(tails) > 1 else 0) if atom >= 0 else (tail, ~atom, 0)
                edges[to] = edges.get(to, 0) + count
    decisions = _decisions(events, of, len(counts))
    return Walk(Atoms(of, path_of, firsts, lasts, counts, *decisions, edges), paths, _loops(events, of_call))


def _decisions(events: Events, of: Sequence[int], count: int) -> tuple[list[int], list[int], list[bool]]:
    """Return for each atom how many decisions came true, how many did not, and whether it left the graph."""
    taken, refused, left = [0] * count, [0] * count, [False] * count
    for branch in events.branches:
        if of[branch.id] >= 0:
            (taken if branch.taken else refused)[of[branch.id]] += 1
    for leak in events.leaks:
        for i in leak.ids:
            if of[i] >= 0:
                left[of[i]] = True
    return taken, refused, left


def _loops(events: Events, of_call: Sequence[int]) -> list[LoopIterations]:
    """Return the loops by path and span: runs of one loop are counted together."""
    found: dict[tuple[int, Span], LoopIterations] = {}
    for loop in events.loops:
        path = of_call[loop.call] if loop.call >= 0 else 0
        row = found.setdefault((path, loop.span), LoopIterations(path, loop.text, loop.span))
        row.runs += 1
        row.iterations += len(loop.iterations)
    return list(found.values())


def _segments(events: Events, length: int, of_call: Sequence[int]) -> Iterator[tuple[int, int, int]]:
    """Yield the run, cut where the innermost call changes: first number, the one after the last, path."""
    calls = [(call.start, call.stop, path) for call, path in zip(events.calls, of_call, strict=True)]
    at, around = 0, [(length, 0)]  # the calls that enclose `at`: where each ends, and its path
    for start, stop, path in (*calls, (length, length, 0)):
        while len(around) > 1 and around[-1][0] <= start:
            end, inner = around.pop()
            if at < end:
                yield at, end, inner
                at = end
        if at < start:
            yield at, start, around[-1][1]
            at = start
        around.append((stop, path))
