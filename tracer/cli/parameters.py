"""The parameters of the commands: their arguments, and options with their environment variables."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, get_args

import typer
from typer.core import TyperCommand

from ..errors import TracerError, ViewError
from ..options import RunOptions, ViewOptions, choices, described
from ..views import VIEWS

__all__ = ["Argument", "File", "Format", "Function", "Literals", "Open", "Output", "StrictGrad"]
__all__ += ["option", "with_options"]

FORMATS = tuple(suffix.removeprefix(".") for suffix in VIEWS)


def option(flag: str, help_: str, panel: str | None = None, **more: Any) -> Any:
    """Return an option that an environment variable sets as well: TRACER_MAX_BOXES for --max-boxes."""
    variable = "TRACER_" + flag.removeprefix("--").upper().replace("-", "_")
    return typer.Option(flag, envvar=variable, help=help_, rich_help_panel=panel, **more)


def with_options(command: Callable[..., None]) -> Callable[..., None]:
    """Return the command with an option for each field of the RunOptions and ViewOptions it takes.

    A parameter `Annotated[ViewOptions, "of", "precision"]` offers these fields alone.
    """
    own = inspect.signature(command, eval_str=True)
    kinds: dict[str, type[RunOptions | ViewOptions]] = {}
    parameters: list[inspect.Parameter] = []
    for name, parameter in own.parameters.items():
        kind, *only = get_args(parameter.annotation) or (parameter.annotation,)
        if kind in (RunOptions, ViewOptions):
            kinds[name] = kind
            parameters += _options_of(kind, only)
        else:
            parameters.append(parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY))

    @functools.wraps(command)
    def converted(**given: Any) -> None:
        for name, kind in kinds.items():
            chosen = {field: given.pop(field) for field in described(kind) if field in given}
            chosen |= {f: not given.pop(f"no_{f}") for f in described(kind) if f"no_{f}" in given}
            try:
                given[name] = kind(**chosen)
            except ViewError as error:  # options that do not fit together
                raise typer.BadParameter(f"{error.message}; {error.hint}") from None
        command(**given)

    converted.__signature__ = own.replace(parameters=parameters)  # type: ignore[attr-defined]  # for typer
    converted.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return converted


def _options_of(kind: type[RunOptions | ViewOptions], only: list[str]) -> Iterator[inspect.Parameter]:
    """Yield a parameter for each field of an options class that is described; with `only`, for these."""
    default = kind()
    for field, (type_, said) in described(kind).items():
        if only and field not in only:
            continue
        value = getattr(default, field)
        name = f"no_{field}" if value is True else field
        more: dict[str, Any] = {"case_sensitive": False} if choices(type_) else {}
        more |= {key: getattr(said, key) for key in ("metavar", "min", "max")}
        yield inspect.Parameter(
            name,
            inspect.Parameter.KEYWORD_ONLY,
            default=False if value is True else value,
            annotation=Annotated[type_, option(f"--{name.replace('_', '-')}", said.help, said.panel, **more)],
        )


class Literals(TyperCommand):
    """A command that takes `-3` and `-.5` for what they are: arguments."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put a blank, which a Python literal may have, before each negative number."""
        shielded = [f" {arg}" if arg[:1] == "-" and arg[1:2] in (*"0123456789.",) else arg for arg in args]
        return super().parse_args(ctx, shielded)


def _function_names(ctx: typer.Context, incomplete: str) -> list[str]:
    """Return what the shell offers for FUNCTION."""
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
        help="A function of that file; `Class.method` names a static or class method.",
        autocompletion=_function_names,
        show_default=False,
    ),
]
Argument = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="ARGUMENT",
        help="Python literals, `2.0` `-3` `[1, 2.5]` `\"'text'\"`, or `name=literal`. Without any, the "
        "function's defaults are taken, or the first `>>>` example of its docstring.",
        show_default=False,
    ),
]
Output = Annotated[
    list[str] | None,
    typer.Option(
        "--output",
        "-o",
        metavar="PATH",
        help=f"Write this file; its suffix chooses the view: {' '.join(VIEWS)}. `-` is standard output. "
        "May be repeated. Without it: FUNCTION.svg.",
        show_default=False,
        rich_help_panel="Output",
    ),
]
if TYPE_CHECKING:
    Format = str
else:  # a Literal made of a table
    Format = Annotated[Literal[FORMATS], option("--format", "Which view `-o -` writes.", "Output")]
Open = Annotated[bool, option("--open", "Show the first picture when it is written.", "Output")]
StrictGrad = Annotated[
    bool,
    option(
        "--strict-grad", "Exit with 6 if a derivative is not known, or ends where a value moves in steps."
    ),
]
