"""The walks in C say what the readable ones say, of every program and whatever is kept apart."""

from __future__ import annotations

import copy
from collections import Counter

import pytest
from fold_programs import bodies, program, traced
from hypothesis import given, settings
from hypothesis import strategies as st
from tapes import tracer_with

from tracer import tape
from tracer.analyses.fold.facts import kinds
from tracer.analyses.gradient import gradient
from tracer.columns import SINGLE, Columns, Walk
from tracer.record import Record

pytestmark = pytest.mark.skipif(tape.KIND != "C", reason="the tape in C is not built here")

MANY = """\
def f(a, b):
    xs = [a * k for k in range(12)]
    total = sum(xs, b) + max(a, b, 3.0, total_of(xs[:3]))
    for x in xs:
        for y in xs:
            if x < y:
                continue
            total += int(x) * y
    return total

def total_of(xs):
    return sum(xs)
"""


def said(run: Walk) -> tuple[object, ...]:
    """Everything that a walk found."""
    atoms = run.atoms
    return (
        *([*atoms.of], atoms.paths, atoms.firsts, atoms.lasts, atoms.counts, atoms.edges),
        *(atoms.taken, atoms.refused, atoms.left),
        *(run.paths.table, sorted(map(repr, run.loops))),
    )


def assert_same(record: Record, apart: bytearray | None = None) -> None:
    """Fold in C and in Python."""
    table = kinds(record.graph)
    columns = record.graph.columns
    lists = copy.copy(columns)
    assert type(lists) is Columns
    assert type(columns) is not Columns
    slow = lists.fold(table, apart, record)
    quick = columns.fold(table, apart, record)
    assert said(quick) == said(slow)
    assert [*quick.atoms.edges] == [*slow.atoms.edges]
    assert record.graph.tally() == Counter(node.op for node in record.graph)
    assert lists.tally() == columns.tally()
    assert lists.controls() == columns.controls()
    assert lists.has_complex() == columns.has_complex()
    assert lists.leak_kinds(record) == columns.leak_kinds(record)
    marks = bytearray(i % 3 == 0 for i in range(len(record.graph)))
    slow_atoms = tracer_with("reference")["columns.atoms"]
    count = len(slow.atoms)
    assert quick.atoms.count_marked(marks) == slow_atoms.count_marked(slow.atoms.of, count, marks)
    for control in (False, True):
        reached = marks[:], marks[:]
        lists.reach(reached[0], control=control)
        columns.reach(reached[1], control=control)
        assert reached[0] == reached[1]
    slopes = gradient(record.graph)
    for steep in (None, slopes, [*slopes]):
        assert repr(columns.summary(quick.atoms, marks, steep)) == repr(
            lists.summary(slow.atoms, marks, steep)
        )
    picked = [k % 2 for k in range(count)]
    assert quick.atoms.translate(picked) == slow_atoms.translate(slow.atoms.of, bytes([*picked, 0]))


@settings(max_examples=40)
@given(bodies, st.data())
def test_both_walks_find_the_same(body: list[str], data: st.DataObject) -> None:
    record = traced(program(body))
    assert_same(record)
    how = st.integers(0, 3)
    size = len(record.graph)
    assert_same(record, bytearray(data.draw(st.lists(how, min_size=size, max_size=size))))


def test_many_operands_decisions_and_leaks_are_the_same() -> None:
    assert_same(traced(MANY))


def test_more_atoms_than_two_bytes_hold_are_the_same() -> None:
    record = traced("def f(a, b):\n    for i in range(20000):\n        a = a * 0.5 + b\n    return a\n")
    assert_same(record, bytearray([SINGLE]) * len(record.graph))


def test_numbers_of_every_kind_are_told_the_same() -> None:
    mixed = "1, 2.5, True, 2**70, -2**70, 0.0, -0.0, 1j, 10**400, Fraction(1, 3)"
    mixed += ", float('inf'), -float('inf'), float('nan')"
    text = "from fractions import Fraction\ndef f(a, b):\n    out = []\n"
    for rows in (
        mixed,
        "1j, 2j",
        "float('nan'), float('nan')",
        "True, False",
        "3, 3.0",
        "2**53, 2.0**53, 2**53 + 1",
    ):
        text += f"    for k in ({rows}, {rows}):\n        out.append(k + a)\n"
    assert_same(traced(text + "    return out[0] * a + out[1] * b\n", 0, 1.0))
    assert_same(traced(text + "    return out[0] * a + out[1] * b\n", True, 1))
