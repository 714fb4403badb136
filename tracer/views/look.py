"""Owns `Look`: what a reader may choose about a view."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

__all__ = ["SMALLER", "Look"]

# What to do about a picture that is too large.
SMALLER: Final = (
    "fold it by its source (--fold auto), show only what the result depends on (--live-only), "
    "use the text view, or trace less"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How a record is shown; a view ignores what does not concern it.

    Attributes:
        direction: the way a picture runs, `LR` or `TB`; None takes the one that fills a
            landscape page better.
        theme: `light` (warm paper) or `dark`.
        precision: significant digits of a shown number; its full digits appear on hover.
        grad: whether derivatives are shown.
        live_only: whether only what the result depends on is shown.
        fold: which numbers a picture draws as one box: `none`; those of one `operation`, `line`,
            `loop` or `call` of the source; `auto` takes the finest mixture that fits `max_boxes`.
        max_boxes: how many boxes `auto` allows.
    """

    direction: Literal["LR", "TB"] | None = None
    theme: Literal["light", "dark"] = "light"
    precision: int = 6
    grad: bool = True
    live_only: bool = False
    fold: Literal["auto", "none", "operation", "line", "loop", "call"] = "auto"
    max_boxes: int = 150
