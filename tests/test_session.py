"""The library: `trace(f, ...)` and what can be asked of what it returns."""

from __future__ import annotations

import functools
import json
import math
from collections import namedtuple
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

import tracer
from tracer import LimitReached, Trace, TraceError, UnsupportedError, ViewError, trace

GRAVITY = 9.81
Pair = namedtuple("Pair", "low high")


@dataclass(frozen=True)
class Point:
    x: float
    y: float


def line(a: float, b: float, c: float = 10.0) -> float:
    d = a * b
    return d + c


def test_the_result_is_what_the_function_returns() -> None:
    t = trace(line, 2.0, -3.0)
    assert (t.result, t.text, t.call) == (4.0, "4.0", "line(2.0, -3.0)")


def test_defaults_are_inputs_too() -> None:
    assert list(trace(line, 2.0, -3.0).inputs) == ["a", "b", "c"]


def test_every_keyword_belongs_to_the_function() -> None:
    def f(limit: float, *, function: float = 1.0) -> float:
        return limit * function

    assert trace(f, limit=3.0, function=2.0).result == 6.0


def test_the_gradient_is_a_column_by_node() -> None:
    t = trace(line, 2.0, -3.0)
    slopes = t.gradient()
    assert {name: slopes[i] for name, i in t.inputs.items()} == {"a": -3.0, "b": 2.0, "c": 1.0}
    assert slopes == t.gradient() == t.gradient(-1) == t.gradient("result")


def test_numbers_in_containers_are_inputs_named_by_their_paths() -> None:
    def f(xs: list[float], p: Point, pair: Pair, table: dict[str, tuple[float, float]], *rest: int) -> float:
        return xs[0] + p.x + pair.low + table["k"][1] + rest[0]

    t = trace(f, [1.0, 2.0], Point(3.0, 4.0), Pair(5, 6), {"k": (7.0, 8.0)}, 9)
    assert list(t.inputs) == [
        *("xs[0]", "xs[1]", "p.x", "p.y", "pair.low", "pair.high"),
        *("table['k'][0]", "table['k'][1]", "rest[0]"),
    ]
    live = t.graph.live()
    assert [name for name, i in t.inputs.items() if i in live] == [
        *("xs[0]", "p.x", "pair.low", "table['k'][1]", "rest[0]")
    ]


def test_the_callers_objects_come_back_as_the_function_left_them() -> None:
    def f(xs: list[float], p: Point) -> float:
        xs.append(xs[0] * p.x)
        return xs[-1]

    xs, p = [1.5, 2.0], Point(2.0, 3.0)
    trace(f, xs, p)
    assert xs == [1.5, 2.0, 3.0]
    assert [type(x) for x in xs] == [float] * 3
    assert type(p.x) is float


def test_a_literal_is_one_node_however_often_it_is_evaluated() -> None:
    def f(x: float) -> float:
        for _ in range(5):
            x = x * 2.0
        return x

    t = trace(f, 1.0)
    twos = [n for n in t.graph if n.op == "literal" and n.text == "2.0"]
    assert len(twos) == 1
    assert t.gradient()[twos[0].id] == 5 * 2.0**4


def test_a_plain_number_that_meets_a_value_is_a_constant_named_by_its_text() -> None:
    def fall(t: float) -> float:
        return GRAVITY * t

    (constant,) = [n for n in trace(fall, 2.0).graph if n.kind == "constant"]
    assert (constant.text, constant.data) == ("GRAVITY", 9.81)


def test_a_node_knows_its_expression_name_and_place() -> None:
    t = trace(line, 2.0, -3.0)
    d = next(n for n in t.graph if n.name == "d")
    assert (d.text, d.op, d.label) == ("a * b", "mul", "d")
    assert d.span is not None
    assert t.sources[d.span.file].splitlines()[d.span.line - 1][d.span.column :] == "a * b"


def test_a_generator_is_read_during_the_run() -> None:
    def halves(x: float) -> Iterator[float]:
        for _ in range(3):
            x = x / 2
            yield x

    t = trace(halves, 8.0)
    assert t.result == [4.0, 2.0, 1.0]
    assert list(t.graph.outputs) == ["result[0]", "result[1]", "result[2]"]


