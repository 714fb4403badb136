"""Folding is exact: nothing lost, nothing twice, and the same however long a loop runs."""

from __future__ import annotations

from collections import Counter

import pytest
from fold_programs import bodies, looped, program, steps, traced
from hypothesis import given, settings
from hypothesis import strategies as st

from tracer.analyses.fold import LEVELS, Folded, fold
from tracer.record import Record

ALL = (*LEVELS, "auto")


def shape(folded: Folded) -> tuple[set[object], set[object]]:
    """A folded run without its counts."""
    parts = folded.parts

    def name(index: int) -> tuple[object, ...]:
        box = folded.boxes[index]
        chain = folded.facts.parts.chain(box.part)[1:]  # without the outermost call: it names the count
        main = folded.facts.table[box.main] if box.main >= 0 else None
        span = main.site.span if main else None
        place = (main.op, span.line, span.column, span.end_column) if main and span else ()
        return box.kind, place, tuple(parts[p].text for p in chain)

    boxes = {name(index) for index in range(len(folded.boxes))}
    return boxes, {(name(e.tail), name(e.head), e.order, e.carried) for e in folded.edges}


def assert_whole(record: Record, folded: Folded) -> None:
    """Unfolding gives the graph back: every number and every arrow, each once."""
    graph = record.graph
    assert sum(box.nodes for box in folded.boxes) == len(graph)
    found = [i for box in folded.boxes for i in folded.ids(box)]
    assert sorted(found) == list(range(len(graph)))
    for index, box in enumerate(folded.boxes):
        assert len(folded.ids(box)) == box.nodes
        assert all(folded.box_of(i) == index for i in folded.ids(box))
    wanted = Counter((folded.box_of(j), folded.box_of(node.id)) for node in graph for j in node.args)
    had = Counter[tuple[int, int]]()
    for edge in folded.edges:
        had[edge.tail, edge.head] += edge.times
    assert had == wanted


@settings(max_examples=30)
@given(bodies)
def test_unfolding_gives_the_graph_back(body: list[str]) -> None:
    record = traced(program(body))
    for level in ALL:
        assert_whole(record, fold(record, level, 12))


@settings(max_examples=30)
@given(bodies)
def test_each_level_only_joins_boxes_of_the_level_before(body: list[str]) -> None:
    record = traced(program(body))
    fine = fold(record, "none")
    for level in LEVELS[1:]:
        coarse = fold(record, level)
        for box in fine.boxes:
            assert len({coarse.box_of(i) for i in fine.ids(box)}) == 1
        fine = coarse


@settings(max_examples=30)
@given(bodies, st.integers(5, 80))
def test_auto_keeps_to_the_limit_and_is_the_same_each_time(body: list[str], limit: int) -> None:
    record = traced(program(body))
    folded = fold(record, "auto", limit)
    coarsest = fold(record, "auto", 0)
    assert folded.size <= max(limit, coarsest.size)
    assert shape(folded) == shape(fold(record, "auto", limit))
    assert folded.boxes == fold(record, "auto", limit).boxes


def test_a_name_that_is_drawn_at_each_of_its_users_is_counted_there() -> None:
    record = traced(program(["for i in range(2):", "    a = a + a", "    a = mixed(a, c)"]))
    assert fold(record, "auto", 25).size <= 25


@settings(max_examples=25)
@given(st.lists(steps, min_size=1, max_size=5))
def test_one_turn_more_gives_the_same_boxes(body: list[str]) -> None:
    text = looped(body)
    for level in LEVELS[1:]:
        few, more = (fold(traced(text, 1.5, -0.5, n), level) for n in (5, 6))
        assert shape(few) == shape(more)


@settings(max_examples=15)
@given(st.lists(steps, min_size=1, max_size=9), st.sampled_from([20, 40, 150]))
def test_one_turn_more_of_a_long_loop_gives_the_same_mixture(body: list[str], limit: int) -> None:
    text = looped(body)
    few, more = (fold(traced(text, 1.5, -0.5, n), "auto", limit) for n in (60, 61))
    assert shape(few) == shape(more)


@settings(max_examples=30)
@given(bodies)
def test_without_the_edges_that_lead_back_there_is_no_circle(body: list[str]) -> None:
    folded = fold(traced(program(body)), "operation")
    left = {(e.tail, e.head) for e in folded.edges if not e.carried}
    boxes = set(range(len(folded.boxes)))
    while boxes:
        free = boxes - {head for _, head in left}
        assert free, "a circle"
        boxes -= free
        left = {(a, b) for a, b in left if a in boxes}


def test_only_what_goes_from_turn_to_turn_leads_back() -> None:
    record = traced(program(["for i in range(4):", "    b = a * 0.5", "    a = b + 1"]))
    folded = fold(record, "operation")
    back = {(folded.boxes[e.tail].text, folded.boxes[e.head].text) for e in folded.edges if e.carried}
    assert back == {("b + 1", "a * 0.5")}
    assert [e.times for e in folded.edges if e.carried] == [3]


def test_a_branch_that_is_taken_late_leads_forward() -> None:
    body = ["for i in range(4):", "    if n > 3:", "        b = a * 0.5", "    a = b + 1", "    n += 1"]
    folded = fold(traced(program(body)), "operation")
    edges = {(folded.boxes[e.tail].text, folded.boxes[e.head].text): e.carried for e in folded.edges}
    assert edges["a * 0.5", "b + 1"] is False
    assert edges["b + 1", "a * 0.5"] is True


def test_a_recursion_is_one_call_path_however_deep() -> None:
    folded = fold(traced(program(["a = down(9, b)"])), "operation")
    part = next(part for part in folded.parts if part.text == "down(9, b)")
    assert (part.runs, part.iterations, part.levels) == (1, 10, 10)
    assert part.calls == ("down(n - 1, x * 0.5 + n)",)
    adds = [box for box in folded.boxes if box.text.startswith("down(n - 1")]
    assert [box.times for box in adds] == [9]
    index = folded.boxes.index(adds[0])
    assert any(e.tail == e.head == index and e.carried for e in folded.edges)


def test_two_calls_of_one_text_are_two_paths() -> None:
    folded = fold(traced(program(["a = mixed(a, b)", "a = mixed(a, b)"])), "call")
    assert [box.text for box in folded.boxes if box.kind == "call"].count("mixed(a, b)") == 2


@pytest.mark.parametrize("level", ALL)
def test_a_run_without_numbers_folds_to_nothing(level: str) -> None:
    record = traced("def f(a, b):\n    return 'words'\n", 0, 0)
    assert all(box.unused for box in fold(record, level).boxes)


def test_parts_of_the_run_can_be_kept_apart_or_left_out() -> None:
    record = traced(program(["for i in range(9):", "    a = a + b"]))
    apart = bytearray(len(record.graph))
    apart[-1], apart[0] = 1, 2
    folded = fold(record, "operation", modes=apart)
    assert folded.box_of(0) == -1
    assert folded.boxes[folded.box_of(len(apart) - 1)].kind == "number"
    assert sum(box.nodes for box in folded.boxes) == len(apart) - 1
