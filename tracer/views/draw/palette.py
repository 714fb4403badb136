"""The colours of pictures, on paper and in the dark: those of the kinds of numbers, or those of a scale."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Final, NamedTuple

from ...options import ViewOptions
from ..number_text import number, percent
from ..picture.scale import COLORS, Scale
from ..picture.scene import Box, Scene

__all__ = ["MONO", "PALETTES", "SERIF", "Paint", "Palette", "Ramp"]

# The engine measures text by these names; a finished SVG gets the longer lists in `svg.py`.
MONO: Final = "Courier New"
SERIF: Final = "Georgia"
STEPS: Final = 11  # colours of a scale that the legend shows


class Tone(NamedTuple):
    """The colours of one kind of box."""

    fill: str
    line: str


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours of one theme."""

    paper: str  # the background
    ink: str  # main text
    grey: str  # secondary text
    faint: str  # barely visible text
    edge: str  # arrows
    bar: str  # the course of many numbers
    frame: tuple[str, str]  # nested frames, alternating
    rim: str  # the outline of a frame
    tones: Mapping[str, Tone]  # each kind of box
    # The ends of a scale differ for every kind of colour vision, and text can be read on them.
    cold: str  # far below 0
    hot: str  # far above 0
    deep: str  # of a scale of sizes

    def untinted(self) -> Palette:
        """The same, where the fill of a number's box does not tell its kind: the line still does."""
        blank = self.tones["operation"].fill
        marks = ("leak", "failure")
        tones = {k: tone if k in marks else Tone(blank, tone.line) for k, tone in self.tones.items()}
        return replace(self, tones=tones)

    def tint(self, place: float, *, signed: bool) -> str:
        """The colour of a place on a scale, from -1 to 1; 0 is the fill of a plain box."""
        end = (self.hot if place > 0 else self.cold) if signed else self.deep
        start = self.tones["operation"].fill
        ends = zip(bytes.fromhex(start[1:]), bytes.fromhex(end[1:]), strict=True)
        return "#" + "".join(f"{round(a + (b - a) * abs(place)):02x}" for a, b in ends)


PALETTES: Final = {
    "light": Palette(
        paper="#fffff8",
        ink="#111111",
        grey="#6b6a62",
        faint="#b9b8ae",
        edge="#77766e",
        bar="#c9c6b4",
        frame=("#f7f6ea", "#f0eedd"),
        rim="#d9d7c6",
        tones={
            "input": Tone("#eaf4ef", "#0b6e5a"),
            "literal": Tone("#fbf3dc", "#a8842c"),
            "constant": Tone("#f1edf7", "#76659c"),
            "operation": Tone("#ffffff", "#8c8b82"),
            "opaque": Tone("#ecebe6", "#55544e"),
            "output": Tone("#fdebdd", "#a8480b"),
            "leak": Tone("#fffff8", "#8f5a00"),
            "failure": Tone("#fde7e4", "#b3261e"),
            "loop": Tone("#f0eedd", "#8c8b82"),
            "call": Tone("#f0eedd", "#8c8b82"),
        },
        cold="#6fa8dc",
        hot="#f0a050",
        deep="#b48fd0",
    ),
    "dark": Palette(
        paper="#151619",
        ink="#f1efe8",
        grey="#a5a399",
        faint="#5b5b5b",
        edge="#8b8a84",
        bar="#55544f",
        frame=("#1b1c20", "#222328"),
        rim="#3a3b41",
        tones={
            "input": Tone("#14302a", "#46b99d"),
            "literal": Tone("#332b15", "#cfa84c"),
            "constant": Tone("#2a2538", "#a595cf"),
            "operation": Tone("#202126", "#85847e"),
            "opaque": Tone("#303136", "#b4b3ac"),
            "output": Tone("#3b2413", "#ee935a"),
            "leak": Tone("#151619", "#e0a94a"),
            "failure": Tone("#42191a", "#f2726a"),
            "loop": Tone("#222328", "#85847e"),
            "call": Tone("#222328", "#85847e"),
        },
        cold="#1f5f9e",
        hot="#a3560c",
        deep="#6f4590",
    ),
}


class Ramp(NamedTuple):
    """The scale of a tinted picture, for its legend."""

    colors: Sequence[str]
    low: str  # the numbers at the ends
    high: str
    words: str  # what it shows


class Paint:
    """The colours of one picture: those of the kinds, or those of a scale over its numbers."""

    def __init__(self, options: ViewOptions, scene: Scene) -> None:
        palette = PALETTES[options.theme]
        self.color, self.precision, self.output = options.color, options.precision, scene.output
        self.palette = palette if options.color == "kind" else palette.untinted()
        self.signed = options.color in COLORS and COLORS[options.color].signed
        self.scale = Scale.of((box.tint for box in scene.boxes if box.tint is not None), self.signed)
        self.folded = any(box.times > 1 and box.tint is not None for box in scene.boxes)

    def fill(self, box: Box) -> str:
        """The ground of a box."""
        if box.faded or (box.repeated and box.tint is None):
            return self.palette.paper
        if box.tint is None or self.scale is None:
            return self.palette.tones[box.tone].fill
        return self.palette.tint(self.scale.at(box.tint), signed=self.signed)

    def effect(self, box: Box) -> str:
        """The number that the ground shows, where the box does not say it."""
        return f"1 % → {percent(box.tint)}" if self.color == "elasticity" and box.tint is not None else ""

    def tip(self, box: Box) -> str:
        """The hover text of a box."""
        shown = "" if box.tint is None else f"colour: {self.color} {box.tint!r}"
        return "\n".join(part for part in (box.tip, shown) if part) or " "

    def ramp(self) -> Ramp | None:
        """What the colours show; None if they show the kinds."""
        if self.color == "kind":
            return None
        if self.scale is None:
            return Ramp((), "", "", f"no number here has a {self.color} that a colour could show")
        low, high = self.scale.low, self.scale.high
        start, stop = self.scale.at(low), self.scale.at(high)
        steps = [start + (stop - start) * k / (STEPS - 1) for k in range(STEPS)]
        colors = [self.palette.tint(step, signed=self.signed) for step in steps]
        show = percent if self.color == "elasticity" else partial(number, digits=self.precision)
        words = COLORS[self.color].words.format(self.output)
        words += ", logarithmic" + ", the strongest of many numbers" * self.folded
        return Ramp(colors, show(low), show(high), words)
