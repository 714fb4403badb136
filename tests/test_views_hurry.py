"""A picture that the engine does not find in time is drawn coarser, and says so."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest
from fold_programs import traced

from tracer.errors import ViewError
from tracer.options import Level
from tracer.record import Record
from tracer.views import ViewOptions, render
from tracer.views.draw.engine import engine

SAID = "a finer picture took too long to lay out"
LONG = """\
def f(a, b, n=300):
    for i in range(n):
        a = a * 0.5 + mixed(a, b)
        b = b - a * 0.25
    return a + b

def mixed(x, y):
    half = x * 0.5 - y
    return half * half + y
"""
# An engine that is slow where there are many boxes.
SLOW = """\
#!{python}
import re, subprocess, sys, time
text = sys.stdin.read()
boxes = len(re.findall(r"^ +[nb]\\d+ \\[", text, re.MULTILINE))
with open({log!r}, "a") as log:
    print(boxes, file=log)
if boxes > {most}:
    time.sleep(60)
sys.exit(subprocess.run([{engine!r}, *sys.argv[1:]], input=text, text=True).returncode)
"""


@pytest.fixture(scope="module")
def record() -> Record:
    return traced(LONG)


def slow_beyond(most: int, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put such an engine in place; the file where it notes how many boxes it was given."""
    log, script = folder / "boxes", folder / "slow"
    script.write_text(SLOW.format(python=sys.executable, log=str(log), most=most, engine=engine()))
    script.chmod(0o755)
    monkeypatch.setenv("TRACER_DOT", str(script))
    monkeypatch.setenv("TRACER_TIMEOUT", "1.5")
    return log


def test_the_engine_itself_is_stopped_and_asked_for_less(
    record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRACER_TIMEOUT", "1.5")  # thousands of boxes take it many times as long
    text = str(render(record, ".svg", ViewOptions(fold="none")))
    assert SAID in text
    assert len(re.findall("<title>", text)) < 150


@pytest.mark.skipif(sys.platform == "win32", reason="a script with a #! line is no program there")
@pytest.mark.parametrize("level", ["operation", "auto", "line", "loop"])
def test_every_level_falls_to_a_coarser_one(
    level: Level, record: Record, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = slow_beyond(6, tmp_path, monkeypatch)
    assert SAID in str(render(record, ".svg", ViewOptions(fold=level)))
    tried = [int(line) for line in log.read_text().split()]
    assert tried == sorted({*tried}, reverse=True), "each try has fewer boxes than the one before"
    assert len(tried) > 1


@pytest.mark.skipif(sys.platform == "win32", reason="a script with a #! line is no program there")
def test_an_engine_too_slow_for_anything_is_an_error(
    record: Record, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow_beyond(0, tmp_path, monkeypatch)
    monkeypatch.setenv("TRACER_TIMEOUT", "0.5")
    with pytest.raises(ViewError, match=r"no picture within 0\.5 seconds"):
        render(record, ".svg", ViewOptions(fold="loop"))
