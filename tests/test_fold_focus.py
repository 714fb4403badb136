"""What a reader looks at closely is drawn in full, and what is not there is refused with what is."""

from __future__ import annotations

import re

import pytest
from fold_programs import dot, program, traced

from tracer.analyses.fold import MissingError, around, focused, fold
from tracer.analyses.subject import Subject
from tracer.errors import ViewError
from tracer.record import Record
from tracer.views import ViewOptions, render
from tracer.views.picture.choose import picture

LOAN = """\
def f(balance, rate, n=24):
    paid = 0.0
    for month in range(n):
        interest = balance * rate
        balance = balance + interest - 9.0
        paid = paid + interest
    return paid * 1.0
"""


def loan() -> Record:
    return traced(LOAN, 100.0, 0.01)


def single(record: Record, apart: bytearray) -> list[str]:
    return [record.graph[i].text for i, how in enumerate(apart) if how == 1]


def test_a_line_a_name_and_a_call_can_be_in_focus() -> None:
    record = loan()
    assert single(record, focused(record, "4", None)) == ["balance * rate"] * 24
    assert single(record, focused(record, "interest", None)) == ["balance * rate"] * 24
    assert single(record, focused(record, "balance", None))[0] == "balance"
    record = traced(program(["a = mixed(a, b)", "b = b + a"]))
    inside = single(record, focused(record, "mixed", None))
    assert "half - y" in inside
    assert "b + a" not in inside
    assert inside == single(record, focused(record, "mixed(a, b)", None))


def test_one_iteration_can_be_in_focus() -> None:
    record = loan()
    third = single(record, focused(record, None, 2))
    assert third == ["balance * rate", "balance + interest", "balance + interest - 9.0", "paid + interest"]
    assert single(record, focused(record, "3", 2)) == third
    last = single(record, focused(record, None, 23))
    assert last == third, "what follows the loop is no part of its last turn"


def test_a_name_in_a_loop_leads_to_the_innermost_loop_around_it() -> None:
    lines = ["for i in range(3):", "    c = c + a", "    for k in range(4):", "        b = b * 0.5"]
    record = traced(program(lines))
    assert single(record, focused(record, "b * 0.5", 2)) == ["b * 0.5"]
    assert single(record, focused(record, "c + a", 2)) == ["c + a", *["b * 0.5"] * 4]
    record = traced(program(["for i in range(3):", "    for k in range(4):", "        b = b * 0.5"]))
    assert single(record, focused(record, "b * 0.5", 3)) == ["b * 0.5"]


def test_before_and_after_keep_what_belongs_to_a_name() -> None:
    record = traced("def f(a, b):\n    c = a * 2\n    d = c + 1\n    e = b - 1\n    return d * e\n")
    graph = record.graph

    def kept(before: str | None, after: str | None, depth: int | None = None) -> set[str]:
        apart = around(record, before, after, depth)
        return {graph[i].text for i, how in enumerate(apart) if how == 0 and graph[i].op != "literal"}

    assert kept("d", None) == {"a", "a * 2", "c + 1"}
    assert kept("d", None, 1) == {"a * 2", "c + 1"}
    assert kept(None, "b") == {"b", "b - 1", "c + 1", "d * e"}
    assert kept(None, "b", 1) == {"b", "b - 1"}


@pytest.mark.parametrize(
    ("focus", "iteration", "message", "offer"),
    [
        ("99", None, "nothing was computed on line 99", "line 1, 2, 4, 5, 6, 7"),
        ("nobody", None, "no call and no number called 'nobody'", "interest"),
        (None, 24, "has no iteration 24", "iteration 0 to 23"),
        ("rate", -1, "no iteration -1|no loop", ""),
    ],
)
def test_what_is_not_there_is_refused_with_what_is(
    focus: str | None, iteration: int | None, message: str, offer: str
) -> None:
    with pytest.raises(MissingError, match=message) as caught:
        focused(loan(), focus, iteration)
    assert offer in caught.value.offers
    with pytest.raises(ViewError, match=message):
        render(loan(), ".dot", ViewOptions(focus=focus, iteration=iteration))


