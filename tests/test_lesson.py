"""The number that remembers, by itself: the lesson this project grew from."""

from __future__ import annotations

import gc
import threading

import pytest

from tracer import Tape, TraceError, Value


def lesson() -> tuple[Value, Value, Value, Value, Value]:
    a, b, c = Value(2.0), Value(-3.0), Value(10.0)
    d = a * b
    return a, b, c, d, d + c


def test_a_value_shows_its_data() -> None:
    assert repr(lesson()[4]) == "Value(data=4.0)"


def test_a_value_knows_its_children_in_order_and_the_operation() -> None:
    a, b, _, d, e = lesson()
    assert [v.data for v in d._prev] == [a.data, b.data]
    assert (d._op, e._op, a._op) == ("*", "+", "")
    assert len((a * a)._prev) == 2


def test_backward_finds_how_much_each_number_matters() -> None:
    a, b, c, d, e = lesson()
    e.backward()
    assert [v.grad for v in (a, b, c, d, e)] == [-3.0, 2.0, 1.0, 1.0, 1.0]


def test_asking_twice_changes_nothing() -> None:
    a, _, _, _, e = lesson()
    e.backward()
    e.backward()
    assert a.grad == -3.0


def test_a_number_used_twice_gathers_both_ways() -> None:
    a = Value(3.0)
    (a * a + a).backward()
    assert a.grad == 7.0


def test_plain_numbers_meet_values_on_either_side() -> None:
    a = Value(4.0)
    assert [(1 - a).data, (a - 1).data, (2 / a).data, (2**a).data, (-a).data] == [-3.0, 3.0, 0.5, 16.0, -4.0]


def test_depth_is_no_limit() -> None:
    start = total = Value(0.0)
    for _ in range(100_000):
        total = total + 1.0
    total.backward()
    assert (total.data, start.grad) == (100_000.0, 1.0)


def test_a_label_is_the_readers_own() -> None:
    a = Value(1.0, label="height")
    a.label += " in m"
    assert a.label == "height in m"


def test_only_its_values_keep_a_tape_alive() -> None:
    a = Value(1.0)
    first = a + 1
    del a, first
    gc.collect()
    b = Value(2.0)
    assert b._prev == ()
    assert len(b._tape) == 1


def test_a_fresh_tape_is_one_with_statement_away() -> None:
    outside = Value(1.0)
    with Tape() as tape:
        inside = Value(2.0)
    assert inside._tape is tape
    with pytest.raises(TraceError, match="two tapes"):
        inside + outside


def test_values_are_written_on_a_tape_of_a_class_of_ones_own() -> None:
    class Named(Tape):
        pass

    with Named() as tape:
        assert Value(1.0)._tape is tape


def test_threads_never_share_a_tape() -> None:
    tapes = []

    def work() -> None:
        value = Value(1.0)
        tapes.append(value._tape)

    keep = Value(0.0)
    threads = [threading.Thread(target=work) for _ in range(2)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert len({id(tape) for tape in [*tapes, keep._tape]}) == 3


def test_what_is_not_a_number_is_refused() -> None:
    with pytest.raises(TypeError, match="a Value holds a number, not str"):
        Value("2.0")
