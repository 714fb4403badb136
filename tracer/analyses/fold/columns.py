"""Owns the one walk along a run that folds it: each number to its atom, each way between atoms counted.

Everything else works on atoms, of which there are no more than the source has places.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from .parts import Segment

__all__ = ["FEW", "FOLDED", "KEPT", "LEFT_OUT", "SINGLE", "Atoms", "gather"]

# What `apart` says of a number: to be folded, a box of its own, left out, or folded with its like
# in a box that is not made coarser.
FOLDED, SINGLE, LEFT_OUT, KEPT = 0, 1, 2, 3
FEW = 8  # operands that are told apart; of more, only how many came from where
NONE = -1


@dataclass(slots=True)
class Atoms:
    """The finest boxes, and the ways between them.

    Attributes:
        of: the atom of each number; -1 for one that was left out.
        paths: the call path of each atom.
        firsts, lasts: the first and the last number of each atom.
        counts: how many numbers each atom has.
        uses: (atom, *atoms of its operands) -> how often, for few operands.
        many: (atom of an operand, atom) -> how often, for many.
    """

    of: array[int]
    paths: list[int] = field(default_factory=list)
    firsts: list[int] = field(default_factory=list)
    lasts: list[int] = field(default_factory=list)
    counts: list[int] = field(default_factory=list)
    uses: dict[tuple[int, ...], int] = field(default_factory=dict)
    many: dict[tuple[int, int], int] = field(default_factory=dict)


def gather(
    segments: Iterable[Segment],
    codes: Sequence[int],
    places: Sequence[int],
    args: Iterable[tuple[int, ...]],
    kinds: Sequence[int],
    apart: bytearray | None = None,
) -> Atoms:
    """Fold a run: numbers of one place and operation on one call path are one atom.

    Args:
        segments: the run by call path, in order.
        codes, places, args: the graph's columns.
        kinds: for each row of the table of sites, a number that equal places share.
        apart: of each number what is done with it, FOLDED if it is not said.
    """
    atoms = Atoms(array("i", [NONE]) * len(codes))
    of, firsts, lasts, counts = atoms.of, atoms.firsts, atoms.lasts, atoms.counts
    uses, many = atoms.uses, atoms.many
    known: dict[int, dict[tuple[int, int, int], int]] = {}
    operands = iter(args)
    for start, stop, path in segments:
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
                atoms.paths.append(path)
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
                    many[of[j], atom] = many.get((of[j], atom), 0) + 1
    return atoms
