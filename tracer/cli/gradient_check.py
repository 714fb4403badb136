"""The obstacles of a derivative: their text, and the check that there are none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import typer

from ..analyses.obstacles import Obstacle, obstacles
from ..analyses.outputs import Seed, seed
from ..record import Record
from ..views.number_text import clip
from .exit_codes import CHECK_FAILED
from .output import say

__all__ = ["check_gradient", "described", "fail"]

SHOWN = 4  # places that are listed


def described(found: Sequence[Obstacle]) -> Iterator[str]:
    """Yield a line for each obstacle, after a heading that counts them."""
    yield f"{len(found)} place{'s' * (len(found) > 1)} where a derivative ends:"
    yield from (f"  {clip(str(place), 120)}" for place in found[:SHOWN])
    if len(found) > SHOWN:
        yield f"  and {len(found) - SHOWN} more"


def check_gradient(record: Record, of: str | None) -> None:
    """Exit with 6 if a derivative ends on the way to a number of the result, or to the one that is named.

    Raises:
        TraceError: there is no such number.
    """
    outputs = record.graph.outputs
    seeds = [Seed(i) for i in outputs.values()] if outputs and of is None else [seed(record, of)]
    found = obstacles(record, seeds)
    if found:
        say("\n".join(described(found)), err=True)
        fail()


def fail() -> None:
    """Print that the check failed, and exit with its code."""
    say("--strict-grad: a derivative is not known, or ends in a step", err=True)
    raise typer.Exit(CHECK_FAILED)
