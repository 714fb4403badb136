"""What must hold of the picture of every record."""

from __future__ import annotations

import os
import re
import struct
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from fold_programs import dot
from test_views_records import (
    GALLERY,
    Sketch,
    branch,
    failure,
    leak,
    lesson,
    loan,
    many,
    nested,
    newton,
    nothing,
    odd,
    square,
    wide,
)  # fmt: skip

from tracer.graph import Site
from tracer.record import Call, Record
from tracer.source.text import Span
from tracer.views import ViewOptions, render

GOLD = Path(__file__).parent / "gold"
LOOKS = {
    "light": ViewOptions(),
    "dark-tb": ViewOptions(theme="dark", direction="TB"),
    "bare": ViewOptions(direction="LR", grad=False, live_only=True, precision=3),
}
GOLDEN = [name for name in GALLERY if name not in ("many", "newton")]
SVG = "{http://www.w3.org/2000/svg}"


def drawn(record: Record, look: ViewOptions | None = None) -> ET.Element:
    return ET.fromstring(str(render(record, ".svg", look)))


def texts(root: ET.Element) -> list[str]:
    return ["".join(text.itertext()).strip() for text in root.iter(f"{SVG}text")]


def hovers(root: ET.Element) -> list[str]:
    return [title.text or "" for title in root.iter(f"{SVG}title")]


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("name", GOLDEN)
def test_the_dot_text_is_as_it_was(name: str, look: str) -> None:
    """After a wanted change: TRACER_GOLD=1 pytest tests/test_views_pictures.py, and look at the diff."""
    actual, gold = dot(GALLERY[name](), LOOKS[look]), GOLD / f"{name}-{look}.dot"
    if os.environ.get("TRACER_GOLD"):
        gold.write_text(actual, encoding="utf-8")
    wanted = gold.read_text(encoding="utf-8") if gold.exists() else ""
    if actual != wanted:
        saved = GOLD / f"{name}-{look}.actual.dot"
        saved.write_text(actual, encoding="utf-8")
        pytest.fail(f"{gold.name} differs; what came out is saved as {saved.name}")


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("name", GALLERY)
def test_the_engine_takes_every_picture_and_its_svg_is_xml(name: str, look: str) -> None:
    root = drawn(GALLERY[name](), LOOKS[look])
    assert root.tag == f"{SVG}svg"
    assert not list(root.iter(f"{SVG}a"))
    assert "#fffff8" in ET.tostring(root, "unicode") or LOOKS[look].theme == "dark"
    for text in root.iter(f"{SVG}text"):
        assert re.search(r"(mono|, )serif$|monospace$", text.get("font-family", ""))


@pytest.mark.parametrize("name", GALLERY)
def test_every_number_and_arrow_that_matters_is_drawn(name: str) -> None:
    record = GALLERY[name]()
    text = dot(record, ViewOptions(fold="none"))
    for node in record.graph:
        for place, arg in enumerate(node.args):
            assert re.search(rf"^  n({arg}|{node.id}_{place}) -> n{node.id}\b", text, re.MULTILINE)
    for i in record.graph.live():
        leaf = record.graph[i].op in ("literal", "constant")
        assert leaf or re.search(rf"^ *n{i} \[", text, re.MULTILINE)


def test_a_picture_is_the_same_each_time_and_names_no_place_on_this_machine() -> None:
    here = Sketch()
    a = here.input("a", 1.5)
    here.sites[a] = Site(Span("/home/someone/secret/lesson.py", 3, 0, 3, 1), "a", "a", "f")
    text = dot(here.record(a), ViewOptions())
    assert "lesson.py:3" in text
    assert "someone" not in text
    assert dot(nested(), ViewOptions()) == dot(nested(), ViewOptions())


def test_an_operand_used_twice_has_two_arrows() -> None:
    assert len(re.findall(r"^  n0 -> n1 ", dot(square(), ViewOptions()), re.MULTILINE)) == 2


def test_operands_are_numbered_only_where_their_order_matters() -> None:
    text = dot(loan(), ViewOptions(direction="LR"))
    assert re.search(r"n1 -> n\d+:p1:w", text)
    assert not re.search(r"n0 -> n\d+:p", text)
    assert ":p1:n" in dot(loan(), ViewOptions(direction="TB"))


def test_a_box_says_name_operation_value_and_derivative() -> None:
    said = texts(drawn(lesson()))
    for part in (
        "d",
        "a",
        "*",
        "b",
        "\N{MINUS SIGN}6.0",
        "∂ 1.0",
        "∂ \N{MINUS SIGN}3.0",
        "exhibit_b()",
        "4.0",
    ):
        assert part in said
    assert not [text for text in texts(drawn(lesson(), ViewOptions(grad=False))) if "∂" in text]


