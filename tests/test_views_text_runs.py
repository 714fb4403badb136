"""What was really run reads as one would write it on paper."""

import importlib.util
import linecache
import math
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fold_programs import transcript
from hypothesis import given
from hypothesis import strategies as st

from tracer.options import ViewOptions
from tracer.run import run
from tracer.saved import dumps, loads

BARE = ViewOptions(grad=False)


def told(record: Any, options: ViewOptions = BARE) -> str:
    return transcript(record, options)


def test_precision_is_the_number_of_significant_digits() -> None:
    record = run(lambda x: x / 3.0, (2.0,), {}).record
    for digits, shown in [(3, "0.667"), (6, "0.666667"), (17, "0.6666666666666666")]:
        assert told(record, ViewOptions(precision=digits)).endswith(f"result = {shown}\n")


def test_what_passed_through_a_call_is_not_part_of_the_expression_around_it() -> None:
    def same(v: float) -> float:
        return v

    def f(x: float) -> float:
        return same(x * 2.0) + 1.0

    lines = told(run(f, (3.0,), {}).record).splitlines()
    assert lines[2:4] == ["x * 2.0 = 3.0 * 2.0 = 6.0", "return same(x * 2.0) + 1.0 = 6.0 + 1.0 = 7.0"]


def test_a_literal_of_a_branch_not_taken_is_not_told() -> None:
    def f(x: float) -> float:
        k = 3.0 if x > 5.0 else 4.0
        return x * k

    text = told(run(f, (2.0,), {}).record)
    assert "k = 4.0\n" in text
    assert "k = 3.0\n" not in text


def test_deep_recursion_is_told_in_bounded_width() -> None:
    def down(n: int) -> float:
        if n == 0:
            return 1.0
        return down(n - 1) * 1.5

    text = told(run(down, (300,), {}).record)
    assert "(call depth 300)" in text
    assert max(map(len, text.splitlines())) < 200


expressions = st.recursive(
    st.sampled_from(["a", "b", "c", "2.0", "3"]),
    lambda part: st.one_of(
        st.tuples(part, st.sampled_from("+-*/"), part).map(lambda t: f"({t[0]}) {t[1]} ({t[2]})"),
        st.tuples(part, st.sampled_from("+-*"), part).map(" ".join),
        part.map(lambda x: f"-({x})"),
        part.map(lambda x: f"math.atan({x})"),
        part.map(lambda x: f"abs({x}) ** 2"),
    ),
    max_leaves=8,
).filter(lambda text: len(text) > 3)


@given(expressions, st.tuples(*[st.floats(-8, 8, allow_subnormal=False)] * 3))
def test_the_line_of_an_expression_is_true(text: str, values: tuple[float, float, float]) -> None:
    f = function(f"import math\ndef f(a, b, c):\n    return {text}\n")
    record = run(f, values, {}).record
    if record.error is not None:
        assert told(record).rstrip().endswith(f"{record.error.type}: {record.error.message}")
        return
    if record.graph[record.graph.outputs["result"]].kind == "literal":
        return
    line = next(
        line for line in told(record, ViewOptions(grad=False, precision=17)).splitlines() if "return " in line
    )
    said, *numbers = line.removeprefix("return ").split(" = ")
    assert said == text
    for number in numbers:
        assert repr(eval(number)) == repr(record.result)


def function(source: str) -> Callable[..., Any]:
    """A function whose source can be found again."""
    name = f"<text {hash(source)}>"
    linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
    names: dict[str, Any] = {"__name__": "generated"}
    exec(compile(source, name, "exec"), names)
    made: Callable[..., Any] = names["f"]
    return made


def sample(file: str, name: str) -> Any:
    path = Path(__file__).parent.parent / "samples" / f"{file}.py"
    unique = f"sample_{file}"  # whoever imports the sample by its own name finds none
    spec = importlib.util.spec_from_file_location(unique, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[unique] = module
    spec.loader.exec_module(module)
    return getattr(module, name)


SAMPLES: list[tuple[str, str, tuple[Any, ...]]] = [
    ("day_one", "exhibit_b", ()),
    ("day_one", "exhibit_d", ()),
    ("loan", "table", (1200.0, 0.12, 3)),
    ("neuron", "loss", (2.0, 0.5, 1.0)),
    ("newton", "square_root", (2.0,)),
    ("orbit", "orbit", ()),
    ("polynomial", "recursive", ([-1.0, 2.0, -6.0, 2.0], 3.0)),
    ("quadratic", "roots", (1.0, -3.0, 2.0)),
    ("quadratic", "roots", (1.0, 0.0, 1.0)),
]


@pytest.mark.parametrize(("file", "name", "args"), SAMPLES)
@pytest.mark.parametrize("look", [ViewOptions(), BARE, ViewOptions(live_only=True, precision=3)])
def test_every_sample_is_told_cleanly(file: str, name: str, args: tuple[Any, ...], look: ViewOptions) -> None:
    record = run(sample(file, name), args, {}).record
    text = transcript(record, look)
    assert text == transcript(record, look) == transcript(loads(dumps(record)), look)
    assert all(line == line.rstrip() for line in text.splitlines())
    assert str(Path(__file__).parent.parent) not in text
    assert text.endswith("\n")
    if not look.live_only:
        for site in {record.graph.sites[record.graph.site_ids[i]] for i in range(len(record.graph))}:
            if site.name and not site.text.replace(".", "").isalnum():
                assert f"{site.name} = " in text


def test_a_long_run_is_told_in_linear_time() -> None:
    def f(n: int) -> float:
        x = 1.0
        for _ in range(n):
            x = (x + 2.0 / x) / 2.0
        return x

    record = run(f, (10_000,), {}).record
    began = time.process_time()
    text = told(record)
    assert time.process_time() - began < 5.0
    assert "    [9999]  x = " in text
    assert math.isclose(float(text.rsplit("= ", 1)[1]), 2**0.5, rel_tol=1e-5)
