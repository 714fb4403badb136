"""The folded run as JSON: its boxes, the edges between them, and the calls and loops around."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from ...analyses.fold import Bundle, Folded
from ...analyses.subject import Subject
from ...columns import Summary
from ...options import ViewOptions
from ...saved.values import number_to
from ..picture.choose import folding

__all__ = ["render"]

PART = ("kind", "text", "parent", "runs", "iterations", "levels")  # what is said of a call or a loop


def render(subject: Subject, options: ViewOptions) -> str:
    """What a picture would show, folded by the same options, for other programs to read."""
    record, folded = subject.record, folding(subject, options)
    everything = bytearray(b"\1") * len(record.graph)
    slopes = subject.slopes if options.grad else None
    summaries = folded.summaries(everything, slopes)
    document = {
        "format": "tracer-fold",
        "version": 1,
        "call": record.call,
        "fold": options.fold,
        "numbers": sum(box.nodes for box in folded.boxes),
        "boxes": [_box(folded, box, summaries) for box in folded.boxes],
        "edges": [edge._asdict() for edge in folded.edges],
        "parts": [{key: getattr(part, key) for key in PART} for part in folded.parts],
    }
    return json.dumps(document, indent=1, allow_nan=False) + "\n"


def _box(folded: Folded, box: Bundle, table: Sequence[Summary]) -> dict[str, Any]:
    graph = folded.record.graph
    site = graph.sites[graph.site_ids[box.first]]
    row: dict[str, Any] = {"kind": box.kind, "text": box.text, "part": box.part, "numbers": box.nodes}
    row |= {"times": box.times, "first_id": box.first, "last_id": box.last}
    if box.main < 0:
        return row
    course, slopes = table[box.main].course, table[box.main].slopes
    row |= {"op": graph.names[graph.codes[box.first]], "name": site.name}
    row |= {"span": str(site.span) if site.span else None}
    row |= {"first": number_to(course.first), "last": number_to(course.last)}
    if course.reals:
        row |= {"smallest": number_to(course.low), "largest": number_to(course.high)}
    if slopes.known:
        row["derivative"] = [number_to(slopes.least), number_to(slopes.most)]
    return row
