"""Where nan is born, what is dead weight, where a derivative ends."""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from tracer import Trace, last, trace


def born(t: Trace) -> list[tuple[str, str, str]]:
    return [(c.what, c.where, c.why) for c in t.nan_origins()]


def test_nan_is_born_once_and_told_with_its_numbers() -> None:
    def f(x: float) -> float:
        big = x * 1e308
        huge = big * 10.0
        gone = huge - huge
        return gone * 2.0 + 1.0

    t = trace(f, 2.0)
    assert math.isnan(t.result)
    assert born(t)[:2] == [("inf", "value", "2.0 * 1e+308"), ("nan", "value", "inf - inf")]
    nan = t.nan_origins()[1]
    assert nan.text == "huge - huge"
    assert nan.span is not None
    assert str(nan) == f"NaN born at line {nan.span.line}: inf - inf"


def test_what_came_in_spoiled_is_the_culprit_itself() -> None:
    t = trace(lambda x, y: x * y, math.nan, 2.0)
    assert born(t) == [("nan", "value", "x")]


def test_a_number_that_does_not_reach_the_result_is_no_culprit() -> None:
    def f(x: float) -> float:
        unused = x * math.inf
        return x + 1.0 if unused else x

    assert born(trace(f, 2.0)) == []


def test_a_number_too_small_for_a_float_spoils_a_result_of_0() -> None:
    def f(x: float) -> float:
        tiny = math.exp(-x)
        return tiny * 5.0

    assert ("zero", "value", "exp(-1000.0)") in born(trace(f, 1000.0))
    assert born(trace(lambda x: math.exp(-x) + 1.0, 1000.0)) == []
    assert born(trace(lambda x: x * 0.0, 3.0)) == []


def test_a_slope_that_is_not_finite_is_told_where_it_is_met() -> None:
    (nan_origin,) = trace(lambda x: math.sqrt(x) * 2.0, 0.0).nan_origins()
    assert (nan_origin.what, nan_origin.where, nan_origin.why) == ("inf", "gradient", "slope of sqrt(0.0)")
    assert " in the gradient: slope of sqrt(0.0)" in str(nan_origin)


def test_a_finite_run_has_no_culprits() -> None:
    assert born(trace(lambda x: (x - 5.0) ** 2 + abs(x) ** 0.5, 3.0)) == []


def test_many_operands_are_told_by_those_that_matter() -> None:
    t = trace(lambda xs: sum(xs), [1.0, math.inf, 2.0, 3.0, -math.inf, 4.0])
    assert born(t)[-1] == ("nan", "value", "sum(inf, -inf, ...)")


def test_a_run_that_raised_has_culprits_too() -> None:
    def f(x: float) -> float:
        y = math.inf * x - math.inf
        return 1.0 / (x - x) + y

    with pytest.raises(ZeroDivisionError):
        trace(f, 2.0)
    t = last()
    assert t is not None
    assert "nan" in {c.what for c in t.nan_origins()}


def test_dead_weight_is_told_by_kind() -> None:
    def f(used: float, never: float, switch: float, hidden: float, other: float) -> float:  # noqa: ARG001  # dead
        for_nothing = other * 3.0
        if switch > 1.0:
            return max(used, hidden)
        return for_nothing

    t = trace(f, 5.0, 1.0, 2.0, 3.0, 4.0)
    found = t.dead()
    assert found.inputs == ("never", "other")
    assert found.steering == ("switch",)
    assert found.flat == ("hidden",)
    assert [t.graph[i].text for i in found.operations] == ["other * 3.0"]


def test_a_run_without_a_result_has_only_dead_weight_that_no_decision_saw() -> None:
    assert trace(lambda x: None, 1.0).dead().inputs == ("x",)


def told(t: Trace) -> list[tuple[str, str]]:
    return [(o.why, o.text) for o in t.obstacles()]


def test_where_a_derivative_ends_is_told_with_its_place() -> None:
    def f(x: float, n: int) -> float:
        return float.fromhex(x.hex()) + math.floor(x) + math.comb(n, 2) * (x > 1.0) + x

    t = trace(f, 2.5, 4)
    ends = [("step", "math.floor(x)"), ("lost", "float.fromhex(x.hex())"), ("unknown", "math.comb(n, 2)")]
    assert told(t) == [*ends, ("step", "x > 1.0")]
    assert "math.floor(x) moves in steps" in str(t.obstacles()[0])
    assert t.gradient()[t.inputs["n"]] is None


