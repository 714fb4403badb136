"""What the many numbers of an atom have in common: ends, extremes, course, and the slopes of an output."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from .atoms import Atoms

__all__ = ["SlopeSummary", "Slopes", "Summary", "ValueSummary", "combine", "course", "slope_summaries"]
__all__ += ["summary"]

Slopes = Sequence[float | None]
PICKS: Final = 24  # numbers that a course is drawn from


@dataclass(frozen=True, slots=True)
class ValueSummary:
    """Some numbers, in the order in which they were made."""

    # first, last: the ends
    first: Any
    last: Any
    count: int  # how many there are
    # bools, trues: how many of them are bools, and True
    bools: int
    trues: int
    reals: int  # how many are ints or floats, and not nan
    # low, high: the smallest and the largest of those; None without any
    low: Any
    high: Any
    # floor, ceiling: the same of those that are finite
    floor: Any
    ceiling: Any
    same: bool  # whether all have one text; looked at where none is real
    picks: tuple[Any, ...]  # some of the real ones, evenly spaced


@dataclass(frozen=True, slots=True)
class SlopeSummary:
    """The derivatives of an output by some numbers."""

    count: int  # of how many numbers the output depends on, bools apart
    known: int  # how many derivatives are known
    # least, most: between what these are; nan without any
    least: float
    most: float
    # floor, ceiling: between what they are without their signs, of those that are finite
    floor: float
    ceiling: float
    # without their signs, the largest of each of so many equal stretches: a peak is seen
    picks: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Summary:
    """What is known of the numbers of one atom; `live` are those that the output depends on."""

    course: ValueSummary
    live: int
    slopes: SlopeSummary


def course(numbers: Sequence[Any]) -> ValueSummary:
    """What numbers have in common; there is at least one."""
    bools = [x for x in numbers if isinstance(x, bool)]
    reals = [x for x in numbers if isinstance(x, int | float) and x == x]  # a nan is not itself
    finite = [x for x in reals if not isinstance(x, float) or math.isfinite(x)]
    same = bool(reals) or all(repr(x) == repr(numbers[0]) for x in numbers)
    counts = len(numbers), len(bools), sum(bools), len(reals)
    low, high = min(reals, default=None), max(reals, default=None)
    floor, ceiling = min(finite, default=None), max(finite, default=None)
    return ValueSummary(numbers[0], numbers[-1], *counts, low, high, floor, ceiling, same, _picked(reals))


def combine(courses: Sequence[ValueSummary]) -> ValueSummary:
    """Several courses as one, one behind the other; nothing is picked of it."""

    def known(name: str) -> list[Any]:
        return [x for one in courses if (x := getattr(one, name)) is not None]

    if len(courses) == 1:
        return courses[0]
    first = courses[0].first
    return ValueSummary(
        first,
        courses[-1].last,
        count=sum(one.count for one in courses),
        bools=sum(one.bools for one in courses),
        trues=sum(one.trues for one in courses),
        reals=sum(one.reals for one in courses),
        low=min(known("low"), default=None),
        high=max(known("high"), default=None),
        floor=min(known("floor"), default=None),
        ceiling=max(known("ceiling"), default=None),
        same=all(one.same and repr(one.first) == repr(first) for one in courses),
        picks=(),
    )


def _picked(numbers: Sequence[Any]) -> tuple[Any, ...]:
    size = min(PICKS, len(numbers))
    return tuple(numbers[k * (len(numbers) - 1) // max(1, size - 1)] for k in range(size))


def _largest(slopes: Sequence[float]) -> tuple[float, ...]:
    n, size = len(slopes), min(PICKS, len(slopes))
    sizes = [0.0 if slope != slope else abs(slope) for slope in slopes]
    return tuple(max(sizes[k * n // size : (k + 1) * n // size]) for k in range(size))


def summary(data: Sequence[Any], atoms: Atoms, live: bytearray, slopes: Slopes | None) -> list[Summary]:
    """Return what the numbers of each atom have in common.

    Args:
        data: the numbers of the run.
        atoms: which of them are in each.
        live: marks the numbers that the output depends on.
        slopes: its derivative by each of them.
    """
    members = [atoms.members(atom) for atom in range(len(atoms))]
    courses = [course([data[i] for i in ids]) for ids in members]
    alive = [sum(live[i] for i in ids) for ids in members]
    return list(map(Summary, courses, alive, slope_summaries(data, atoms, live, slopes)))


def slope_summaries(
    data: Sequence[Any], atoms: Atoms, live: bytearray, slopes: Slopes | None
) -> list[SlopeSummary]:
    """Return what the slopes by the numbers of each atom have in common; see `summary`."""

    def of_numbers(ids: Iterable[int], slopes: Slopes) -> SlopeSummary:
        shown = [slopes[i] for i in ids if live[i] and not isinstance(data[i], bool)]
        known = [float(slope) for slope in shown if slope is not None]
        real = [slope for slope in known if slope == slope]
        sizes = [abs(slope) for slope in real if math.isfinite(slope)]
        least, most = min(real, default=math.nan), max(real, default=math.nan)
        floor, ceiling = min(sizes, default=math.nan), max(sizes, default=math.nan)
        return SlopeSummary(len(shown), len(known), least, most, floor, ceiling, _largest(known))

    if slopes is None:
        return [of_numbers((), ())] * len(atoms)
    return [of_numbers(atoms.members(atom), slopes) for atom in range(len(atoms))]
