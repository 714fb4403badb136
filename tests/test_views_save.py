"""What must hold of a view as a file, of a number as text, and of an expression in a box."""

from __future__ import annotations

import math
import os
import shutil
import stat
import subprocess
import sys
from decimal import Decimal
from fractions import Fraction
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from test_views_records import Sketch, lesson

from tracer.errors import DISTRIBUTION, ViewError
from tracer.views import VIEWS, ViewOptions, render, save
from tracer.views.draw import dot as dots
from tracer.views.draw import engine as image
from tracer.views.number_text import exact, number, percent, result
from tracer.views.picture.choose import LARGEST
from tracer.views.picture.expression import expression


def test_a_file_gets_the_view_that_its_suffix_names(tmp_path: Path) -> None:
    path = save(lesson(), tmp_path / "a.SVG")
    assert path.read_text(encoding="utf-8").startswith("<svg")
    assert save(lesson(), tmp_path / "a.dot").read_text(encoding="utf-8") == render(lesson(), ".dot")
    assert sorted(file.name for file in tmp_path.iterdir()) == ["a.SVG", "a.dot"]


def test_an_unknown_suffix_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ViewError, match=r"\.gif") as caught:
        render(lesson(), ".gif")
    assert all(suffix in str(caught.value) for suffix in VIEWS)
    with pytest.raises(ViewError, match="no suffix"):
        save(lesson(), "picture")


def test_a_file_is_whole_or_untouched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.dot"
    path.write_text("before")

    def refuse(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(ViewError, match="No space left"):
        save(lesson(), path)
    assert path.read_text() == "before"
    assert [file.name for file in tmp_path.iterdir()] == ["a.dot"]


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "folder.dot").mkdir()
    for path in (tmp_path / "folder.dot", tmp_path / "missing" / "a.dot"):
        with pytest.raises(ViewError, match="cannot write") as caught:
            save(lesson(), path)
        assert caught.value.hint


@pytest.mark.skipif(os.name != "posix", reason="rights and links of POSIX")
def test_a_new_file_has_usual_rights_an_old_one_keeps_its_own_and_links_stay(tmp_path: Path) -> None:
    new, old, link = tmp_path / "new.dot", tmp_path / "old.dot", tmp_path / "link.dot"
    plain = tmp_path / "plain"
    plain.touch()
    old.touch()
    old.chmod(0o600)
    link.symlink_to(old)
    save(lesson(), new)
    save(lesson(), link)
    assert stat.S_IMODE(new.stat().st_mode) == stat.S_IMODE(plain.stat().st_mode)
    assert stat.S_IMODE(old.stat().st_mode) == 0o600
    assert link.is_symlink()
    assert old.read_text(encoding="utf-8") == new.read_text(encoding="utf-8")


def test_views_are_imported_when_they_are_needed() -> None:
    code = (
        "import sys, tracer.views; print([m for m in sys.modules if m == 'graphviz' or m.endswith('.image')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_asked_engine_must_exist(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRACER_DOT", "/no/such/dot")
    with pytest.raises(ViewError, match="/no/such/dot"):
        image.engine()


def test_without_any_engine_it_is_said_how_to_get_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TRACER_DOT", raising=False)
    monkeypatch.setattr("shutil.which", lambda *_, **__: None)
    with pytest.raises(ViewError) as caught:
        image.engine()
    assert "graphviz-pure" in str(caught.value)