def test_an_exception_leaves_unchanged_and_the_trace_up_to_there_is_kept() -> None:
    def f(x: float) -> float:
        y = x * 2.0
        return y / (x - x)

    with pytest.raises(ZeroDivisionError) as caught:
        trace(f, 3.0)
    assert str(caught.value) == "float division by zero"
    assert caught.value.__notes__ == ["tracer.last() holds the trace up to here"]
    t = tracer.last()
    assert t is not None
    assert t.error is not None
    assert (t.error.type, t.error.text) == ("ZeroDivisionError", "y / (x - x)")
    assert [t.graph[i].text for i in t.error.args] == ["x * 2.0", "x - x"]


def test_the_limit_stops_a_run_that_never_ends() -> None:
    def forever(x: float) -> float:
        while True:
            try:
                x = x + 1.0
            except Exception:
                return x

    with pytest.raises(LimitReached):
        trace.options(limit=1000)(forever, 0.0)
    t = tracer.last()
    assert t is not None
    assert len(t.graph) == 1000


def test_saving_and_loading_gives_the_same_trace_and_the_same_gradient(tmp_path: Path) -> None:
    t = trace(line, 2.0, math.pi)
    t.save(tmp_path / "t.json")
    loaded = Trace.load(tmp_path / "t.json")
    assert loaded == t
    assert loaded.gradient() == t.gradient()
    assert json.loads((tmp_path / "t.json").read_text())["version"] == 1


def test_a_view_is_chosen_by_the_suffix(tmp_path: Path) -> None:
    t = trace(line, 2.0, -3.0)
    t.save(tmp_path / "t.svg", theme="dark")
    assert (tmp_path / "t.svg").read_text(encoding="utf-8").startswith("<svg")
    with pytest.raises(ViewError, match=r"\.bmp"):
        t.save(tmp_path / "t.bmp")


def test_verify_runs_both_ways_on_copies() -> None:
    def f(xs: list[float]) -> float:
        xs.append(1.0)
        print(xs)
        return sum(xs)

    xs = [1.0, 2.0]
    t = trace(f, xs)
    certificate = t.verify()
    assert certificate.identical
    assert xs == [1.0, 2.0, 1.0]
    assert certificate.operations == len(t.graph)


def test_verify_tells_a_difference() -> None:
    calls = []

    def unsteady(x: float) -> float:
        calls.append(x)
        return x * len(calls)

    assert not trace(unsteady, 2.0).verify().identical


def test_a_saved_trace_has_no_function_to_verify(tmp_path: Path) -> None:
    trace(line, 2.0, -3.0).save(tmp_path / "t.json")
    with pytest.raises(TraceError, match="no function"):
        Trace.load(tmp_path / "t.json").verify()


def test_a_notebook_shows_the_picture() -> None:
    bundle = trace(line, 2.0, -3.0)._repr_mimebundle_()
    assert bundle["image/svg+xml"].startswith("<svg")
    assert bundle["text/plain"] == "<Trace line(2.0, -3.0) = 4.0: 5 numbers>"


@pytest.mark.parametrize("what", [len, math.sin])
def test_what_has_no_python_source_is_refused(what: object) -> None:
    with pytest.raises(UnsupportedError, match="has no Python source"):
        trace(what, 1.0)  # type: ignore[arg-type]  # the point of the test


def test_an_async_function_is_refused() -> None:
    async def f(x: float) -> float:
        return x

    with pytest.raises(UnsupportedError, match="async"):
        trace(f, 1.0)


def test_importing_the_package_loads_none_of_its_parts() -> None:
    import subprocess
    import sys

    script = "import sys, tracer; print([m for m in sys.modules if m.startswith('tracer.')])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_failing_statement_is_shown_as_written(tmp_path: Path) -> None:
    def f(x: float) -> float:
        if x < 0:
            raise ValueError("negative")
        return x

    with pytest.raises(ValueError, match="negative"):
        trace(f, -1.0)
    t = tracer.last()
    assert t is not None
    assert t.error is not None
    assert t.error.text == 'raise ValueError("negative")'
    t.save(tmp_path / "f.svg")


