"""The mixture of levels that a long run is drawn with: few boxes, and arrows that can be followed."""

from __future__ import annotations

import os
import re
import sys
from importlib import import_module
from pathlib import Path

import pytest
from fold_programs import dot, traced

from tracer.analyses.fold import fold
from tracer.record import Record
from tracer.run import run
from tracer.views import ViewOptions

BENCH = Path(__file__).parent / "bench"
sys.path[:0] = [str(BENCH), str(BENCH / "programs")]

TWICE = """\
def f(a, b, n=9):
    for i in range(n):
        a = (a + b) * (a - b) * 0.25
    return a
"""


@pytest.fixture(scope="module")
def planets() -> Record:
    return run(import_module("nbody").main, (300,)).record


def arrows(text: str) -> list[tuple[str, str]]:
    return re.findall(r'^  (\w+) -> (\w+) \[(?!style="dashed")', text, re.MULTILINE)


def test_what_only_begins_or_ends_a_run_is_one_box_and_its_work_is_not(planets: Record) -> None:
    folded = fold(planets)
    assert {box.text for box in folded.boxes if box.kind == "call"} == {"solar_system()", "energy(bodies)"}
    shown = {box.text for box in folded.boxes}
    assert {"a.x - b.x", "a.vx -= dx * b.mass * pull", "body.z += dt * body.vz"} <= shown


def test_arrows_can_be_followed(planets: Record) -> None:
    drawn = arrows(dot(planets, ViewOptions()))
    assert len(drawn) < 60
    assert len({*drawn}) == len(drawn), "one arrow from box to box is enough"
    assert len(arrows(dot(planets, ViewOptions(fold="operation")))) > 150


def test_who_allows_more_boxes_sees_more(planets: Record) -> None:
    sizes = [fold(planets, "auto", limit).size for limit in (20, 60, 150, 300, 600)]
    assert sizes == sorted(sizes)
    assert sizes[-1] == fold(planets, "operation").size


def test_a_run_that_is_not_tangled_keeps_every_operation() -> None:
    record = traced(TWICE)
    assert fold(record).boxes == fold(record, "operation").boxes


@pytest.mark.skipif(not hasattr(os, "wait4"), reason="memory of a child is not told here")
def test_the_bench_prints_its_table() -> None:
    bench = import_module("fold")
    lines: list[str] = []
    bench.table(bench.TINY, lines.append)
    assert lines[1].startswith("nbody 2")
    assert len({len(line) for line in lines}) == 1
