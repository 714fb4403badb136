"""What a run leaves of its loops and decisions: each turn once, in order, whatever the loop is like."""

import gc
import importlib.util
import linecache
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tapes import BUILT, tracer_with

from tracer.options import RunOptions

TESTS = (
    *("k < 3", "k - 3", "not k > 2", "k < 3 and x < 9", "0 <= k < 3", "(3 - k) if k else True", "xs[k:]"),
    *("True", "left(k)", "(y := 3 - k)", "k < 3 or False"),
)
HEADS = (
    *("for i in range(3)", "for i in xs", "for i, _ in enumerate(xs)", "for i in (x * v for v in xs)"),
    *("for i in doubled(xs)", "for i in map(abs, xs)", "for i in {1: 2, 3: x}", "for i in []"),
)
PLAIN = ("x = x * 1.5", "x += i", "x = left(x)", "pass", "y = [x]", "xs[0] = x")


@st.composite
def blocks(draw, depth=0):
    """Lines of one block, and how many blocks are in it."""
    lines = []
    for _ in range(draw(st.integers(1, 3))):
        kind = draw(st.sampled_from(["plain", "plain", "for", "while", "if"] if depth < 2 else ["plain"]))
        if kind == "plain":
            lines.append(draw(st.sampled_from(PLAIN)))
            continue
        inner = draw(blocks(depth + 1))
        if kind == "for":
            lines.append(f"{draw(st.sampled_from(HEADS))}:")
            lines += ["    seen.append(LINE)", *(f"    {line}" for line in inner)]
            lines += draw(st.sampled_from([(), ("    if x > 4: break",), ("    if i: continue",)]))
        elif kind == "while":
            counter = f"k{depth}"
            test = draw(st.sampled_from(TESTS)).replace("k", counter)
            lines += [
                f"{counter} = 0",
                f"while {test}:",
                "    seen.append(LINE)",
                f"    {counter} = {counter} + 1",
            ]
            lines += [f"    if {counter} > 3: break", *(f"    {line}" for line in inner)]
        else:
            lines += [f"if {draw(st.sampled_from(['x > 2', 'x', 'i', 'x > i', 'xs']))}:"]
            lines += [f"    {line}" for line in inner]
    return lines


HEAD = """\
def left(k):
    if k < 3:
        return k + 0.5
    return 0


def doubled(xs):
    for v in xs:
        yield v * 2
    yield 1.0


def f(x, seen):
    i, y, xs = 1, 0.0, [x, 2.0, 0.5]
"""


def module_of(path, lines):
    numbered = (line.replace("LINE", str(n)) for n, line in enumerate(lines, HEAD.count("\n")))
    path.write_text(HEAD + "".join(f"    {line}\n" for line in [*numbered, "return x"]), encoding="utf-8")
    linecache.checkcache()
    spec = importlib.util.spec_from_file_location("generated", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@given(blocks(), st.sampled_from([0, 1, 0.5, 3, -2.0]))
def test_every_turn_is_counted_once_and_both_tapes_agree(tmp_path_factory, lines, x):
    module = module_of(tmp_path_factory.mktemp("marks", numbered=True) / "generated.py", lines)
    expected = []
    result = module.f(x, expected)
    texts = []
    for kind in BUILT:
        parts = tracer_with(kind)
        seen = []
        record = parts["run"].run(module.f, (x, seen), options=RunOptions(limit=20_000)).record
        assert (record.result, seen) == (result, expected)
        iterations = Counter()
        for loop in record.loops:
            assert list(loop.iterations) == sorted(loop.iterations)
            iterations[loop.span.line] += len(loop.iterations)
        first = HEAD.count("\n") + 1
        found = {line: n for line, n in iterations.items() if line >= first}
        assert found == Counter(expected)
        assert [b.at for b in record.branches] == sorted(b.at for b in record.branches)
        texts.append(parts["saved"].dumps(record))
    assert len(set(texts)) == 1


def tapes(parts):
    return {id(x) for x in gc.get_objects() if isinstance(x, parts["tape"].Tape)}


@pytest.mark.parametrize("kind", BUILT)
def test_a_loop_that_outlives_the_run_notes_nothing_and_keeps_no_tape(kind, tmp_path):
    text = "def f(x, kept):\n    def steps():\n        for i in range(9):\n            yield x * i\n"
    text += "    kept.append(steps())\n    next(kept[0])\n    return x + 1\n"
    path = tmp_path / "late.py"
    path.write_text(text, encoding="utf-8")
    spec = importlib.util.spec_from_file_location("late", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    kept = []
    parts = tracer_with(kind)
    before = tapes(parts)
    record = parts["run"].run(module.f, (1.5, kept)).record
    iterations = [list(loop.iterations) for loop in record.loops]
    assert list(kept[0]) == [1.5 * i for i in range(1, 9)]
    assert [list(loop.iterations) for loop in record.loops] == iterations
    del record
    gc.collect()
    assert tapes(parts) <= before
