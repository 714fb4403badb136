"""What a user chooses about a run and about a view: names, defaults, choices and help texts.

The command line makes one option of each field that carries an `Option`: `max_boxes` becomes
`--max-boxes` and the environment variable `TRACER_MAX_BOXES`; a field that is True becomes a
flag that turns it off, so `grad` becomes `--no-grad`.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from difflib import get_close_matches
from functools import cache, partial
from typing import Annotated, Any, Final, Literal, NamedTuple, get_args, get_origin, get_type_hints

from .errors import ViewError

__all__ = ["Color", "Level", "Option", "RunOptions", "ViewOptions", "choices", "described"]

Color = Literal["kind", "gradient", "value", "elasticity"]
Level = Literal["auto", "none", "operation", "line", "loop", "call"]


class Option(NamedTuple):
    """What the command line says of a field of the options."""

    help: str  # what the option does, in one sentence
    panel: str | None = None  # the heading it stands under in `--help`; without one, "Options"
    metavar: str | None = None  # what stands for its value in `--help`
    # min, max: the smallest and the largest number it takes
    min: int | None = None
    max: int | None = None


picture: Final = partial(Option, panel="Picture")
long_runs: Final = partial(Option, panel="Long runs")


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOptions:
    """How a function is run, as the user chose."""

    limit: Annotated[int | None, Option("Stop the run after this many numbers.", min=1)] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewOptions:
    """How a record is shown, as the user chose; a view ignores what does not concern it.

    Raises:
        ViewError: a field has none of its choices, or `depth` stands without `before` and `after`.
    """

    direction: Annotated[
        Literal["LR", "TB"] | None,
        picture("Draw from left to right (LR) or from top to bottom (TB); without it, what fits a page."),
    ] = None
    theme: Annotated[Literal["light", "dark"], picture("Draw on light or on dark paper.")] = "light"
    color: Annotated[
        Color,
        picture(
            "Colour a box by its kind, or by its number's gradient, value or elasticity (by how many percent "
            "the result moves if the number moves by 1 %)."
        ),
    ] = "kind"
    precision: Annotated[int, picture("Show numbers with this many significant digits.", min=1, max=17)] = 6
    grad: Annotated[bool, picture("Leave the derivatives out.")] = True
    of: Annotated[
        str | None,
        Option(
            "Take derivatives of this number of the result: `result[0]`, `result.imag`. Without it, of the "
            "first.",
            metavar="OUTPUT",
        ),
    ] = None
    live_only: Annotated[bool, picture("Draw only what the result depends on.")] = False
    fold: Annotated[
        Level,
        long_runs(
            "Draw all numbers of one operation, line, loop or call as one box; `none` draws every number, "
            "`auto` as many boxes as fit."
        ),
    ] = "auto"
    max_boxes: Annotated[int, long_runs("How many boxes `--fold auto` may draw.", min=1)] = 150
    focus: Annotated[
        str | None, long_runs("Draw this line, variable or call in full.", metavar="LINE|NAME|CALL")
    ] = None
    iteration: Annotated[
        int | None,
        long_runs(
            "Draw this iteration of the loop in focus in full, counted from 0; without a focus, of the "
            "first loop.",
            min=0,
        ),
    ] = None
    before: Annotated[
        str | None, long_runs("Draw only what the variable NAME was computed from.", metavar="NAME")
    ] = None
    after: Annotated[
        str | None, long_runs("Draw only what was computed from the variable NAME.", metavar="NAME")
    ] = None
    depth: Annotated[int | None, long_runs("How many steps `--before` and `--after` follow.", min=0)] = None
    # not for the user: true if a finer picture took the layout engine too long, which the caption says
    hurried: bool = False

    def __post_init__(self) -> None:
        for name, allowed in _allowed().items():
            given = getattr(self, name)
            if given not in allowed:
                words = [*map(str, allowed)]
                near = get_close_matches(str(given), words, 1)
                hint = f"did you mean {near[0]!r}?" if near else f"it is one of {', '.join(words)}"
                raise ViewError(f"{name} cannot be {given!r}", hint=hint)
        if self.depth is not None and not (self.before or self.after):
            hint = "say before or after which"
            raise ViewError(f"a depth of {self.depth} needs a name to go from", hint=hint)

    @property
    def zoomed(self) -> bool:
        """Whether a part of the run is drawn in full, or alone."""
        return bool(self.focus or self.before or self.after) or self.iteration is not None


def described(options: type[RunOptions | ViewOptions]) -> dict[str, tuple[Any, Option]]:
    """Return the type and the `Option` of each field of RunOptions or ViewOptions that carries one."""
    hints = get_type_hints(options, include_extras=True)
    return {
        field.name: get_args(hints[field.name])[:2]
        for field in fields(options)
        if get_origin(hints[field.name]) is Annotated
    }


def choices(kind: Any) -> tuple[Any, ...]:
    """Return the values a field of this type may have; none if it is no `Literal`, so that all may be."""
    if get_origin(kind) is Literal:
        return get_args(kind)
    found = tuple(value for part in get_args(kind) for value in choices(part))
    return (*found, None) if found and type(None) in get_args(kind) else found


@cache
def _allowed() -> dict[str, tuple[Any, ...]]:
    """Return the values of each field of ViewOptions that has a choice of them; reading its type is slow."""
    found = {name: choices(kind) for name, (kind, _) in described(ViewOptions).items()}
    return {name: values for name, values in found.items() if values}
