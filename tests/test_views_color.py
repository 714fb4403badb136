"""What a colour shows of a number, that it can be told and read on, and that the number is there too."""

from __future__ import annotations

import itertools
import math
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracer import Trace, TraceError, ViewError, trace
from tracer.views.draw.palette import PALETTES, Palette
from tracer.views.picture.scale import Scale

SVG = "{http://www.w3.org/2000/svg}"
REAL = st.floats(allow_nan=False, width=64)


@given(st.lists(REAL, min_size=1), st.booleans())
def test_a_scale_keeps_the_order_of_numbers_and_the_side_they_are_on(
    numbers: list[float], signed: bool
) -> None:
    scale = Scale.of(numbers, signed)
    assert scale is not None
    if not signed:
        numbers = [abs(x) for x in numbers]
    places = [scale.at(x) for x in sorted(numbers)]
    assert places == sorted(places)
    assert all(-1 <= place <= 1 for place in places)
    for x in numbers:
        assert scale.at(-x) == (-scale.at(x) if signed else scale.at(x))
        assert scale.at(x) * x >= 0 or math.isnan(scale.at(x) * x)
    assert scale.low <= min(numbers)
    assert scale.high >= max(numbers)
    finite = [abs(x) for x in numbers if math.isfinite(x) and x]
    assert not finite or scale.at(max(finite)) == pytest.approx(1.0)


def test_a_scale_tells_magnitudes_apart() -> None:
    scale = Scale.of([0.01, 0.1, 1.0, -10.0, 100.0])
    assert scale is not None
    steps = [scale.at(10.0**k) for k in range(-2, 3)]
    assert all(b - a > 0.15 for a, b in itertools.pairwise(steps))
    assert Scale.of([]) is None


def luminance(color: str) -> float:
    """Relative luminance, as WCAG 2.2 defines it."""
    channels = [part / 255 for part in bytes.fromhex(color[1:])]
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


@pytest.mark.parametrize("palette", PALETTES.values(), ids=PALETTES)
@pytest.mark.parametrize("signed", [True, False])
def test_text_can_be_read_on_every_colour(palette: Palette, signed: bool) -> None:
    for place in range(-10, 11):
        bright, dark = sorted((luminance(palette.tint(place / 10, signed=signed)), luminance(palette.ink)))[
            ::-1
        ]
        assert (bright + 0.05) / (dark + 0.05) >= 4.5


