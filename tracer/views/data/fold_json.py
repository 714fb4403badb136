"""Owns the folded run as JSON: its boxes, the ways between them, and the calls and loops around."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from ...analyses.fold import Bundle, Folded, Summary, summarize
from ...analyses.gradient import gradient
from ...analyses.outputs import subject
from ...record import Record
from ...saved.values import number_to
from ..options import ViewOptions
from ..picture.choose import folding

__all__ = ["render"]


def render(record: Record, look: ViewOptions) -> str:
    """What a picture would show, folded by the same choice, for other programs to read."""
    folded = folding(record, look)
    seed = subject(record, look.of) if look.grad else None
    slopes = gradient(record, seed) if seed is not None else None
    everything = bytearray(b"\1") * len(record.graph)
    told = summarize(record, folded.facts.atoms, everything, slopes)
    document = {
        "format": "tracer-fold",
        "version": 1,
        "call": record.call,
        "fold": look.fold,
        "numbers": sum(box.nodes for box in folded.boxes),
        "boxes": [_box(folded, box, told) for box in folded.boxes],
        "edges": [edge._asdict() for edge in folded.edges],
        "parts": [
            {
                "kind": p.kind,
                "text": p.text,
                "parent": p.parent,
                "runs": p.runs,
                "iterations": p.iterations,
                "levels": p.levels,
            }
            for p in folded.parts
        ],
    }
    return json.dumps(document, indent=1, allow_nan=False) + "\n"


def _box(folded: Folded, box: Bundle, table: Sequence[Summary]) -> dict[str, Any]:
    graph = folded.record.graph
    site = graph.sites[graph.site_ids[box.first]]
    told: dict[str, Any] = {"kind": box.kind, "text": box.text, "part": box.part, "numbers": box.nodes}
    told |= {"times": box.times, "first_id": box.first, "last_id": box.last}
    if box.main < 0:
        return told
    course, slopes = table[box.main].course, table[box.main].slopes
    told |= {"op": graph.names[graph.codes[box.first]], "name": site.name}
    told |= {"span": str(site.span) if site.span else None}
    told |= {"first": number_to(course.first), "last": number_to(course.last)}
    if course.reals:
        told |= {"smallest": number_to(course.low), "largest": number_to(course.high)}
    if slopes.known:
        told["derivative"] = [number_to(slopes.least), number_to(slopes.most)]
    return told