def test_a_failure_from_nowhere_in_the_source_can_be_drawn(tmp_path: Path) -> None:
    code = compile("def f(x):\n    return x / 0.0\n", "<nowhere>", "exec")
    namespace: dict[str, Callable[[float], float]] = {}
    exec(code, namespace)

    def g(x: float) -> float:
        return namespace["f"](x)

    with pytest.raises(ZeroDivisionError):
        trace(g, 1.0)
    t = tracer.last()
    assert t is not None
    t.save(tmp_path / "f.svg")


def test_a_decorated_function_is_called_just_as_the_caller_calls_it() -> None:
    def telling(f: Callable[..., float]) -> Callable[..., object]:
        @functools.wraps(f)
        def wrapper(*args: float, **options: float) -> object:
            return f(*args, **options), len(args), sorted(options)

        return wrapper

    @telling
    def scaled(x: float, factor: float = 2.0, *rest: float) -> float:
        return x * factor + sum(rest)

    t = trace(scaled, 3.0, factor=4.0)
    assert t.result == (12.0, 1, ["factor"])
    assert list(t.inputs) == ["x", "factor"]
    assert trace(scaled, 3.0).result == (6.0, 1, [])
    assert list(trace(scaled, 3.0, 4.0, 5.0).inputs) == ["x", "factor", "rest[0]"]


class Slotted:
    __slots__ = ("inner", "x")

    def __init__(self, x: float) -> None:
        self.x = x
        self.inner = [x * 2.0]


def test_numbers_in_slots_are_outputs() -> None:
    def f(x: float) -> Slotted:
        return Slotted(x * x)

    t = trace(f, 3.0)
    assert list(t.graph.outputs) == ["result.inner[0]", "result.x"]
    assert t.gradient("result.x")[t.inputs["x"]] == 6.0


def test_verify_looks_into_slots() -> None:
    calls = []

    def unsteady(x: float) -> Slotted:
        calls.append(x)
        return Slotted(x * len(calls))

    differences = trace(unsteady, 2.0).verify().differences
    assert any(difference.startswith("result.x is ") for difference in differences)


def test_all_items_of_a_result_are_drawn() -> None:
    def many(x: float) -> Iterator[float]:
        for _ in range(150_000):
            yield x

    t = trace(many, 2.0)
    assert len(t.result) == len(t.graph.outputs) == 150_000
    assert t.verify().identical


def test_the_limit_stops_a_result_that_yields_for_ever() -> None:
    def numbers(x: float) -> Iterator[float]:
        while True:
            x = x + 1.0
            yield x

    def words() -> Iterator[str]:
        while True:
            yield "again"  # nothing is recorded

    for f, args in ((numbers, (0.0,)), (words, ())):
        with pytest.raises(LimitReached):
            trace.options(limit=1000)(f, *args)
        t = tracer.last()
        assert t is not None
        assert (t.result, dict(t.graph.outputs)) == (None, {})


def test_a_result_in_a_list_needs_no_search_of_the_heap(monkeypatch: pytest.MonkeyPatch) -> None:
    from tracer.run import driver

    calls = []
    monkeypatch.setattr(driver, "sweep", calls.append)

    def f(x: float) -> list[object]:
        return [x * 2, (x * 3, {"k": x})]

    trace(f, 2.0)
    assert calls == []


def test_naming_an_output_lets_no_number_leak() -> None:
    def f(x: float) -> object:
        return {(x * 2, "k"): {x * 3}}

    assert {leak.how for leak in trace(f, 2.0).leaks} == {"hash"}


def test_each_number_of_a_long_chain_has_a_short_name() -> None:
    def f(x: float) -> object:
        chain: object = None
        for _ in range(5_000):
            chain = [x, chain]
        return chain

    outputs = trace(f, 2.0).graph.outputs
    assert len(outputs) == 5_000
    assert max(map(len, outputs)) < 400
