"""The colours of static pictures: one meaning a colour, on paper and in the dark."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

__all__ = ["MONO", "PALETTES", "SERIF", "Palette", "Tone"]

# The engine measures text by these names; a finished SVG gets the longer lists in `svg.py`.
MONO: Final = "Courier New"
SERIF: Final = "Georgia"


@dataclass(frozen=True, slots=True)
class Tone:
    """The colours of one kind of box."""

    fill: str
    line: str


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours of one theme.

    Attributes:
        paper, ink, grey, faint: background; main, secondary and barely visible text.
        edge: arrows.
        bar: the course of many numbers.
        frame, rim: the tints of nested frames, alternating, and their outline.
        tones: the colours of each kind of box.
        cold, hot: the ends of a scale from far below 0 to far above; they differ for every kind of
            colour vision, and text can be read on them.
        deep: the end of a scale of sizes.
    """

    paper: str
    ink: str
    grey: str
    faint: str
    edge: str
    bar: str
    frame: tuple[str, str]
    rim: str
    tones: Mapping[str, Tone]
    cold: str
    hot: str
    deep: str

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
        parts = (
            round(a + (b - a) * abs(place)) for a, b in zip(_channels(start), _channels(end), strict=True)
        )
        return "#" + "".join(f"{part:02x}" for part in parts)


def _channels(color: str) -> bytes:
    return bytes.fromhex(color[1:])


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