def test_a_name_that_nothing_has_is_refused() -> None:
    with pytest.raises(ViewError, match="no number of this run is called 'q'") as caught:
        render(loan(), ".dot", ViewOptions(before="q"))
    assert "interest" in str(caught.value)


def test_a_focus_the_result_does_not_depend_on_is_refused_where_only_that_is_drawn() -> None:
    record = traced("def f(a, b):\n    for i in range(9):\n        c = b + i\n    return a * 2\n")
    with pytest.raises(ViewError, match="does not depend on what is in focus"):
        render(record, ".dot", ViewOptions(focus="c", live_only=True))


def test_the_focus_is_drawn_number_by_number_and_the_rest_folded() -> None:
    text = dot(loan(), ViewOptions(focus="interest"))
    assert len(re.findall(r"^ *n\d+ \[.*interest", text, re.MULTILINE)) == 24
    assert "interest in full" in text
    said = dot(loan(), ViewOptions(iteration=3))
    assert "iteration 3 in full" in said
    assert ">iteration 3<" in said


def test_a_small_number_stands_in_the_frame_of_its_user() -> None:
    record = traced("def f(a):\n    for i in range(9):\n        a = a * 12.0 - 0.5\n    return a\n", 1.0)
    options = ViewOptions(iteration=3)
    scene = picture(Subject.of(record, options), options)
    boxes = {box.key: box for box in scene.boxes}
    drawn = [(boxes[a.tail], boxes[a.head]) for a in scene.arrows if boxes[a.tail].pill]
    assert len(drawn) == 4, "12.0 and 0.5, of turn 3 and of the rest"
    assert all(pill.frame == user.frame for pill, user in drawn)


def test_a_focus_too_large_to_draw_is_folded_by_operation_and_no_further() -> None:
    record = loan()
    folded = fold(record, "auto", 20, focused(record, "f", None))
    assert [box.times for box in folded.boxes if box.text == "balance * rate"] == [24]


def test_every_number_that_is_kept_is_in_a_box() -> None:
    record = loan()
    for apart in (focused(record, "interest", None), around(record, "paid", None, 3)):
        folded = fold(record, "auto", 30, apart)
        assert sum(box.nodes for box in folded.boxes) == sum(how != 2 for how in apart)


def test_a_depth_without_a_name_is_refused() -> None:
    with pytest.raises(ViewError, match="a depth of 2 needs a name"):
        ViewOptions(depth=2)


def test_the_text_zooms_as_well() -> None:
    text = str(render(loan(), ".txt", ViewOptions(iteration=3)))
    assert "iteration 3 in full" in text
    assert re.search(r"interest = balance \* rate +1.0 → .*", text)
    alone = str(render(loan(), ".txt", ViewOptions(before="interest", depth=1)))
    assert "paid + interest  " not in alone
    every = str(render(loan(), ".txt", ViewOptions(focus="interest")))
    assert "interest in full" in every
    assert "… 16 more …" in every
    assert "interest by its operations" in str(
        render(loan(), ".txt", ViewOptions(focus="interest", max_boxes=9))
    )
    with pytest.raises(ViewError, match="no call and no number called 'nobody'"):
        render(loan(), ".txt", ViewOptions(focus="nobody"))


def test_a_loop_in_focus_is_all_its_runs_and_what_they_call() -> None:
    body = [
        "for i in range(2):",
        "    c = c + 1",
        "    for k in range(3):",
        "        a = mixed(a, b)",
        "c = c * 2",
    ]
    record = traced(program(body))
    line = next(loop.span.line for loop in record.loops if "range(3)" in loop.text)
    inside = single(record, focused(record, str(line), None))
    assert inside.count("half - y") == 6
    assert not {"c + 1", "c * 2"} & {*inside}
