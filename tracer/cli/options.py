"""Owns the arguments and options that commands share; TRACER_ variables bear the options' names."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from typer.core import TyperCommand

from ..errors import TracerError

__all__ = [
    "Argument",
    "By",
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
    "Strict",
    "StrictGrad",
    "Theme",
    "Top",
    "Verify",
    "option",
]


def option(flag: str, says: str, panel: str | None = None, **more: Any) -> Any:
    """An option that the environment variable of its name sets as well: TRACER_MAX_BOXES for --max-boxes."""
    variable = "TRACER_" + flag.removeprefix("--").upper().replace("-", "_")
    return typer.Option(flag, envvar=variable, help=says, rich_help_panel=panel, **more)


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
Argument = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="ARGUMENT",
        help="Python literals, `2.0` `-3` `[1, 2.5]` `\"'text'\"`, or `name=literal`. Without any: the "
        "defaults, else the first `>>>` example of the docstring.",
        show_default=False,
    ),
]
Output = Annotated[
    list[str] | None,
    typer.Option(
        "--output",
        "-o",
        metavar="PATH",
        help="Where to write; the suffix says what: .svg .png .pdf .dot .mmd .json .fold.json .txt. "
        "`-` is standard output. May be repeated. Without it: FUNCTION.svg.",
        show_default=False,
        rich_help_panel="Output",
    ),
]
Format = Annotated[
    Literal["svg", "png", "pdf", "dot", "mmd", "json", "fold.json", "txt"],
    option("--format", "What `-o -` writes.", "Output"),
]
Open = Annotated[bool, option("--open", "Show the picture.", "Output")]
Direction = Annotated[
    Literal["LR", "TB"] | None,
    option(
        "--direction",
        "Left to right or top to bottom; without it what fits better.",
        "Look",
        case_sensitive=False,
    ),
]
Theme = Annotated[
    Literal["light", "dark"], option("--theme", "Paper or night.", "Look", case_sensitive=False)
]
Precision = Annotated[
    int, option("--precision", "Significant digits of a shown number.", "Look", min=1, max=17)
]
NoGrad = Annotated[bool, option("--no-grad", "Leave the derivatives out.", "Look")]
Of = Annotated[
    str | None,
    option(
        "--of",
        "Of which number of the result derivatives are taken: `result[0]`, `result.imag`. Without it "
        "the first.",
        metavar="OUTPUT",
    ),
]
ColorBy = Annotated[
    Literal["kind", "gradient", "value", "elasticity"],
    option(
        "--color",
        "What the colour of a box shows: its kind, or the number's gradient, value or elasticity (what "
        "1 % of it does to the result).",
        "Look",
        case_sensitive=False,
    ),
]
Strict = Annotated[bool, option("--strict", "Exit with 6 if a number left the graph unseen.")]
StrictGrad = Annotated[
    bool,
    option(
        "--strict-grad", "Exit with 6 if a derivative is not known, or ends where a value moves in steps."
    ),
]
Verify = Annotated[bool, option("--verify", "Also run it plain, and exit with 6 if anything differs.")]
Limit = Annotated[int | None, option("--limit", "Stop after this many operations.", min=1)]
LiveOnly = Annotated[bool, option("--live-only", "Only what the result depends on.", "Look")]
By = Annotated[
    Literal["elasticity", "gradient"], option("--by", "What ranks the numbers.", case_sensitive=False)
]
Top = Annotated[int, option("--top", "How many numbers are listed.", min=1)]
