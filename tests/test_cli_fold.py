"""The options for long runs, and what they refuse."""

import json
from pathlib import Path

import pytest

LOAN = Path(__file__).parent / "bench" / "programs" / "loan.py"


def test_a_long_run_is_folded_by_itself(tracer, here):
    tracer("trace", LOAN, "total_paid", "-o", "loan.svg")
    assert "folded by their source" in (here / "loan.svg").read_text()


@pytest.mark.parametrize("level", ["operation", "line", "loop", "call"])
def test_a_level_can_be_chosen(tracer, here, level):
    tracer(
        "trace", LOAN, "total_paid", "--fold", level, "-o", "loan.fold.json", "-o", "loan.mmd", "-o", "l.txt"
    )
    assert json.loads((here / "loan.fold.json").read_text())["fold"] == level
    assert "flowchart" in (here / "loan.mmd").read_text()
    assert "360 iterations" in (here / "l.txt").read_text()


def test_a_saved_trace_is_folded_as_well(tracer, here):
    tracer("trace", LOAN, "total_paid", "-o", "loan.json")
    tracer("show", "loan.json", "--iteration", "3", "-o", "loan.dot")
    assert "iteration 3 in full" in (here / "loan.dot").read_text()


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--focus", "99"], "nothing was computed on line 99"),
        (["--focus", "nobody"], "interest"),
        (["--iteration", "360"], "0 to 359"),
        (["--before", "nobody"], "no number of this run is called 'nobody'"),
    ],
)
def test_what_is_not_there_is_refused_with_what_is(tracer, options, says):
    assert says in tracer("trace", LOAN, "total_paid", *options, code=5).output


@pytest.mark.parametrize("command", [("trace", LOAN, "total_paid"), ("show", "loan.json")])
def test_steps_from_nowhere_are_a_wrong_command_line(tracer, command):
    said = " ".join(tracer(*command, "--depth", "2", code=2).output.split())
    assert "needs a name to go from" in said
    assert "before or after" in said


def test_a_text_counts_iterations_as_the_option_does(tracer, here):
    tracer("trace", LOAN, "total_paid", "years=1", "--fold", "none", "-o", "all.txt")
    (third,) = [line for line in (here / "all.txt").read_text().splitlines() if " [3] " in line]
    tracer("trace", LOAN, "total_paid", "years=1", "--iteration", "3", "-o", "one.dot")
    made = third.split("= ")[-1].split()[0]
    assert f"<B>{made}</B>" in (here / "one.dot").read_text()


def test_a_focus_a_name_and_steps_can_be_drawn(tracer, here):
    tracer("trace", LOAN, "total_paid", "--focus", "payment", "-o", "a.dot")
    tracer(
        "trace", LOAN, "total_paid", "--before", "payment", "--depth", "1", "--max-boxes", "9", "-o", "b.dot"
    )
    tracer("trace", LOAN, "total_paid", "--after", "rate", "--fold", "line", "-o", "c.dot")
    for name in "abc":
        assert (here / f"{name}.dot").read_text().startswith("digraph")
