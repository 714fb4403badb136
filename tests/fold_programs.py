"""Generated programs for the laws of folding: loops, branches, calls and a recursion."""

from __future__ import annotations

import itertools
import linecache
from collections.abc import Callable

from hypothesis import strategies as st

from tracer.analyses.subject import Subject
from tracer.record import Record
from tracer.run import run
from tracer.views import ViewOptions, render
from tracer.views.text.transcript import transcript as written

HELPERS = """\
def mixed(x, y):
    half = 0.5 * x
    for k in range(2):
        half = half + y * k
    return half - y

def down(n, x):
    if n <= 0:
        return x
    return down(n - 1, x * 0.5 + n) + x

"""
NAMES = ("a", "b", "c")
_serial = itertools.count()

names = st.sampled_from(NAMES)
operands = names | st.sampled_from(["2.0", "0.25", "3", "n"])
expressions = st.builds("{} {} {}".format, operands, st.sampled_from("+-"), operands) | st.builds(
    "({} * 0.5 {} {}) * 0.25".format, operands, st.sampled_from("+-"), operands
)
steps = (
    st.builds("{} = {}".format, names, expressions)
    | st.builds("{} += {}".format, names, operands)
    | st.builds("{} = mixed({}, {})".format, names, operands, operands)
    | st.builds("{} = down({}, {})".format, names, st.integers(0, 3), names)
    | st.builds("{} = sum([x * {} for x in ({}, 1.0, 2.0)])".format, names, names, names)
)


def counted(a: str, b: str, body: list[str]) -> list[str]:
    """A `while` of three turns; its counter is its own, for what it holds is shorter."""
    w = f"w{len(body)}"
    return [f"{w} = 0", f"while {w} < 3 and {a} < {b} + 100:", *body, f"    {w} += 1"]


def block(inner: st.SearchStrategy[list[str]]) -> st.SearchStrategy[list[str]]:
    """One compound statement around a block."""
    indented = inner.map(lambda lines: [f"    {line}" for line in lines])
    return (
        st.builds(lambda n, body: [f"for i in range({n}):", *body], st.integers(0, 3), indented)
        | st.builds(counted, names, names, indented)
        | st.builds(lambda a, b, x, y: [f"if {a} < {b}:", *x, "else:", *y], names, names, indented, indented)
    )


straight = st.lists(steps, min_size=1, max_size=3)
bodies = st.recursive(
    straight,
    lambda inner: st.lists(block(inner) | straight, min_size=1, max_size=3).map(
        lambda parts: [*itertools.chain(*parts)]
    ),
    max_leaves=6,
)


def program(body: list[str]) -> str:
    """A module with the function `f(a, b, n)`."""
    lines = "\n".join(f"    {line}" for line in ["c = 1.0", *body, "return a + b + c"])
    return f"{HELPERS}def f(a, b, n=2):\n{lines}\n"


def looped(body: list[str]) -> str:
    """The same with the body repeated `n` times."""
    return program(["for turn in range(n):", *[f"    {line}" for line in body]])


def loaded(text: str) -> Callable[..., float]:
    """The function of a program that no file holds."""
    name = f"generated{next(_serial)}.py"
    linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
    module: dict[str, Callable[..., float]] = {}
    exec(compile(text, name, "exec"), module)
    return module["f"]


def traced(text: str, *args: float) -> Record:
    """The record of a program's run."""
    return run(loaded(text), args or (1.5, -0.5)).record


def dot(record: Record, options: ViewOptions | None = None) -> str:
    """The picture of a record in the DOT language."""
    return str(render(record, ".dot", options))


def transcript(record: Record, options: ViewOptions = ViewOptions()) -> str:  # noqa: B008  # it is frozen
    """The run line by line, however long it is."""
    return written(Subject.of(record, options), options)
