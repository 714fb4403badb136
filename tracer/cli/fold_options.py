"""Owns the options that say how a long run is folded, and what of it is drawn in full."""

from __future__ import annotations

from typing import Annotated, Literal

from .options import option

__all__ = ["After", "Before", "Depth", "Focus", "Fold", "Iteration", "MaxBoxes"]

PANEL = "Long runs"

Fold = Annotated[
    Literal["auto", "none", "operation", "line", "loop", "call"],
    option(
        "--fold",
        "Draw as one box what one operation, line, loop or call computes; `auto`: as fine as fits.",
        PANEL,
        case_sensitive=False,
    ),
]
MaxBoxes = Annotated[int, option("--max-boxes", "How many boxes `--fold auto` allows.", PANEL, min=1)]
Focus = Annotated[
    str | None,
    option("--focus", "Draw this line, variable or call in full.", PANEL, metavar="LINE|NAME|CALL"),
]
Iteration = Annotated[
    int | None,
    option(
        "--iteration",
        "Draw this turn of the loop in focus in full, from 0; without a focus of the first loop.",
        PANEL,
        min=0,
    ),
]
Before = Annotated[
    str | None, option("--before", "Draw only what NAME was made from.", PANEL, metavar="NAME")
]
After = Annotated[str | None, option("--after", "Draw only what was made of NAME.", PANEL, metavar="NAME")]
Depth = Annotated[int | None, option("--depth", "How many steps `--before` and `--after` go.", PANEL, min=0)]
