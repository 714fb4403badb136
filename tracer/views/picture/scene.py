"""Owns `Scene`: what a picture of a record shows, before anyone decides how it is drawn."""

from __future__ import annotations

import os.path
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from ...record import Failure, Record
from ...source.text import Span
from .expression import Expression

__all__ = ["Arrow", "Box", "Group", "Scene", "at", "met", "nested", "raising", "where"]


@dataclass(frozen=True, slots=True)
class Box:
    """One thing on the picture.

    Attributes:
        key: unique on the picture.
        kind: `input`, `literal`, `constant`, `operation`, `opaque`, `leak` or `failure`.
        name: the variable it was given to, or what a pill says instead.
        turn: the iteration it was made in, `3` or `3,0`; empty outside loops.
        how: its expression; None for a number that was not computed.
        value, slope: rounded texts; the slope None where it is not shown.
        note: what was decided by it.
        paths: where it stands in the result, if it does: `result[0]`.
        ports: how many operands it has that may not change places; 0 if they may.
        pill: whether it is drawn small.
        again: whether it only repeats a box that is drawn far away.
        faded: whether the result does not depend on it.
        tip: everything about it, for hovering.
        group: the index of its call.
        times: how many numbers it stands for; 0 where that is not said.
        lines: what else is known of them: the range, or what leaves a loop.
        spark: their course, each height from 0 to 1.
        steep: the course of the sizes of their slopes.
        tint: the number that its colour shows, if it shows one; of many the farthest from 0.
        trouble: that nan or inf was born here, if it was.
    """

    key: str
    kind: str
    name: str = ""
    turn: str = ""
    how: Expression | None = None
    value: str = ""
    slope: str | None = None
    note: str = ""
    paths: tuple[str, ...] = ()
    ports: int = 0
    pill: bool = False
    again: bool = False
    faded: bool = False
    tip: str = ""
    group: int = 0
    times: int = 0
    lines: tuple[str, ...] = ()
    spark: tuple[float, ...] = ()
    steep: tuple[float, ...] = ()
    tint: float | None = None
    trouble: str = ""

    @property
    def look(self) -> str:
        """The kind that its colours show."""
        return "output" if self.paths else self.kind


class Arrow(NamedTuple):
    """From an operand to what was made of it.

    `order` is its place where the operands may not change places; `main` arrows, between
    numbers that were computed, are the lines of thought that a picture keeps straight.
    """

    tail: str
    head: str
    order: int | None = None
    kind: str = "data"
    faded: bool = False
    tip: str = ""
    main: bool = False


class Group(NamedTuple):
    """One call or loop, and the index of the group around it."""

    caption: str
    parent: int
    tip: str
    loop: bool = False


@dataclass(frozen=True, slots=True)
class Scene:
    """Boxes, arrows, and the calls that hold them; the first group is the whole picture."""

    boxes: list[Box]
    arrows: list[Arrow]
    groups: list[Group]
    subject: str  # the path of the output that the slopes are of; empty without slopes
    note: str = ""  # what is not drawn one by one
    troubles: tuple[str, ...] = ()  # where nan or inf was born that spoiled the result or its gradient


def nested(scene: Scene, deepest: int | None = None) -> Iterator[tuple[int, int, Group | Box | None]]:
    """Every box inside the group that holds it, as text writes it down; without recursion, calls nest deep.

    Args:
        deepest: groups nested deeper share that of their caller.

    Yields:
        how many groups are around the whole, the index of the innermost of them, and what comes: a group
        that opens, a box in it, or None where it closes. One that holds nothing is left out.
    """
    groups = scene.groups
    depth, home = [0] * len(groups), [*range(len(groups))]
    for index, group in enumerate(groups[1:], 1):
        depth[index] = depth[group.parent] + 1
        if deepest is not None and depth[index] > deepest:
            home[index] = home[group.parent]
    held: dict[int, list[Box]] = defaultdict(list)
    for box in scene.boxes:
        held[home[box.group]].append(box)
    inner: dict[int, list[int]] = defaultdict(list)
    for index in range(len(groups) - 1, 0, -1):
        if home[index] == index and (index in held or index in inner):
            inner[groups[index].parent].append(index)
    todo = [0]
    while todo:
        index = todo.pop()
        if index < 0:
            yield depth[~index], ~index, None
            continue
        if index:
            yield depth[index], index, groups[index]
            todo.append(~index)
        for box in held.get(index, ()):
            yield depth[index], index, box
        todo += inner.get(index, ())  # the last one is first


def raising(error: Failure) -> str:
    """The exception as the last line of a traceback has it."""
    return f"{error.type}: {error.message}" if error.message else error.type


def met(record: Record) -> tuple[int, ...]:
    """The numbers that met in what raised: its operands, else what last left the graph there."""
    error = record.error
    if error is None or error.args or error.span is None:
        return error.args if error is not None else ()
    inside = (leak for leak in record.leaks if leak.span is not None and error.span.contains(leak.span))
    return tuple(dict.fromkeys(i for leak in inside for i in leak.ids[-1:]))


def where(span: Span | None) -> str:
    """`file:line`, never an absolute path."""
    if span is None:
        return ""
    rooted = os.path.isabs(span.file) or re.match(r"[A-Za-z]:[\\/]", span.file)
    file = re.split(r"[\\/]", span.file)[-1] if rooted else span.file
    return f"{file}:{span.line}"


def at(span: Span | None) -> str:
    """The place of a span as the last line of a hover text."""
    place = where(span)
    return f"\n{place}" if place else ""
