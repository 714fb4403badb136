"""Many numbers in few words: the first and the last, the range, and the course that they take."""

from __future__ import annotations

from typing import Any, NamedTuple

from ...columns import SlopeSummary, ValueSummary
from ..number_text import number

__all__ = ["SummaryText", "slope_text", "value_text"]

DRAWN = 3  # numbers from which a course is drawn


class SummaryText(NamedTuple):
    """What a box says of many numbers."""

    value: str  # the first and the last, or the one that all are
    range: str  # the smallest and the largest, where the value does not say so
    course: tuple[float, ...]  # heights from 0 to 1


def value_text(numbers: ValueSummary, digits: int) -> SummaryText:
    """What a box says of numbers, in the order in which they were made."""
    if numbers.bools == numbers.count:
        true, false = numbers.trues, numbers.count - numbers.trues
        if not true or not false:
            return SummaryText(str(bool(true)), "", ())
        return SummaryText(f"{true:,} True, {false:,} False", "", _heights(numbers.picks, 0, 1))
    ends = number(numbers.first, digits), number(numbers.last, digits)
    if not numbers.reals:
        return SummaryText(ends[0] if numbers.same else f"{ends[0]} → {ends[1]}", "", ())
    low, high = number(numbers.low, digits), number(numbers.high, digits)
    value = ends[0] if low == high else f"{ends[0]} → {ends[1]}"
    known = low == high or {low, high} == set(ends)
    drawn = low != high and numbers.reals >= DRAWN
    course = _heights(numbers.picks, numbers.floor, numbers.ceiling) if drawn else ()
    return SummaryText(value, "" if known else f"{low} … {high}", course)


def slope_text(slopes: SlopeSummary, digits: int) -> tuple[str, tuple[float, ...]] | None:
    """The least and the greatest derivative, and the course of their sizes; None if there are none."""
    if not slopes.count:
        return None
    if slopes.known < slopes.count:
        return "?", ()
    low, high = number(slopes.least, digits), number(slopes.most, digits)
    if low == high:
        return low, ()
    sizes = number(slopes.floor, digits) != number(slopes.ceiling, digits) and slopes.known >= DRAWN
    return f"{low} … {high}", _heights(slopes.picks, slopes.floor, slopes.ceiling) if sizes else ()


def _heights(picks: tuple[Any, ...], floor: Any, ceiling: Any) -> tuple[float, ...]:
    """Numbers as heights from 0 at `floor` to 1 at `ceiling`; a number beyond them is at the edge."""
    if floor is None or not floor < ceiling:
        return ()
    return tuple(_height(x, floor, ceiling) for x in picks)


def _height(x: Any, low: Any, high: Any) -> float:
    if x != x:  # nan
        return 0.0
    if x <= low or x >= high:
        return float(x >= high)
    try:
        return float((x - low) / (high - low))
    except OverflowError:  # ints, or a distance, beyond what a float holds
        return 0.5 if isinstance(x, float) else float((x - low) * 1000 // (high - low)) / 1000
