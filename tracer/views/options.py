"""Owns `Look`: what a reader may choose about a view."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final, Literal, get_args

from ..errors import ViewError
from .picture.scale import Color

__all__ = ["SMALLER", "Level", "ViewOptions"]

Level = Literal["auto", "none", "operation", "line", "loop", "call"]

# What to do about a picture that is too large.
SMALLER: Final = (
    "fold it by its source (--fold auto), show only what the result depends on (--live-only), "
    "use the text view, or trace less"
)

CHOICES: Final = {
    "direction": ("LR", "TB", None),
    "theme": ("light", "dark"),
    "color": get_args(Color),
    "fold": get_args(Level),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewOptions:
    """How a record is shown; a view ignores what does not concern it.

    Attributes:
        direction: the way a picture runs, `LR` or `TB`; None takes the one that fills a
            landscape page better.
        theme: `light` (warm paper) or `dark`.
        precision: significant digits of a shown number; its full digits appear on hover.
        grad: whether derivatives are shown.
        of: the number of the result that they are derivatives of, `result[2]`; None takes the first.
        color: what the colour of a box shows: its `kind`, or the number's `gradient`, `value` or
            `elasticity` (by how many percent the result moves for one percent of the number).
        live_only: whether only what the result depends on is shown.
        fold: which numbers a view shows as one: `none`; those of one `operation`, `line`,
            `loop` or `call` of the source; `auto` takes the finest mixture that fits `max_boxes`
            and is not tangled.
        max_boxes: how many boxes `auto` allows.
        focus: a line, a name or a call that is drawn in full, with everything else folded.
        iteration: the turn of the loop in focus that is drawn in full, from 0.
        before, after: a name; only what it was made from, or what was made of it, is drawn.
        depth: how many steps `before` and `after` go; all, if it is not said.
        hurried: whether a finer picture took the layout engine too long.
    """

    direction: Literal["LR", "TB"] | None = None
    theme: Literal["light", "dark"] = "light"
    precision: int = 6
    grad: bool = True
    of: str | None = None
    color: Color = "kind"
    live_only: bool = False
    fold: Level = "auto"
    max_boxes: int = 150
    focus: str | None = None
    iteration: int | None = None
    before: str | None = None
    after: str | None = None
    depth: int | None = None
    hurried: bool = False

    def __post_init__(self) -> None:
        for field, choices in CHOICES.items():
            given = getattr(self, field)
            if given not in choices:
                near = get_close_matches(str(given), map(str, choices), 1)
                raise ViewError(
                    f"{field} cannot be {given!r}",
                    hint=f"did you mean {near[0]!r}?"
                    if near
                    else f"it is one of {', '.join(map(str, choices))}",
                )
        if self.depth is not None and not (self.before or self.after):
            raise ViewError(
                f"a depth of {self.depth} needs a name to go from", hint="say before or after which"
            )

    @property
    def zoomed(self) -> bool:
        """Whether a part of the run is looked at closely, or alone."""
        return bool(self.focus or self.before or self.after) or self.iteration is not None
