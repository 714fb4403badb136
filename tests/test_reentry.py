"""What code of C may hand back has no known derivative; what ordinary programs do with numbers has."""

import collections
import io
import logging
import math
import queue
import time
from array import array
from collections.abc import Callable
from typing import Any

import pytest

from tracer import trace
from tracer.program.loading import load

RATE = 3.0


def of_array(x: float, a: Any) -> float:
    a.append(x)
    return a[0] * 2.0


def of_extended_array(x: float, a: Any) -> float:
    a.extend([x])
    return a[0] * 2.0


def of_sum(x: float, a: Any) -> float:
    a.append(x)
    return sum(a) * 2.0


def of_queue(x: float, _: Any) -> float:
    waiting: queue.Queue[float] = queue.Queue()
    waiting.put(x)
    return waiting.get() * 2.0


class State:
    number = 0.0


def of_attribute(x: float, a: Any) -> float:
    a.append(x)
    State.number = a[0]
    return State.number * 2.0


@pytest.mark.parametrize("f", [of_array, of_extended_array, of_sum, of_queue, of_attribute])
def test_what_code_of_c_may_hand_back_has_no_known_derivative(f: Callable[..., float]) -> None:
    t = trace(f, 0.5, array("d"))
    assert t.result == 1.0
    assert t.gradient()[t.inputs["x"]] is None
    assert {o.why for o in t.obstacles()} & {"lost", "unknown"}


def to_containers(x: float) -> float:
    xs: list[float] = []
    xs.append(x)
    xs.insert(0, xs[0])
    xs.extend([x])
    kept = collections.deque([xs[0]], maxlen=2)
    kept.append(x)
    return {kept[1]}.pop() * 2.0


def to_text(x: float) -> float:
    print(x, file=io.StringIO())
    logging.getLogger(__name__).info("%s", x)
    for weight in (2.0, 0.5):
        x = x * weight
    return x * 2.0


def to_print_and_back(x: float) -> float:
    print(x, file=io.StringIO())
    for weight in [float("0.5")]:
        x = x * weight
    return x * 4.0


def to_a_clock(x: float) -> float:
    time.sleep(x * 1e-6)
    return x * 2.0 + math.pi + RATE


@pytest.mark.parametrize("f", [to_containers, to_text, to_print_and_back, to_a_clock])
def test_what_ordinary_programs_do_with_numbers_keeps_the_derivative(f: Callable[..., float]) -> None:
    t = trace(f, 0.5)
    assert t.gradient()[t.inputs["x"]] == 2.0
    assert t.obstacles() == []


def test_a_print_of_the_users_own_may_hand_a_number_back(write: Callable[[str], Any]) -> None:
    text = "print = str\ndef f(x):\n    text = print(x)\n    return float(text) * 2.0\n"
    with load(write(text)) as module:
        t = trace(module.f, 0.5)
    assert t.gradient()[t.inputs["x"]] is None
