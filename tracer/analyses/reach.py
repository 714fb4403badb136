"""Columns that many analyses need: what a number was made from, what it led to, the call it was made in."""

from __future__ import annotations

from array import array
from collections.abc import Iterable

from ..graph import Graph
from ..record import Call, Record

__all__ = ["ancestors", "descendants", "ends", "innermost"]


def ends(record: Record) -> set[int]:
    """Return the nodes that a run was made for: those in its result, and the operands of what raised."""
    return {*record.graph.outputs.values(), *(record.error.args if record.error is not None else ())}


def ancestors(graph: Graph, ids: Iterable[int], *, control: bool = False) -> bytearray:
    """Return a byte for each number: 1 for the given ones and all that they were made from.

    Args:
        control: mark also the numbers of `graph.controls`, and what they were made from.
    """
    marks = bytearray(len(graph))
    for i in ids:
        marks[i] = 1
    graph.reach(marks, control=control)
    return marks


def descendants(graph: Graph, ids: Iterable[int], stop: int) -> bytearray:
    """Return a byte for each number before `stop`: 1 for the given ones and all that were made of them."""
    marks = bytearray(stop)
    for i in ids:
        if i < stop:
            marks[i] = 1
    for i in range(marks.find(1) + 1, stop):
        if not marks[i]:
            for arg in graph.args[i]:
                if marks[arg]:
                    marks[i] = 1
                    break
    return marks


def innermost(calls: Iterable[Call], n: int) -> array[int]:
    """Return for each number the index of the innermost call it was made in."""
    group = array("i", bytes(4 * n))
    for index, call in sorted(enumerate(calls), key=lambda item: item[1].depth):
        stop = min(call.stop, n)
        group[call.start : stop] = array("i", [index]) * (stop - call.start)
    return group
