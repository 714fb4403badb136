"""Tracing a function, as a user types it."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, assert_type

import tracer
from tracer import Trace, ViewOptions, trace


def energy(mass: float, speed: float) -> float:
    return mass / 2 * speed**2


t = trace(energy, 3.0, speed=4.0)
assert_type(t, Trace)
assert_type(trace.options(limit=10**6)(energy, 3.0, 4.0), Trace)
assert_type(tracer.last(), Trace | None)

assert_type(t.result, Any)
assert_type(t.text, str)
assert_type(t.call, str)
assert_type(t.inputs, dict[str, int])
assert_type(t.sources, dict[str, str])
assert_type(len(t.graph), int)
for node in t.graph:
    assert_type(node.id, int)
    assert_type(node.label, str)
    assert_type(node.kind, str)

t.save("energy.svg", color="gradient")
t.save(Path("energy.json"))
assert_type(t.render(".txt", precision=3), str | bytes)
assert_type(t.show(theme="dark"), Path)
assert_type(Trace.load("energy.json"), Trace)
assert_type(t == Trace.load(Path("energy.json")), bool)

options = ViewOptions(theme="dark", fold="loop", max_boxes=50)
assert_type(options.max_boxes, int)
ViewOptions(theme="pink")  # type: ignore[arg-type]  # neither light nor dark

assert_type(t.gradient(), Sequence[float | None])
assert_type(t.gradient("result"), Sequence[float | None])
assert_type(t.gradient(0), Sequence[float | None])
assert_type(t.gradient(t.graph[-1]), Sequence[float | None])
t.gradient(1.5)  # type: ignore[arg-type]  # an output is a position, a name or a node