@pytest.mark.skipif(os.name != "posix", reason="a script as an engine")
@pytest.mark.parametrize(
    ("script", "says"),
    [
        ("echo 'Error: out of ink' >&2; exit 3", "out of ink"),
        ("exec sleep 30", "within 0.5 seconds"),
        ("exit 0", "drew nothing"),
    ],
)
def test_a_failing_engine_is_reported(
    script: str, says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = tmp_path / "dot"
    engine.write_text(f"#!/bin/sh\n{script}\n")
    engine.chmod(0o755)
    monkeypatch.setenv("TRACER_DOT", str(engine))
    monkeypatch.setenv("TRACER_TIMEOUT", "0.5" if "seconds" in says else "30")
    with pytest.raises(ViewError, match=says):
        render(lesson(), ".svg")


@pytest.mark.parametrize("seconds", ["soon", "-1", "nan"])
def test_a_time_limit_must_be_a_number_of_seconds(seconds: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRACER_TIMEOUT", seconds)
    with pytest.raises(ViewError, match="TRACER_TIMEOUT"):
        render(lesson(), ".svg")


@pytest.mark.skipif(
    not (find_spec("svg2pdf_py") or shutil.which("dot")), reason="neither a full Graphviz nor the extra pdf"
)
def test_a_pdf_is_a_pdf() -> None:
    data = render(lesson(), ".pdf")
    assert isinstance(data, bytes)
    assert data.startswith(b"%PDF-")


def test_without_a_way_to_a_pdf_it_is_said_how_to_get_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRACER_DOT", image._embedded() or "")
    monkeypatch.setitem(sys.modules, "svg2pdf_py", None)
    with pytest.raises(ViewError) as caught:
        render(lesson(), ".pdf")
    assert f"{DISTRIBUTION}[pdf]" in str(caught.value)
    assert "install Graphviz" in str(caught.value)


def test_too_many_boxes_are_refused_with_a_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    s = Sketch("long()")
    y = s.input("x", 1)
    for _ in range(LARGEST + 1):
        y = s.op("neg", "-x", y)
    with pytest.raises(ViewError, match=r"5,001 boxes") as caught:
        render(s.record(y), ".dot", ViewOptions(fold="none"))
    assert "--live-only" in str(caught.value)
    monkeypatch.setattr(dots, "RANKED", 2)
    monkeypatch.setattr(dots, "SIMPLE", 4)
    eased = str(render(lesson(), ".dot"))
    assert 'newrank="true"' in eased
    assert 'splines="line"' in eased


@pytest.mark.parametrize(
    ("x", "shown"),
    [
        (2.0, "2.0"),
        (0.06, "0.06"),
        (200000.0, "200000.0"),
        (836.8572496372698, "836.857"),
        (231676.37779, "231676.4"),
        (0.1 + 0.2, "0.300000"),
        (1e-12, "1e-12"),
        (55551234567.0, "5.55512e10"),
        (-1 / 3 * 1e-9, "-3.33333e-10"),
        (1 / 3, "0.333333"),
        (5e-324, "5e-324"),
        (-0.0, "-0.0"),
        (math.inf, "inf"),
        (math.nan, "nan"),
        (12345678, "12345678"),
        (True, "True"),
        (1 - 2j, "1.0-2.0j"),
        (Fraction(1, 3), "1/3"),
        (Decimal("1.10"), "1.10"),
        (10**30, "10000000…00000000 (31 digits)"),
    ],
)
def test_a_number_is_rounded_for_reading(x: Any, shown: str) -> None:
    assert number(x) == shown


def test_an_int_too_long_for_python_to_write_is_still_shown() -> None:
    for size in range(4000, 5000, 97):
        assert number(10**size) == f"10000000…00000000 ({size + 1} digits)"
        assert number(10**size - 1) == f"99999999…99999999 ({size} digits)"
    assert exact(10**5000) == "10000000…00000000 (5001 digits)"
    assert exact(10**50) == "1" + "0" * 50


def test_an_object_that_cannot_be_written_does_not_stop_a_picture() -> None:
    class Shy:
        def __repr__(self) -> str:
            raise RuntimeError("no")

    assert number(Shy()) == exact(Shy()) == "<Shy>"


def test_a_result_is_rounded_inside_containers_and_else_left_alone() -> None:
    assert result((1 / 3, [2.0], {"a": 0.1 + 0.2}), "") == "(0.333333333, [2.0], {'a': 0.300000000})"
    assert result((1,), "") == "(1,)"
    assert result("x", "'x'") == "'x'"


@pytest.mark.parametrize(
    ("text", "op", "operands", "parts"),
    [
        ("a * b", "mul", ["a", "b"], ("a ", "*", " b")),
        ("(1 + r) ** n", "pow", ["", "n"], ("(1 + r) ", "**", " n")),
        ("a * b * c", "mul", ["", "c"], ("a * b ", "*", " c")),
        ("ä - (-b)", "sub", ["ä", ""], ("ä ", "-", " (-b)")),
        ("-x", "neg", ["x"], ("", "-", "x")),
        ("0 < x < 1", "lt", ["0", "x"], ("0 ", "<", " x < 1")),
        ("math.sqrt(x)", "sqrt", ["x"], ("", "math.sqrt", "(x)")),
        ("s(x)", "sin", ["x"], ("", "sin", "(x)")),
        ("z.real", "real", ["z"], ("z", ".real", "")),
        ("reduce(add, xs)", "add", ["a", "b"], ("a ", "+", " b")),
        ("lookup(x, 3)", "opaque", ["x"], ("", "lookup", "(x, 3)")),
        ("sum(w * x for w, x in zip(weights, values))", "sum", [""] * 9, ("", "sum", "(9 numbers)")),
        (
            "sum([first_of_all, second_of_all, third, d])",
            "sum",
            ["a", "", "", "d"],
            ("", "sum", "(a, ..., d)"),
        ),
        ("principal * rate * growth / (growth - 1)", "truediv", ["", ""], ("... ", "/", " (growth - 1)")),
        ("a * (1 - (1 + monthly) ** (-months * 2))", "mul", ["a", ""], ("a ", "*", " (...)")),
        ("velocity(throw, height) * (a + b) - airtime", "sub", ["", ""], ("... ", "-", " airtime")),
        (
            "math.sqrt(upward**2 + drop) < airtime(throw)",
            "lt",
            ["", ""],
            ("math.sqrt(...) ", "<", " airtime(throw)"),
        ),
        ("not python", "lt", ["a", "b"], ("a ", "<", " b")),
        ("", "add", ["a", "b"], ("a ", "+", " b")),
    ],
)
def test_an_expression_is_short_and_shows_its_operation(
    text: str, op: str, operands: list[str], parts: tuple[str, str, str]
) -> None:
    assert expression(text, op, operands) == parts


def test_a_look_is_chosen_by_name() -> None:
    assert ViewOptions(theme="dark").theme == "dark"
    assert ViewOptions() == ViewOptions(
        direction=None, theme="light", precision=6, grad=True, live_only=False
    )


def test_a_percentage_has_the_exponent_of_every_number() -> None:
    assert [percent(x) for x in (9.524, -3.4e-05, 2e20)] == ["9.52 %", "-3.4e-5 %", "2e20 %"]