def test_an_exponent_without_derivative_is_an_obstacle_if_an_input_is_in_it() -> None:
    assert told(trace(lambda x, n: x**n, -3.0, 2)) == [("unknown", "x**n")]
    assert told(trace(lambda x: x**2, -3.0)) == []
    assert told(trace(lambda x, n: x**n, 3.0, 2)) == []
    assert told(trace(lambda z, y: abs(z * y), 1 + 2j, 2.0)) == []


def test_a_smooth_run_has_no_obstacles() -> None:
    assert told(trace(lambda x: math.sin(x) ** 2, 1.0)) == []


def test_a_number_that_left_and_came_back_has_no_known_derivative() -> None:
    class Box:
        def __init__(self, value: Any) -> None:
            self.bits = float(value).hex()

        def open(self) -> float:
            return float.fromhex(self.bits)

    def f(x: float, y: float) -> float:
        kept = memoryview(bytearray(8)).cast("d")
        kept[0] = x
        back = kept[0]
        return back * y

    t = trace(f, 3.0, 2.0)
    assert t.result == 6.0
    assert t.leaks
    assert t.gradient()[t.inputs["x"]] is None
    assert t.gradient()[t.inputs["y"]] == 3.0
    assert ("lost", "back") in told(t)
    assert Box(1.0).open() == 1.0


def test_what_a_lost_number_may_have_become_has_no_derivative_anywhere() -> None:
    def f(x: float, y: float) -> list[float]:
        kept = memoryview(bytearray(8)).cast("d")
        kept[0] = x
        back = kept[0]
        if back * y > 1.0:
            y = y + 1.0
        return [back * y, y * x]

    t = trace(f, 3.0, 2.0)
    assert t.branches[0].flip == {"x": None, "y": pytest.approx(-5 / 3)}
    assert t.gradient(1)[t.inputs["x"]] == 3.0  # what came back is not on this way
    boxes = json.loads(t.render(".fold.json"))["boxes"]
    told = {box["name"]: box.get("derivative") for box in boxes if box.get("op") == "input"}
    assert told == {"x": None, "y": [3.0, 3.0]}


@pytest.mark.parametrize(
    "there_and_back",
    [
        lambda x: float(Decimal(str(x))),
        lambda x: float(Fraction(repr(x))),
        lambda x: struct.unpack("d", struct.pack("d", x))[0],
        lambda x: json.loads(json.dumps([x]))[0],
        lambda x: float.fromhex(x.hex()),
    ],
)
def test_a_number_that_comes_back_from_a_text_as_it_was_has_no_known_derivative(
    there_and_back: Callable[[float], float],
) -> None:
    t = trace(lambda x, y: there_and_back(x) * y + x, 0.3, 2.0)
    slopes = t.gradient()
    assert (slopes[t.inputs["x"]], slopes[t.inputs["y"]]) == (None, 0.3)
    assert "lost" in {o.why for o in t.obstacles()}


def test_a_number_that_is_printed_keeps_its_derivative() -> None:
    def f(x: float) -> float:
        said = f"{x:.2f} {x}"
        for weight in (0.25, 0.5):
            x = x * weight
        return x + len(said)

    t = trace(f, 0.3)
    assert t.gradient()[t.inputs["x"]] == 0.125


def test_an_input_that_only_steers_says_so() -> None:
    def f(x: float, n: int, k: int, unused: float) -> float:  # noqa: ARG001  # dead
        for _ in range(n):
            x = x * 2.0
        return x if k > 1 else -x

    notes = {i.name: i.note for i in trace(f, 1.5, 3, 2, 9.0).sensitivity() if i.kind == "input"}
    assert notes == {"x": "", "n": "steers", "k": "steers", "unused": "unused"}


SCALE = 2.5


def test_a_global_after_a_leak_is_no_lost_number() -> None:
    def f(x: float) -> float:
        kept = memoryview(bytearray(8)).cast("d")
        kept[0] = x
        return x * SCALE + math.pi * x

    t = trace(f, 3.0)
    assert t.leaks
    assert t.gradient()[t.inputs["x"]] == 2.5 + math.pi
