"""The reference and the tape in C make the same tape of the same program, entry by entry."""

import gc
import importlib.util
import linecache
import math
import sys
import tracemalloc
from importlib import import_module
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tapes import BUILT, tracer_with

from tracer.options import RunOptions

sys.path.insert(0, str(Path(__file__).parent / "bench"))

pytestmark = pytest.mark.skipif("C" not in BUILT, reason="the tape in C is not built here")

NAMES = ("a", "b", "c")
numbers = st.one_of(
    *(st.integers(-9, 9), st.floats(-4, 4)),
    st.sampled_from(["2**70", "1j", "True", "Fraction(2, 7)", "inf", "nan"]),
)
leaf = st.one_of(st.sampled_from(NAMES), numbers.map(lambda x: f"({x})"))


def deeper(inner):
    pair = st.tuples(inner, inner)
    symbols = st.sampled_from(["+", "-", "*", "/", "//", "%", "<", "<=", "==", "!=", "&", ">>"])
    return st.one_of(
        st.tuples(pair, symbols).map(lambda t: f"({t[0][0]} {t[1]} {t[0][1]})"),
        inner.map(lambda x: f"(-{x})"),
        inner.map(lambda x: f"abs({x})"),
        inner.map(lambda x: f"m.tanh({x})"),
        inner.map(lambda x: f"m.sqrt({x})"),
        pair.map(lambda p: f"m.hypot({p[0]}, {p[1]})"),
        pair.map(lambda p: f"max({p[0]}, {p[1]})"),
        pair.map(lambda p: f"helper({p[0]}, {p[1]})"),
        pair.map(lambda p: f"power({p[0]}, {p[1]})"),
        pair.map(lambda p: f"sum([{p[0]}, {p[1]}, {p[0]}])"),
        st.tuples(inner, pair).map(lambda t: f"({t[1][0]} if {t[0]} else {t[1][1]})"),
    )


expressions = st.recursive(leaf, deeper, max_leaves=6)
statements = st.one_of(
    st.tuples(st.sampled_from(NAMES), expressions).map(lambda t: f"{t[0]} = {t[1]}"),
    st.tuples(st.sampled_from(NAMES), expressions).map(lambda t: f"for i in range(3): {t[0]} = {t[1]} + i"),
    st.tuples(st.sampled_from(NAMES), expressions).map(lambda t: f"{t[0]} += {t[1]}"),
    expressions.map(lambda e: f"memo[{e}] = a"),
    expressions.map(lambda e: f"text = f'{{{e}}}'"),
)
programs = st.lists(statements, min_size=1, max_size=5)
values = st.one_of(st.integers(-3, 5), st.floats(-3, 3))
HEAD = "import math as m\nfrom fractions import Fraction\nfrom math import inf, nan\n\n\n"
HELPER = "def helper(x, y):\n    if x < y:\n        return y - x\n    return x * 0.5\n\n\n"
# without a bound on its operands, a power of a power of whole numbers is never finished
POWER = "def power(x, y):\n    return x if abs(x) > 1e6 or abs(y) > 9 else x**y\n\n\n"


def outcome(kind, path, args):
    """What a run leaves behind, in one text, and its gradient."""
    parts = tracer_with(kind)
    spec = importlib.util.spec_from_file_location("generated", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    made = parts["run"].run(module.f, args, options=RunOptions(limit=3000))
    slopes = [repr(x) for x in parts["analyses.gradient"].gradient(made.record.graph)]
    error = made.error
    live = sorted(made.record.graph.live(control=True))
    return parts["saved"].dumps(made.record), slopes, type(error).__name__, str(error), live


@pytest.mark.filterwarnings("ignore")
@given(programs, st.tuples(values, values))
@example(["m.sqrt(-Fraction(2, 7))"], (0, 0))  # fails in C, by way of a method in Python
@example(["a = m.tanh(abs(Fraction(2, 7)))", "a = 0.5 + Fraction(2, 7) * a"], (2, 0))  # several files
def test_both_make_the_same_tape(tmp_path_factory, lines, args):
    path = tmp_path_factory.mktemp("programs", numbered=True) / "generated.py"
    body = "".join(f"    {line}\n" for line in ["c, memo, text = 1.5, {}, ''", *lines, "return a + b, c"])
    path.write_text(f"{HEAD}{HELPER}{POWER}def f(a, b):\n{body}", encoding="utf-8")
    linecache.checkcache()
    assert outcome("reference", path, args) == outcome("C", path, args)


def test_both_make_the_same_tape_of_every_workload():
    workloads = importlib.import_module("workloads")
    for rows in (workloads.FLOATS, workloads.CALLS, workloads.INTS):
        for function, _, size, _ in rows.values():
            texts = []
            for kind in BUILT:
                parts = tracer_with(kind)
                record = parts["run"].run(function, (size,)).record
                slopes = parts["analyses.gradient"].gradient(record.graph)
                texts.append((parts["saved"].dumps(record), list(map(repr, slopes))))
            assert texts[0] == texts[1], function


def test_the_bench_prints_its_table():
    capture = importlib.import_module("capture")
    head, *body = capture.rows(1, capture.SMOKE)
    assert [cells[0] for cells in body][5] == "Newton \\*"
    assert all(len(cells) == len(head) for cells in body[:-1])
    assert math.isfinite(float(body[-1][3]))


def test_traces_are_freed():
    run = tracer_with("C")["run"].run
    workloads = importlib.import_module("workloads")
    for _ in range(20):
        run(workloads.newton, (2,))
    gc.collect()
    tracemalloc.start()
    try:
        for _ in range(5):
            run(workloads.newton, (2,))
        gc.collect()
        before, _ = tracemalloc.get_traced_memory()
        for _ in range(100):
            run(workloads.newton, (2,))
        gc.collect()
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert after - before < 50_000


def test_the_c_code_serves_the_main_interpreter_only():
    interpreters = import_module("_interpreters" if sys.version_info >= (3, 13) else "_xxsubinterpreters")
    other = interpreters.create()
    try:
        code = "import sys; sys.path[:] = %r\ntry: import tracer.tape._native\n"
        code += "except ImportError: pass\nelse: 1 / 0"
        assert interpreters.run_string(other, code % sys.path) is None
    finally:
        interpreters.destroy(other)
