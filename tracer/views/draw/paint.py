"""The colours of one picture: those of the kinds of numbers, or those of a scale."""

from __future__ import annotations

from functools import partial
from typing import Final

from ...options import ViewOptions
from ..number_text import number, percent
from ..picture.scale import COLORS, Scale
from ..picture.scene import Box, Scene
from .label import Ramp
from .palette import PALETTES

__all__ = ["Paint"]

STEPS: Final = 11  # colours of a scale that the legend shows


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
