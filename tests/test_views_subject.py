"""A record is seen from one output: what several views need of it is found once."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest
from fold_programs import traced

from tracer import TraceError
from tracer.analyses.subject import Subject
from tracer.views import ViewOptions, render

LOOP = """\
def f(a, b, n=300):
    for i in range(n):
        a = (a + b) * (a - b) * 0.25
    return [a, b * 2.0]
"""


def counted(monkeypatch: pytest.MonkeyPatch, name: str) -> list[str]:
    """A list that grows with each call of a method of the columns."""
    columns, calls = type(traced(LOOP).graph.columns), list[str]()
    method = getattr(columns, name)

    def call(*args: Any) -> Any:
        calls.append(name)
        return method(*args)

    monkeypatch.setattr(columns, name, call)
    return calls


def test_a_command_with_four_outputs_sweeps_once_and_folds_once(
    monkeypatch: pytest.MonkeyPatch, tracer: Any, here: Any
) -> None:
    sweeps = counted(monkeypatch, "sweep")
    walks = counted(monkeypatch, "fold")
    (here / "loop.py").write_text(LOOP)
    files = ["run.dot", "run.mmd", "run.fold.json", "run.txt"]
    tracer("trace", "loop.py", "f", "1.5", "0.5", *(word for file in files for word in ("-o", file)))
    assert all((here / file).exists() for file in files)
    assert (len(sweeps), len(walks)) == (1, 1)


def test_a_ranking_sweeps_once(monkeypatch: pytest.MonkeyPatch, tracer: Any, here: Any) -> None:
    sweeps = counted(monkeypatch, "sweep")
    (here / "loop.py").write_text(LOOP)
    tracer("grad", "loop.py", "f", "1.5", "0.5")
    assert len(sweeps) == 1


def test_where_a_derivative_is_spoiled_is_found_without_a_second_sweep(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sweeps = counted(monkeypatch, "sweep")
    subject = Subject(traced("def f(a):\n    return a ** 0.5 * 2.0\n", 0.0))
    assert [(origin.what, origin.where) for origin in subject.nan_origins.values()] == [("nan", "gradient")]
    assert len(sweeps) == 1


def test_what_threads_ask_for_at_once_is_made_once() -> None:
    subject, made, found = Subject(traced(LOOP)), list[int](), list[object]()

    def slowly() -> object:
        made.append(1)
        time.sleep(0.02)
        return object()

    threads = [threading.Thread(target=lambda: found.append(subject.once("key", slowly))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 1
    assert len({*map(id, found)}) == 1


def test_what_could_not_be_made_is_tried_again() -> None:
    subject = Subject(traced(LOOP), "result[7]")
    for _ in range(2):
        with pytest.raises(TraceError, match="no output"):
            _ = subject.seed


def test_a_subject_is_drawn_as_its_record_is() -> None:
    record = traced(LOOP)
    options = ViewOptions(of="result[1]")
    subject = Subject.of(record, options)
    for suffix in (".dot", ".txt", ".fold.json", ".mmd"):
        assert render(subject, suffix, options) == render(record, suffix, options)
    assert subject.name == "result[1]"
    assert subject.value == record.result[1]


def test_without_derivatives_there_is_nothing_to_sweep() -> None:
    subject = Subject(traced(LOOP), derived=False)
    assert subject.seed is subject.slopes is subject.value is None
    assert subject.name == ""