# How red, green and blue are seen without one of the three cones: Machado, Oliveira and Fernandes,
# A Physiologically-based Model for Simulation of Color Vision Deficiency, 2009.
SEEN = {
    "all": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protan": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deutan": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritan": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}


@pytest.mark.parametrize("palette", PALETTES.values(), ids=PALETTES)
@pytest.mark.parametrize("seen", SEEN.values(), ids=SEEN)
def test_the_two_sides_of_a_scale_differ_for_every_eye(
    palette: Palette, seen: tuple[tuple[float, ...], ...]
) -> None:
    def look(color: str) -> list[float]:
        return [sum(a * b for a, b in zip(row, bytes.fromhex(color[1:]), strict=True)) for row in seen]

    for place in (0.3, 1.0):
        hot, cold = (look(palette.tint(side * place, signed=True)) for side in (1, -1))
        assert math.dist(hot, cold) > 60 * place


def fills(t: Trace, **look: Any) -> dict[str, str]:
    """The ground of each box of a picture, by the first word in it."""
    found = {}
    for group in ET.fromstring(str(t.render(".svg", **look))).iter(f"{SVG}g"):
        words = ["".join(text.itertext()).strip() for text in group.iter(f"{SVG}text")]
        shape = next((x for tag in ("polygon", "path") for x in group.iter(f"{SVG}{tag}")), None)
        if group.get("class") == "node" and shape is not None:
            found[words[0]] = shape.get("fill", "")
    return found


def mixed(a: float, b: float, c: float) -> float:
    up = 3.0 * a
    down = up - 0.5 * b
    return down + math.floor(c)


def test_a_box_has_the_colour_of_its_gradient() -> None:
    t = trace(mixed, 1.0, 2.0, 3.5)
    light = PALETTES["light"]
    found = fills(t, color="gradient")
    assert found["a"] == light.hot
    assert found["b"] == light.tint(Scale.of([1.0, 3.0, -0.5, 0.0]).at(-0.5), signed=True)  # type: ignore[union-attr]
    assert found["c"] == light.tones["operation"].fill
    assert fills(t, color="gradient", theme="dark")["a"] == PALETTES["dark"].hot


def test_a_box_has_the_colour_of_its_value_or_its_elasticity() -> None:
    def f(a: float, b: float) -> float:
        product = a * b
        return (total := product + 1.0)  # noqa: F841  # the name is what the picture shows

    t = trace(f, 10.0, -10.0)
    light, scale = PALETTES["light"], Scale.of([1.0, 100.0])
    assert scale is not None
    found = fills(t, color="value")
    assert found["a"] == light.tint(scale.at(10.0), signed=True)
    assert found["total"] == light.tint(scale.at(-99.0), signed=True)
    assert found["product"] == light.cold
    found = fills(t, color="elasticity")
    assert found["a"] == found["b"] == found["product"] == light.deep
    assert "1 % → 1.01 %" in said(t, color="elasticity")


def said(t: Trace, **look: Any) -> list[str]:
    root = ET.fromstring(str(t.render(".svg", **look)))
    return ["".join(text.itertext()).strip() for text in root.iter(f"{SVG}text")]


def hovers(t: Trace, **look: Any) -> list[str]:
    root = ET.fromstring(str(t.render(".svg", **look)))
    return [title.text or "" for title in root.iter(f"{SVG}title")]


def test_the_legend_names_the_ends_of_the_scale_and_what_it_shows() -> None:
    t = trace(mixed, 1.0, 2.0, 3.5)
    words = said(t, color="gradient")
    assert {"\N{MINUS SIGN}2.0", "3.0", "gradient of result, logarithmic"} <= set(words)
    assert "gradient of" not in " ".join(said(t))
    assert "by how many percent result moves for 1 %, logarithmic" in said(t, color="elasticity")


def loop(x: float) -> float:
    total = 0.0
    for _ in range(500):
        x = x * 1.01
        total = total + x
    return total


@pytest.mark.parametrize("fold", ["operation", "line", "loop", "call"])
@pytest.mark.parametrize("color", ["gradient", "value", "elasticity"])
def test_a_folded_box_shows_the_strongest_of_its_numbers(fold: str, color: str) -> None:
    t = trace(loop, 2.0)
    tips = [tip for tip in hovers(t, color=color, fold=fold) if "colour:" in tip]
    strongest = max(float(tip.rpartition(" ")[2]) for tip in tips)
    slopes = t.gradient()
    known = {
        "gradient": [s for s in slopes if s is not None],
        "value": [n.data for n in t.graph],
        "elasticity": [n.data * (slopes[n.id] or 0.0) / t.result for n in t.graph],
    }[color]
    assert strongest == max(known)


def test_colours_change_nothing_but_colours() -> None:
    t = trace(loop, 2.0)
    bare = re.compile(r'(fillcolor|color|BGCOLOR|COLOR|label|tooltip)="?[^ ]*')
    plain, tinted = (
        {line.split()[0] for line in bare.sub("", str(t.render(".dot", color=c))).splitlines() if "[" in line}
        for c in ("kind", "gradient")
    )
    assert plain == tinted


def test_what_is_unknown_or_no_number_stays_blank() -> None:
    blank = PALETTES["light"].tones["operation"].fill
    found = fills(trace(lambda n, x: math.comb(n, 2) * x, 4, 2.0), color="gradient")
    assert found["n"] == blank
    assert found["x"] != blank
    z = fills(trace(lambda x: complex(x, 1.0) ** 2, 2.0), color="value")
    assert z["x"] != blank
    assert blank in z.values()


def test_a_number_that_was_lost_on_the_way_says_that_its_derivative_is_unknown() -> None:
    t = trace(lambda x, y: float.fromhex(x.hex()) * y, 2.0, 3.0)
    assert "∂ ?" in said(t)
    assert fills(t, color="gradient")["x"] == PALETTES["light"].tones["operation"].fill


def test_of_a_complex_result_the_real_part_is_derived_unless_another_is_named() -> None:
    t = trace(lambda x: complex(x, 1.0) ** 2, 2.0)
    assert "∂ derivative of result.real" in said(t)
    assert "∂ 4.0" in said(t)
    assert "∂ derivative of result.imag" in said(t, of="result.imag")
    assert "∂ 2.0" in said(t, of="result.imag")


def test_a_result_without_a_number_has_nothing_to_tint() -> None:
    t = trace(lambda x: None, 2.0)
    assert "no number here has a gradient that a colour could show" in said(t, color="gradient")
    assert "value, logarithmic" in said(t, color="value")


@pytest.mark.parametrize(
    ("look", "message", "hint"),
    [
        ({"color": "gradeint"}, "color cannot be 'gradeint'", "did you mean 'gradient'?"),
        ({"theme": 3}, "theme cannot be 3", "it is one of light, dark"),
        ({"fold": "lines"}, "fold cannot be 'lines'", "did you mean 'line'?"),
        ({"direction": "BT"}, "direction cannot be 'BT'", "one of LR, TB, None"),
    ],
)
def test_a_look_that_does_not_exist_is_told_with_those_that_do(look: Any, message: str, hint: str) -> None:
    with pytest.raises(ViewError) as caught:
        trace(mixed, 1.0, 2.0, 3.5).render(".svg", **look)
    assert message in caught.value.message
    assert hint in (caught.value.hint or "")


def test_an_output_that_does_not_exist_is_told_with_those_that_do() -> None:
    with pytest.raises(TraceError, match="there is no output 'results'") as caught:
        trace(mixed, 1.0, 2.0, 3.5).render(".svg", of="results")
    assert caught.value.hint == "did you mean 'result'?"


# -- arrows --------------------------------------------------------------------------------------


def test_every_arrow_tells_the_derivative_of_its_step() -> None:
    t = trace(lambda a, b: math.sin(a * b), 2.0, 3.0)
    tips = hovers(t)
    assert "a → a * b\nlocal ∂ 3.0" in tips
    assert "b → a * b\nlocal ∂ 2.0" in tips
    assert f"a * b → math.sin(a * b)\nlocal ∂ {math.cos(6.0)!r}" in tips


def test_a_step_without_derivative_says_so() -> None:
    tips = hovers(trace(lambda n, x: math.comb(n, 2) * x, 4, 2.0))
    assert "n → math.comb(n, 2)\nlocal ∂ unknown" in tips
    tips = hovers(trace(lambda x: math.floor(x) * x, 2.5))
    assert "x → math.floor(x)\nlocal ∂ 0.0" in tips


def test_an_arrow_of_a_folded_run_tells_the_first_and_the_last_step() -> None:
    def f(x: float) -> float:
        for k in range(300):
            x = x * (k + 2.0) / 150.0
        return x

    tips = "\n".join(hovers(trace(f, 1.0)))
    assert "local ∂ 0.006666666666666667" in tips
    assert "local ∂ 2.0\n" in tips  # from before the loop: the first step alone
    assert "local ∂ 301.0\n" in tips  # from turn to turn: the last
    assert re.search(r"k \+ 2\.0 → x \* \(k \+ 2\.0\).*\nlocal ∂ first 1\.0, last \S+", tips)


def test_an_arrow_can_be_met_by_a_pointer() -> None:
    root = ET.fromstring(str(trace(mixed, 1.0, 2.0, 3.5).render()))
    edges = [g for g in root.iter(f"{SVG}g") if g.get("class") == "edge"]
    assert edges
    for edge in edges:
        shown, unseen = edge.findall(f"{SVG}path")
        assert unseen.get("d") == shown.get("d")
        assert (unseen.get("pointer-events"), unseen.get("stroke")) == ("stroke", "none")


# -- what went wrong -----------------------------------------------------------------------------


def spoiled(x: float) -> float:
    best = math.inf
    for k in range(3):
        best = min(best, x * k)
    big = x * 1e308
    gone = big - big
    return gone * 2.0 + best


def flat(x: float, y: float) -> float:
    root = math.sqrt(x - 1.0)
    return root * y


def many(x: float) -> float:
    total = 0.0
    for _ in range(400):
        x = x * 10.0
        total = total + (x - x * 0.5)
    return total


@pytest.mark.parametrize(
    ("function", "args", "title", "here"),
    [
        (spoiled, (2.0,), "NaN born at line {}: inf - inf", "NaN born here"),
        (spoiled, (2.0,), "inf born at line {}: 2.0 * 1e+308", "inf born here"),
        (
            flat,
            (1.0, 2.0),
            "inf born at line {} in the gradient: slope of sqrt(0.0)",
            "inf born here in the gradient",
        ),
        (many, (1e20,), "NaN born at line {}: inf - inf", "NaN born here"),
    ],
)
def test_a_picture_says_where_nan_was_born(
    function: Callable[..., float], args: tuple[float, ...], title: str, here: str
) -> None:
    t = trace(function, *args)
    pattern = re.escape(title).replace(r"\{\}", r"\d+") + "$"
    words = said(t)
    assert any(re.match(pattern, text) for text in words)
    assert words.count(here) == 1
    assert any(re.search(pattern, tip, re.MULTILINE) for tip in hovers(t))
    assert f'color="{PALETTES["light"].tones["failure"].line}"' in str(t.render(".dot"))


def test_an_infinity_that_did_no_harm_is_not_marked() -> None:
    def least(x: float) -> float:
        best = math.inf
        for k in range(1, 4):
            best = min(best, x * k)
        return best

    t = trace(least, 2.0)
    assert t.nan_origins() == []
    assert "born" not in " ".join(said(t))


def test_without_derivatives_their_trouble_is_not_told() -> None:
    assert "born" not in " ".join(said(trace(flat, 1.0, 2.0), grad=False))
    assert "NaN born here" in said(trace(spoiled, 2.0), grad=False)


def test_a_trace_that_was_loaded_is_tinted_the_same(tmp_path: Path) -> None:
    t = trace(spoiled, 2.0)
    t.save(tmp_path / "t.json")
    for color in ("gradient", "value", "elasticity"):
        assert Trace.load(tmp_path / "t.json").render(".dot", color=color) == t.render(".dot", color=color)
