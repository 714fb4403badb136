"""What must hold of the picture of a folded run."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest
from fold_programs import bodies, dot, program, traced
from hypothesis import given, settings

from tracer.analyses.fold import LEVELS, fold
from tracer.columns import course
from tracer.record import Record
from tracer.views import ViewOptions, render
from tracer.views.picture.summary_text import value_text

TIMES = "\N{MULTIPLICATION SIGN}"
SVG = "{http://www.w3.org/2000/svg}"
LOAN = """\
def f(balance, rate, n=24):
    paid = 0.0
    for month in range(n):
        interest = balance * rate
        balance = balance + interest - 9.0
        paid = paid + interest
    return paid
"""
SORT = """\
def f(a, b, n=9):
    if n < 1.5:
        return a
    return f(a + 1, b, n - 1) * 0.5 + f(a, b, n - 2)
"""


def texts(record: Record, look: ViewOptions | None = None) -> list[str]:
    root = ET.fromstring(str(render(record, ".svg", look)))
    return ["".join(text.itertext()).strip() for text in root.iter(f"{SVG}text")]


def test_a_folded_loop_says_how_often_and_from_where_to_where() -> None:
    said = texts(traced(LOAN, 100.0, 0.01))
    assert f"for month in range(n) {TIMES} 24" in said
    assert said.count(f"{TIMES}24") == 4
    assert any(text.startswith("1.0 → ") for text in said)  # interest
    assert any("folded by their source into" in text for text in said)
    assert "- - to the next iteration or call" in said


def test_a_way_to_the_next_turn_is_drawn_back_and_dashed() -> None:
    text = dot(traced(LOAN, 100.0, 0.01), ViewOptions())
    back = re.findall(r'^  \S+ -> \S+ \[style="dashed", dir="back"', text, re.MULTILINE)
    assert len(back) == 2  # the balance, to the interest and to the next balance
    assert len(re.findall(r'^  (b\d+) -> \1 \[style="dashed", tooltip', text, re.MULTILINE)) == 1


def test_a_loop_is_a_dashed_frame_and_a_call_is_not() -> None:
    text = dot(traced(program(["for i in range(30):", "    a = mixed(a, b)"])), ViewOptions())
    frames = re.findall(r"subgraph cluster_\d+ \{\n +graph \[style=\"([\w,]+)\".*label=<(.*)>\]", text)
    said = {re.sub("<[^>]*>", "", caption): style for style, caption in frames}
    assert said[f"for i in range(30) {TIMES} 30"] == "filled,rounded,dashed"
    assert said[f"mixed(a, b) {TIMES} 30"] == "filled,rounded"
    assert said[f"for k in range(2) {TIMES} 60 in 30 runs"] == "filled,rounded,dashed"


def test_a_recursion_is_one_frame_that_says_how_deep() -> None:
    said = texts(traced(SORT, 1.0, 2.0, 9))
    assert any(text.startswith("f(") for text in said)
    folded = fold(traced(SORT, 1.0, 2.0, 9))
    assert folded.size < 20
    assert folded.parts[0].levels == 9


@pytest.mark.parametrize("level", LEVELS)
def test_every_level_can_be_drawn_and_says_what_it_is(level: str) -> None:
    look = ViewOptions(fold=level)  # type: ignore[arg-type]  # a name from the table of levels
    said = texts(traced(LOAN, 100.0, 0.01), look)
    wanted = {"line": "statement", "loop": "loop", "call": "call", "operation": "fold none", "none": "["}
    assert any(wanted[level] in text for text in said)


def test_a_whole_loop_says_what_came_of_it() -> None:
    said = texts(traced(LOAN, 100.0, 0.01), ViewOptions(fold="loop"))
    assert "for month in range(n)" in said
    assert any(text.startswith("paid = ") for text in said)


def test_a_small_run_is_drawn_number_by_number() -> None:
    record = traced(LOAN, 100.0, 0.01, 2)
    assert dot(record, ViewOptions()) == dot(record, ViewOptions(fold="none"))


def test_a_limit_that_no_level_meets_gives_the_coarsest() -> None:
    folded = fold(traced(LOAN, 100.0, 0.01), "auto", 1)
    assert [box.kind for box in folded.boxes if not box.small].count("call") == 1


def test_a_run_that_failed_is_folded_with_its_failure() -> None:
    text = "def f(a, b):\n    for i in range(50):\n        a = b / (49 - i) + a\n    return a\n"
    said = texts(traced(text))
    assert any(text.startswith("ZeroDivisionError") for text in said)
    assert any(f"{TIMES} 50" in text for text in said)


@settings(max_examples=15)
@given(bodies)
def test_the_engine_takes_the_folded_picture_of_every_program(body: list[str]) -> None:
    record = traced(program(body))
    for level in ("auto", "operation", "line", "call"):
        look = ViewOptions(fold=level, max_boxes=15)  # type: ignore[arg-type]  # names of levels
        assert ET.fromstring(str(render(record, ".svg", look))).tag == f"{SVG}svg"


@pytest.mark.parametrize(
    ("numbers", "value", "bounds"),
    [
        ([1.0, 2.0, 3.0], "1.0 → 3.0", ""),
        ([1, 9, 0, 1], "1 → 1", "0 … 9"),
        ([5, 5, 5], "5", ""),
        ([True, False, True], "2 True, 1 False", ""),
        ([True, True], "True", ""),
        ([1j, 2j], "0.0+1.0j → 0.0+2.0j", ""),
        ([float("nan"), 2.0, 3.0], "nan → 3.0", "2.0 … 3.0"),
        ([1.0, float("inf")], "1.0 → inf", ""),
    ],
)
def test_many_numbers_are_told_in_few_words(numbers: list[object], value: str, bounds: str) -> None:
    told = value_text(course(numbers), 6)
    assert (told.value, told.range) == (value, bounds)
    assert all(0.0 <= height <= 1.0 for height in told.course)


def test_numbers_beyond_a_float_have_a_course_as_well() -> None:
    assert value_text(course([0, 10**400, 10**401]), 6).course == (0.0, 0.1, 1.0)
    assert value_text(course([-1e308, 0.0, 1e308]), 6).course[0] == 0.0


def test_a_call_that_happened_once_is_one_frame_with_its_literals_in_it() -> None:
    source = """\
def helper(x):
    return x / 12.0 + 1.5

def f(a, b, n=60):
    step = helper(b)
    for i in range(n):
        a = a * 0.5 + step
    return a
"""
    drawn = texts(traced(source, 1.0, 2.0))
    assert drawn.count("helper(b)") == 1
