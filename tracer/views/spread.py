"""Owns many numbers told as one: from where to where, between what, and on what course."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

from .numbers import number

__all__ = ["Spread", "spread"]

COLUMNS = 24  # of a sparkline
FIRM = 3  # numbers from which a course is drawn


class Spread(NamedTuple):
    """Some numbers, told in few words.

    Attributes:
        value: the first and the last, or the one that all are.
        range: the smallest and the largest, where the value does not say so.
        course: heights from 0 to 1.
    """

    value: str
    range: str
    course: tuple[float, ...]


def spread(numbers: Sequence[Any], digits: int) -> Spread:
    """What there is to say of numbers in the order in which they were made."""
    first, last = numbers[0], numbers[-1]
    if all(isinstance(x, bool) for x in numbers):
        true = sum(numbers)
        if true in (0, len(numbers)):
            return Spread(str(bool(true)), "", ())
        return Spread(f"{true:,} True, {len(numbers) - true:,} False", "", _course([*map(int, numbers)]))
    ends = number(first, digits), number(last, digits)
    real = [x for x in numbers if isinstance(x, int | float) and x == x]  # a nan is not itself
    if not real:
        return Spread(ends[0] if _same(numbers) else f"{ends[0]} → {ends[1]}", "", ())
    low, high = number(min(real), digits), number(max(real), digits)
    value = ends[0] if low == high else f"{ends[0]} → {ends[1]}"
    told = low == high or {low, high} == set(ends)
    course = _course(real) if low != high and len(real) >= FIRM else ()
    return Spread(value, "" if told else f"{low} … {high}", course)


def _same(numbers: Sequence[Any]) -> bool:
    return all(repr(x) == repr(numbers[0]) for x in numbers)


def _course(numbers: Sequence[int | float]) -> tuple[float, ...]:
    """Evenly spaced numbers as heights; of what is not finite, the nearest edge."""
    size = min(COLUMNS, len(numbers))
    picked = [numbers[i * (len(numbers) - 1) // max(1, size - 1)] for i in range(size)]
    finite = [x for x in numbers if not isinstance(x, float) or math.isfinite(x)]
    if not finite:
        return ()
    low, high = min(finite), max(finite)
    if low == high:
        return ()
    return tuple(_height(x, low, high) for x in picked)


def _height(x: Any, low: Any, high: Any) -> float:
    if x <= low or x >= high:
        return float(x >= high)
    try:
        return float((x - low) / (high - low))
    except OverflowError:  # ints, or a distance, beyond what a float holds
        return 0.5 if isinstance(x, float) else float((x - low) * 1000 // (high - low)) / 1000