def test_hovering_tells_everything() -> None:
    said = hovers(drawn(lesson()))
    assert "d = a * b\n-6.0\n∂ 1.0\nlesson.py:5" in said
    assert "a → d\nlocal ∂ -3.0" in said
    assert "a → d" in hovers(drawn(lesson(), ViewOptions(grad=False)))
    tricky = "\n".join(hovers(drawn(odd())))
    assert "d['<b>&\"\\\\N']" in tricky
    assert 'ord("\\n") + ω' in tricky


def test_names_from_the_source_cannot_break_the_picture() -> None:
    said = texts(drawn(odd()))
    assert "d['<b>&\"\\\\N']" in said
    assert "数量" in said
    s = Sketch("f('\x00\ud800')")
    assert "f('��') = 1" in texts(drawn(s.record(s.input("\x1b[0m", 1))))


def test_the_legend_tells_the_kinds_that_occur_and_no_others() -> None:
    said = texts(drawn(leak()))
    assert {"input", "literal", "constant", "operation", "opaque call", "result"} <= set(said)
    assert "exception" not in said
    assert "opaque call" not in texts(drawn(lesson()))


def test_calls_are_nested_frames_but_the_outermost_has_none() -> None:
    text = dot(nested(), ViewOptions())
    assert "cluster_0" not in text
    assert text.index("cluster_1 {") < text.index("cluster_2 {") < text.index("cluster_3 {")
    assert {"square(dx)", "square(dy)"} <= set(texts(drawn(nested())))


def test_a_deep_recursion_can_be_drawn() -> None:
    s = Sketch("down(400)")
    y, calls = s.input("n", 400), [Call("down", "down(400)", None, -1, 0, 0, 401)]
    for depth in range(1, 400):
        calls.append(Call("down", "down(n - 1)", None, depth - 1, depth, depth, 401))
        y = s.op("neg", "-n", y)
    assert len(str(render(s.record(y, calls=tuple(calls)), ".svg"))) > 1000


def test_decisions_leaks_and_outputs_are_named() -> None:
    said = texts(drawn(branch()))
    assert "→ not taken" in said
    assert {"→ result[0]", "→ result[1]", "∂ derivative of result[0]"} <= set(said)
    said = texts(drawn(leak()))
    assert {"index", "text \N{MULTIPLICATION SIGN}3", "∂ ?"} <= set(said)


def test_a_failing_expression_is_drawn_with_what_met_in_it() -> None:
    text = dot(failure(), ViewOptions())
    assert re.search(r"n0 -> failure:p1", text)
    said = texts(drawn(failure()))
    assert said.count("ZeroDivisionError: float division by zero") == 2
    assert "total / k" in said


def test_only_what_matters_can_be_drawn() -> None:
    assert "unused" in dot(leak(), ViewOptions())
    assert "unused" not in dot(leak(), ViewOptions(live_only=True))


def test_a_number_needed_far_away_is_shown_again_there() -> None:
    text = dot(many(), ViewOptions(fold="none"))
    arrows = re.findall(r"^  n0 -> n\d+", text, re.MULTILINE)
    assert 0 < len(arrows) < 20
    assert text.count('label="x = 0.01"') > 100


@pytest.mark.parametrize("name", ["PAIR[-1]", r"T['a\n\"<&>']", r"T['\\']"])
def test_a_pill_names_its_number_as_the_source_does_and_writes_it_as_a_box_does(name: str) -> None:
    s = Sketch()
    x = s.input("x", 2.0)
    record = s.record(s.op("mul", f"x * {name}", x, s.constant(name, -1.5e-9)))
    assert f"{name} = \N{MINUS SIGN}1.5e\N{MINUS SIGN}9" in texts(drawn(record))


def test_iterations_are_told_apart() -> None:
    assert {"[0]", "[3]"} <= set(texts(drawn(newton(), ViewOptions(fold="none"))))


def test_a_direction_is_taken_that_fills_the_page_unless_asked() -> None:
    assert 'rankdir="LR"' in dot(lesson(), ViewOptions())
    assert 'rankdir="TB"' in dot(wide(), ViewOptions())
    assert 'rankdir="LR"' in dot(wide(), ViewOptions(direction="LR"))


def test_a_run_without_numbers_still_has_a_picture() -> None:
    said = " ".join(texts(drawn(nothing())))
    assert "hello, world" in said
    assert "no numbers were recorded" in said


@pytest.mark.parametrize("name", ["lesson", "many", "odd"])
def test_a_png_is_a_png_of_bearable_size(name: str) -> None:
    data = render(GALLERY[name](), ".png")
    assert isinstance(data, bytes)
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = struct.unpack(">II", data[16:24])
    assert 100 < width <= 32_000
    assert width * height <= 40_000_000
