"""Owns the arguments and options that commands share; TRACER_ variables bear the options' names."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from typer.core import TyperCommand

from ..errors import TracerError

__all__ = [
    "ColorBy",
    "Direction",
    "File",
    "Format",
    "Function",
    "Limit",
    "Literals",
    "LiveOnly",
    "NoGrad",
    "Of",
    "Open",
    "Output",
    "Precision",
    "StrictGrad",
    "Theme",
]


class Literals(TyperCommand):
    """A command that takes `-3` and `-.5` for what they are: arguments."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put a blank, which a Python literal may have, before each negative number."""
        shielded = [f" {arg}" if arg[:1] == "-" and arg[1:2] in (*"0123456789.",) else arg for arg in args]
        return super().parse_args(ctx, shielded)


def _function_names(ctx: typer.Context, incomplete: str) -> list[str]:
    """What the shell offers for FUNCTION."""
    from ..program import outline

    try:
        offers = outline(Path(ctx.params["file"]))
    except (KeyError, TypeError, TracerError):
        return []
    return [offer.name for offer in offers if offer.name.startswith(incomplete)]


File = Annotated[Path, typer.Argument(metavar="FILE", help="A Python file.", show_default=False)]
Function = Annotated[
    str,
    typer.Argument(
        metavar="FUNCTION",
        help="A function of it; `Class.method` for a static or class method.",
        autocompletion=_function_names,
        show_default=False,
    ),
]
Output = Annotated[
    list[str] | None,
    typer.Option(
        "--output",
        "-o",
        metavar="PATH",
        help="Where to write; the suffix says what: .svg .png .pdf .dot .mmd .json .txt. "
        "`-` is standard output. May be repeated. Without it: FUNCTION.svg.",
        show_default=False,
        rich_help_panel="Output",
    ),
]
Format = Annotated[
    Literal["svg", "png", "pdf", "dot", "mmd", "json", "fold.json", "txt"],
    typer.Option("--format", envvar="TRACER_FORMAT", help="What `-o -` writes.", rich_help_panel="Output"),
]
Open = Annotated[
    bool,
    typer.Option("--open", envvar="TRACER_OPEN", help="Show the picture.", rich_help_panel="Output"),
]
Direction = Annotated[
    Literal["LR", "TB"] | None,
    typer.Option(
        envvar="TRACER_DIRECTION",
        case_sensitive=False,
        help="Left to right or top to bottom; without it what fits better.",
        show_default=False,
        rich_help_panel="Look",
    ),
]
Theme = Annotated[
    Literal["light", "dark"],
    typer.Option(envvar="TRACER_THEME", case_sensitive=False, help="Paper or night.", rich_help_panel="Look"),
]
Precision = Annotated[
    int,
    typer.Option(
        envvar="TRACER_PRECISION",
        min=1,
        max=17,
        help="Significant digits of a shown number.",
        rich_help_panel="Look",
    ),
]
NoGrad = Annotated[
    bool,
    typer.Option(
        "--no-grad", envvar="TRACER_NO_GRAD", help="Leave the derivatives out.", rich_help_panel="Look"
    ),
]
Of = Annotated[
    str | None,
    typer.Option(
        envvar="TRACER_OF",
        metavar="OUTPUT",
        help="Of which number of the result derivatives are taken: `result[0]`, `result.imag`. Without it "
        "the first.",
        show_default=False,
    ),
]
ColorBy = Annotated[
    Literal["kind", "gradient", "value", "elasticity"],
    typer.Option(
        "--color",
        envvar="TRACER_COLOR",
        case_sensitive=False,
        help="What the colour of a box shows: its kind, or the number's gradient, value or elasticity (what "
        "1 % of it does to the result).",
        rich_help_panel="Look",
    ),
]
StrictGrad = Annotated[
    bool,
    typer.Option(
        "--strict-grad",
        envvar="TRACER_STRICT_GRAD",
        help="Exit with 6 if a derivative is not known, or ends where a value moves in steps.",
    ),
]
Limit = Annotated[
    int | None,
    typer.Option(envvar="TRACER_LIMIT", min=1, help="Stop after this many operations."),
]
LiveOnly = Annotated[
    bool,
    typer.Option(
        "--live-only",
        envvar="TRACER_LIVE_ONLY",
        help="Only what the result depends on.",
        rich_help_panel="Look",
    ),
]
