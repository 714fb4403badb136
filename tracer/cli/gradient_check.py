"""Owns what is said of the places where a derivative ends, and the check that there are none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import typer

from ..analyses.obstacles import Obstacle, obstacles
from ..analyses.outputs import Seed, seed
from ..record import Record
from ..views.number_text import clip
from .output import say

__all__ = ["check_ends", "refuse", "told"]

SHOWN = 4  # places that are listed


def told(ends: Sequence[Obstacle]) -> Iterator[str]:
    """The places, a line each."""
    yield f"{len(ends)} place{'s' * (len(ends) > 1)} where a derivative ends:"
    yield from (f"  {clip(str(end), 120)}" for end in ends[:SHOWN])
    if len(ends) > SHOWN:
        yield f"  and {len(ends) - SHOWN} more"


def check_ends(record: Record, of: str | None) -> None:
    """Fail if a derivative ends on the way to a number of the result, or to the one that is named.

    Raises:
        TraceError: there is no such number.
    """
    outputs = record.graph.outputs
    meant = [Seed(i) for i in outputs.values()] if outputs and of is None else [seed(record, of)]
    ends = obstacles(record, *meant)
    if ends:
        say("\n".join(told(ends)), err=True)
        refuse()


def refuse() -> None:
    """Say that the check failed, and exit with its code."""
    say("--strict-grad: a derivative is not known, or ends in a step", err=True)
    raise typer.Exit(6)
