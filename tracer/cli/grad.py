"""`tracer grad`: which number matters, as a table or as JSON; and the check of `--strict-grad`."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, NamedTuple

import typer

from ..options import RunOptions, ViewOptions
from .exit_codes import FUNCTION_RAISED, check_failed, refusals
from .parameters import Argument, File, Function, StrictGrad, option, with_options

if TYPE_CHECKING:
    from ..analyses.obstacles import Obstacle
    from ..analyses.outputs import Seed
    from ..analyses.sensitivity import Influence
    from ..record import Record
    from ..source import Span

__all__ = ["check_gradient", "grad"]

FAILED: Final = "--strict-grad: a derivative is not known, or ends in a step"


@with_options
def grad(
    file: File,
    function: Function,
    argument: Argument = None,
    *,
    view: Annotated[ViewOptions, "of", "precision"],
    by: Annotated[
        Literal["elasticity", "gradient"], option("--by", "Rank the numbers by this.", case_sensitive=False)
    ] = "elasticity",
    top: Annotated[int, option("--top", "List at most this many numbers.", min=1)] = 24,
    json_: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
    strict_grad: StrictGrad = False,
    options: RunOptions,
) -> None:
    """Run FUNCTION of FILE and rank its inputs and literals by how much they move the result."""
    from .steps import run_function

    with refusals():
        # standard output belongs to the answer, where a machine is to read it
        outcome, _ = run_function(file, function, argument, options, aside=json_)
        if outcome.error is not None:
            raise typer.Exit(FUNCTION_RAISED)
        ranking = _rank(outcome.record, view.of, by)
    if json_:
        typer.echo(_json(ranking))
    else:
        _print(ranking, top, view.precision)
    if strict_grad and ranking.obstacles:
        check_failed(FAILED)


def check_gradient(record: Record, of: str | None) -> None:
    """Exit with 6 if a derivative ends on the way to a number of the result, or to the one that is named.

    Raises:
        TraceError: there is no such number.
    """
    from ..analyses.obstacles import obstacles
    from ..analyses.outputs import Seed, seed
    from .report import obstacle_lines

    outputs = record.graph.outputs
    seeds = [Seed(i) for i in outputs.values()] if outputs and of is None else [seed(record, of)]
    found = obstacles(record, seeds)
    if found:
        check_failed("\n".join([*obstacle_lines(found), FAILED]))


class _Ranking(NamedTuple):
    """What the command answers: the numbers that move one output, the most important first."""

    record: Record
    seed: Seed
    value: Any
    numbers: list[Influence]
    obstacles: list[Obstacle]
    nan_origins: list[str]


def _rank(record: Record, of: str | None, by: str) -> _Ranking:
    from ..analyses.gradient import gradient
    from ..analyses.nan_origins import nan_origins
    from ..analyses.obstacles import obstacles
    from ..analyses.outputs import seed, value
    from ..analyses.sensitivity import sensitivity

    start = seed(record, of)
    slopes = gradient(record, start)
    numbers = sensitivity(record, start, slopes)
    if by == "gradient":
        numbers.sort(key=lambda i: (i.gradient is None, -abs(i.gradient or 0.0)))
    origins = [str(origin) for origin in nan_origins(record, start, slopes)]
    ends = obstacles(record, [start], [slopes])
    return _Ranking(record, start, value(record, start), numbers, ends, origins)


def _print(ranking: _Ranking, top: int, precision: int) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from ..views.number_text import clip, number, percent
    from .report import obstacle_lines
    from .steps import say

    record, seed, numbers = ranking.record, ranking.seed, ranking.numbers
    say(f"{clip(record.call, 200)} = {clip(record.text, 200)}")
    if [seed.name] != list(record.graph.outputs):
        say(f"of {seed.name} = {number(ranking.value, precision)}")
    table = Table(box=None, pad_edge=True, padding=(0, 1), header_style="bold")
    table.add_column("number", overflow="fold")
    table.add_column("")
    for head in ("value", "gradient", "1 % moves it by"):
        table.add_column(head, justify="right")
    table.add_column("place", overflow="fold")
    for i in numbers[:top]:
        slope = "unknown" if i.gradient is None else number(i.gradient, precision)
        if i.gradient is not None and i.note:
            slope += f" ({i.note})"  # what a 0 means that is not "without influence"
        share = "" if i.elasticity is None or i.note else percent(i.elasticity)
        cells = clip(i.name, 40), i.kind, number(i.value, precision), slope, share, str(i.span or "")
        table.add_row(*map(Text, cells))
    say("")
    Console(highlight=False, soft_wrap=False).print(table)
    if len(numbers) > top:
        say(f" and {len(numbers) - top} more")
    first = numbers[0] if numbers else None
    if first is not None and first.elasticity is not None and first.span is not None:
        effect = f"a 1 % change moves the result by {percent(first.elasticity)}"
        say(f"\n{clip(first.text, 40)} at line {first.span.line}: {effect}")
    for line in ranking.nan_origins:
        say(line)
    if ranking.obstacles:
        say("\n" + "\n".join(obstacle_lines(ranking.obstacles)))


def _json(ranking: _Ranking) -> str:
    from ..saved.values import number_to

    rows = [
        {
            "name": i.name,
            "kind": i.kind,
            "value": number_to(i.value),
            "gradient": _finite(i.gradient),
            "elasticity": _finite(i.elasticity),
            "note": i.note,
            "place": _place(i.span),
            "text": i.text,
        }
        for i in ranking.numbers
    ]
    document = {
        "call": ranking.record.call,
        "output": ranking.seed.name,
        "value": number_to(ranking.value),
        "numbers": rows,
        "obstacles": [{"why": o.why, "place": _place(o.span), "text": o.text} for o in ranking.obstacles],
        "nan_origins": ranking.nan_origins,
    }
    return json.dumps(document, ensure_ascii=False, indent=2)


def _place(span: Span | None) -> str | None:
    return str(span) if span is not None else None


def _finite(x: float | None) -> Any:
    """Return a number that JSON has, or the text of nan or an infinity."""
    return x if x is None or math.isfinite(x) else repr(x)
