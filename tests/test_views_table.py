"""The table of views is whole: each row is a view that can be drawn, each view has a row."""

from __future__ import annotations

import inspect
from importlib import import_module
from pathlib import Path

import pytest
from test_views_records import lesson

from tracer import views
from tracer.views import VIEWS, render
from tracer.views.draw import engine

ROOMS = Path(views.__file__).parent
TEXTS = [suffix for suffix, (module, _) in VIEWS.items() if module != "draw.engine"]


@pytest.mark.parametrize("suffix", VIEWS)
def test_a_row_names_a_function_of_a_subject_and_options(suffix: str) -> None:
    module, function = VIEWS[suffix]
    view = getattr(import_module(f"tracer.views.{module}"), function)
    assert list(inspect.signature(view).parameters) == ["subject", "options"]
    assert view.__doc__


@pytest.mark.parametrize("suffix", TEXTS)
def test_a_row_that_needs_no_layout_engine_gives_text(suffix: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "engine", None)
    assert str(render(lesson(), suffix)).endswith("\n")


@pytest.mark.parametrize("room", ["draw", "text", "data"])
def test_a_view_has_a_row(room: str) -> None:
    rows = {module for module, _ in VIEWS.values()}
    for path in sorted((ROOMS / room).glob("*.py")):
        module = f"{room}.{path.stem}"
        if "render" in getattr(import_module(f"tracer.views.{module}"), "__all__", ()):
            assert module in rows, f"{module} has a `render`, so it needs a row in VIEWS"
