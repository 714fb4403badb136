"""`tracer grad`: which number matters, as a table or as JSON."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from ..options import RunOptions, ViewOptions
from .exit_codes import FUNCTION_RAISED, refusals
from .parameters import Argument, File, Function, StrictGrad, option, with_options

if TYPE_CHECKING:
    from ..analyses.obstacles import Obstacle
    from ..analyses.outputs import Seed
    from ..analyses.sensitivity import Influence
    from ..record import Record

__all__ = ["grad"]


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
    from ..analyses.nan_origins import nan_origins
    from ..analyses.obstacles import obstacles
    from ..analyses.outputs import seed
    from ..analyses.sensitivity import sensitivity
    from .gradient_check import refuse
    from .running import run_function

    with refusals():
        # standard output belongs to the answer, where a machine is to read it
        outcome, _ = run_function(file, function, argument, options, aside=json_)
        if outcome.error is not None:
            raise typer.Exit(FUNCTION_RAISED)
        record = outcome.record
        of = seed(record, view.of)
        ranked = sensitivity(record, of)
        if by == "gradient":
            ranked.sort(key=lambda i: (i.gradient is None, -abs(i.gradient or 0.0)))
        ends = obstacles(record, of)
        origins = [str(origin) for origin in nan_origins(record, of)]
    if json_:
        typer.echo(_json(record, of, ranked, ends, origins))
    else:
        _table(record, of, ranked, ends, origins, top, view.precision)
    if strict_grad and ends:
        refuse()


def _table(
    record: Record,
    of: Seed,
    ranked: list[Influence],
    ends: list[Obstacle],
    origins: list[str],
    top: int,
    precision: int,
) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from ..analyses.outputs import value
    from ..views.number_text import clip, number, percent
    from .gradient_check import described
    from .output import say

    say(f"{clip(record.call, 200)} = {clip(record.text, 200)}")
    if [of.name] != list(record.graph.outputs):
        say(f"of {of.name} = {number(value(record, of), precision)}")
    table = Table(box=None, pad_edge=True, padding=(0, 1), header_style="bold")
    table.add_column("number", overflow="fold")
    table.add_column("")
    table.add_column("value", justify="right")
    table.add_column("gradient", justify="right")
    table.add_column("1 % moves it by", justify="right")
    table.add_column("place", overflow="fold")
    for influence in ranked[:top]:
        table.add_row(
            Text(clip(influence.name, 40)),
            Text(influence.kind),
            Text(number(influence.value, precision)),
            Text(_gradient(influence, precision)),
            Text("" if influence.elasticity is None or influence.note else percent(influence.elasticity)),
            Text(str(influence.span or "")),
        )
    say("")
    Console(highlight=False, soft_wrap=False).print(table)
    if len(ranked) > top:
        say(f" and {len(ranked) - top} more")
    first = ranked[0] if ranked else None
    if first is not None and first.elasticity is not None and first.span is not None:
        say("")
        say(
            f"{clip(first.text, 40)} at line {first.span.line}: a 1 % change moves the result by "
            f"{percent(first.elasticity)}"
        )
    for line in origins:
        say(line)
    if ends:
        say("\n" + "\n".join(described(ends)))


def _gradient(influence: Influence, precision: int) -> str:
    """A derivative, and what a 0 means that is no sign of no influence."""
    from ..views.number_text import number

    if influence.gradient is None:
        return "unknown"
    slope = number(influence.gradient, precision)
    return f"{slope} ({influence.note})" if influence.note else slope


def _json(record: Record, of: Seed, ranked: list[Influence], ends: list[Obstacle], origins: list[str]) -> str:
    from ..analyses.outputs import value
    from ..saved.values import number_to

    rows = [
        {
            "name": i.name,
            "kind": i.kind,
            "value": number_to(i.value),
            "gradient": _finite(i.gradient),
            "elasticity": _finite(i.elasticity),
            "note": i.note,
            "place": str(i.span) if i.span is not None else None,
            "text": i.text,
        }
        for i in ranked
    ]
    document = {
        "call": record.call,
        "output": of.name,
        "value": number_to(value(record, of)),
        "numbers": rows,
        "ends": [{"why": e.why, "place": str(e.span) if e.span else None, "text": e.text} for e in ends],
        "spoiled": origins,
    }
    return json.dumps(document, ensure_ascii=False, indent=2)


def _finite(x: float | None) -> Any:
    """JSON has no nan and no infinity."""
    return x if x is None or math.isfinite(x) else repr(x)
