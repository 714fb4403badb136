"""Owns the choice between a run number by number and a run folded; what every drawn view shows."""

from __future__ import annotations

from ...analyses.fold import LEFT_OUT, Folded, MissingError, around, focused, fold
from ...analyses.reach import ancestors
from ...errors import ViewError
from ...record import Record
from ..options import SMALLER, ViewOptions
from .build import folded_scene
from .scene import Scene
from .single import least, scene

__all__ = ["LARGEST", "folding", "picture"]

LARGEST = 5000  # boxes that a layout engine can place


def picture(record: Record, look: ViewOptions) -> Scene:
    """What there is to draw, folded if that is wanted or needed.

    Raises:
        ViewError: there is no such line, name or iteration, or there are too many boxes.
    """
    if look.fold != "none" or look.zoomed:
        folded = folding(record, look)
        if folded.folds or look.zoomed:
            return _fitting(folded_scene(record, look, folded))
    _fits(least(record, look))
    return _fitting(scene(record, look))


def folding(record: Record, look: ViewOptions) -> Folded:
    """The run folded as a reader wants to see it.

    Raises:
        ViewError: there is no such line, name or iteration.
    """
    graph = record.graph
    apart = None
    try:
        if look.focus or look.iteration is not None:
            apart = focused(record, look.focus, look.iteration)
        if look.before or look.after:
            left = around(record, look.before, look.after, look.depth)
            apart = left if apart is None else bytearray(map(max, apart, left))
    except MissingError as missing:
        raise ViewError(str(missing), hint=f"there is {missing.offers}" if missing.offers else "") from None
    if look.live_only and graph.outputs:
        live = ancestors(graph, graph.outputs.values())
        apart = apart or bytearray(len(graph))
        if 1 in apart and not any(how == 1 and on for how, on in zip(apart, live, strict=True)):
            raise ViewError(
                "the result does not depend on what is in focus", hint="draw it without --live-only"
            )
        apart = bytearray(how if on else LEFT_OUT for how, on in zip(apart, live, strict=True))
    return fold(record, look.fold, look.max_boxes, apart)


def _fitting(drawn: Scene) -> Scene:
    _fits(len(drawn.boxes))
    return drawn


def _fits(boxes: int) -> None:
    if boxes > LARGEST:
        raise ViewError(
            f"the picture would have {boxes:,} boxes; {LARGEST:,} is the most that can be drawn", hint=SMALLER
        )
