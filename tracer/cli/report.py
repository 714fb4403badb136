"""A run in words, for the terminal: the result, the inputs, the leaks, the user's traceback."""

from __future__ import annotations

import os
import traceback as tracebacks
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from ..analyses.nan_origins import NanOrigin
from ..analyses.obstacles import Obstacle
from ..analyses.subject import Subject
from ..ops import LEAVES
from ..options import ViewOptions
from ..record import Record
from ..views.number_text import clip, number
from ..views.record_text import LEAKS

__all__ = ["obstacle_lines", "report", "traceback"]

ROWS = 24  # numbers that are listed one by one
ORIGINS = 3  # places where a nan or inf began that are listed
OBSTACLES = 4  # places where a derivative ends that are listed
WIDTH = 2000  # characters of a result that are printed


def report(subject: Subject, options: ViewOptions) -> str:
    """The call and its result, the inputs, what went wrong, how much was captured, what left the graph.

    Raises:
        TraceError: there is no such output as derivatives are wanted of.
    """
    record, slopes = subject.record, subject.slopes if options.grad else None
    name = subject.name if len(record.graph.outputs) > 1 or subject.name != "result" else ""
    return "\n".join(
        [
            _outcome(record),
            *_inputs(record, options, slopes, f"gradient of {name}" if name else "gradient"),
            *_nan_origins([*subject.nan_origins.values()]),
            _counts(record),
            *_leaks(record),
        ]
    )


def traceback(error: BaseException) -> str:
    """The traceback as it would be without tracer: the user's own frames and no others."""
    own = (str(Path(__file__).parent.parent) + os.sep, "<frozen importlib")
    whole = tracebacks.TracebackException.from_exception(error)
    left: list[tracebacks.TracebackException | None] = [whole]
    while left:
        part = left.pop()
        if part is not None:
            frames = [frame for frame in part.stack if not frame.filename.startswith(own)]
            part.stack = tracebacks.StackSummary.from_list(frames)
            left += [part.__cause__, part.__context__, *(part.exceptions or ())]
    text = "".join(whole.format()).rstrip("\n")
    kind = type(error)
    if kind.__module__.startswith("tracer."):  # LimitReached: where it lives is of no interest
        text = text.replace(f"{kind.__module__}.{kind.__qualname__}", kind.__qualname__)
    return text


def obstacle_lines(found: Sequence[Obstacle]) -> list[str]:
    """Return a line for each place where a derivative ends, after a heading that counts them."""
    head = f"{_many(len(found), 'place')} where a derivative ends:"
    more = [f"  and {len(found) - OBSTACLES} more"] if len(found) > OBSTACLES else []
    return [head, *(f"  {clip(str(place), 120)}" for place in found[:OBSTACLES]), *more]


def _outcome(record: Record) -> str:
    if record.error is not None:
        place = f" at {record.error.span}" if record.error.span else ""
        return f"{record.call} raised {record.error.type}{place}"
    text = record.text
    if len(text) > WIDTH:
        text = f"{text[:WIDTH]}... ({len(text)} characters)"
    return f"{record.call} = {text}"


def _inputs(
    record: Record, options: ViewOptions, slopes: Sequence[float | None] | None, head: str
) -> list[str]:
    """A table of the inputs; of a function without any, the named literals."""
    graph = record.graph
    kind = "input" if record.inputs else "literal"
    ids = [*record.inputs.values()] or graph.made_by("literal")
    if not ids:
        return []
    names = [*record.inputs] or [graph[i].label for i in ids[:ROWS]]
    table = [[kind, "value"] if slopes is None else [kind, "value", head]]
    for name, i in zip(names, ids[:ROWS], strict=False):
        row = [clip(name, 40), number(graph.data[i], options.precision)]
        if slopes is not None:
            slope = slopes[i]
            row.append("unknown" if slope is None else number(slope, options.precision))
        table.append(row)
    more = [f"  and {len(ids) - ROWS} more"] if len(ids) > ROWS else []
    return ["", *_aligned(table, "<>" if slopes is None else "<>>"), *more, ""]


def _nan_origins(found: Sequence[NanOrigin]) -> list[str]:
    """Where a nan or inf began that did harm, a line each."""
    more = [f"and {len(found) - ORIGINS} more"] if len(found) > ORIGINS else []
    return [*map(str, found[:ORIGINS]), *more]


def _aligned(table: Sequence[Sequence[str]], sides: str) -> list[str]:
    """Return the lines of a table; `sides` says of each column whether it is set left `<` or right `>`."""
    columns = [
        [f"{cell:{side}{max(map(len, column))}}" for cell in column]
        for column, side in zip(zip(*table, strict=True), sides, strict=True)
    ]
    return ["  " + "  ".join(row).rstrip() for row in zip(*columns, strict=True)]


def _counts(record: Record) -> str:
    kinds: Counter[str] = Counter()
    for name, count in record.graph.tally().items():
        kinds[name if name in LEAVES else "operation"] += count
    leaves = [_many(kinds[kind], kind) for kind in LEAVES if kinds[kind]]
    captured = f"{_many(kinds['operation'], 'operation')} captured"
    return f"{captured} on {', '.join(leaves)}" if leaves else captured


def _leaks(record: Record) -> list[str]:
    if not record.leaks:
        return []
    head = f"{_many(len(record.leaks), 'place')} where a number left the graph:"
    rows = [
        [
            f"{leak.span or ''}  {clip(leak.text, 50)}".strip(),
            LEAKS.get(leak.how, leak.how),
            "once" if leak.count == 1 else f"{leak.count} times",
        ]
        for leak in record.leaks
    ]
    return [head, *_aligned(rows, "<<<")]


def _many(count: int, thing: str) -> str:
    return f"{count} {thing}" if count == 1 else f"{count} {thing}s"
