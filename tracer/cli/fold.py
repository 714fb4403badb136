"""Owns the options that say how a long run is folded, and what of it is drawn in full."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

__all__ = ["After", "Before", "Depth", "Focus", "Fold", "Iteration", "MaxBoxes"]

PANEL = "Long runs"

Fold = Annotated[
    Literal["auto", "none", "operation", "line", "loop", "call"],
    typer.Option(
        envvar="TRACER_FOLD",
        case_sensitive=False,
        help="Draw as one box what one operation, line, loop or call computes; `auto`: as fine as fits.",
        rich_help_panel=PANEL,
    ),
]
MaxBoxes = Annotated[
    int,
    typer.Option(
        envvar="TRACER_MAX_BOXES", min=1, help="How many boxes `--fold auto` allows.", rich_help_panel=PANEL
    ),
]
Focus = Annotated[
    str | None,
    typer.Option(
        envvar="TRACER_FOCUS",
        metavar="LINE|NAME|CALL",
        help="Draw this line, variable or call in full.",
        show_default=False,
        rich_help_panel=PANEL,
    ),
]
Iteration = Annotated[
    int | None,
    typer.Option(
        envvar="TRACER_ITERATION",
        min=0,
        help="Draw this turn of the loop in focus in full, from 0; without a focus of the first loop.",
        show_default=False,
        rich_help_panel=PANEL,
    ),
]
Before = Annotated[
    str | None,
    typer.Option(
        envvar="TRACER_BEFORE",
        metavar="NAME",
        help="Draw only what NAME was made from.",
        show_default=False,
        rich_help_panel=PANEL,
    ),
]
After = Annotated[
    str | None,
    typer.Option(
        envvar="TRACER_AFTER",
        metavar="NAME",
        help="Draw only what was made of NAME.",
        show_default=False,
        rich_help_panel=PANEL,
    ),
]
Depth = Annotated[
    int | None,
    typer.Option(
        envvar="TRACER_DEPTH",
        min=0,
        help="How many steps `--before` and `--after` go.",
        show_default=False,
        rich_help_panel=PANEL,
    ),
]
