"""The line under a picture's title: what is folded or left out, and how to see more."""

from __future__ import annotations

from ...analyses.fold import Folded
from ...options import ViewOptions
from .scene import LARGEST

__all__ = ["note", "zoom"]

KINDS = {"line": "statement", "loop": "loop", "call": "call"}


def note(folded: Folded, options: ViewOptions, boxes: int) -> str:
    """What is folded or left out of a picture with so many boxes; empty if nothing is."""
    if not folded.folds and not options.zoomed:
        return ""
    return "; ".join([*zoom(folded, options), _folding(folded, options, boxes)])


def zoom(folded: Folded, options: ViewOptions) -> list[str]:
    """Which part of the run is drawn in full, or alone."""
    steps = "" if options.depth is None else f" in {options.depth} step{'s' * (options.depth != 1)}"
    parts = []
    if options.before is not None:
        parts.append(f"only what {options.before} was computed from{steps}")
    if options.after is not None:
        parts.append(f"only what depends on {options.after}{steps}")
    focus = f"line {options.focus}" if options.focus and options.focus.isdecimal() else options.focus
    iteration = "" if options.iteration is None else f"iteration {options.iteration}"
    if focus or iteration:
        full = any(fact.single for fact in folded.facts.table)  # else it was too much
        where = ", ".join(filter(None, (focus, iteration)))
        parts.append(f"{where} {'in full' if full else 'by its operations'}")
    return parts


def _folding(folded: Folded, options: ViewOptions, boxes: int) -> str:
    nodes = sum(box.nodes for box in folded.boxes)
    if not folded.folds:
        return f"{nodes:,} numbers"
    kinds = {box.kind for box in folded.boxes if box.nodes > 1}
    coarse = [KINDS[kind] for kind in KINDS if kind in kinds]
    whole = f", some for a whole {' or '.join(coarse)}" if coarse else ""
    if options.hurried:
        more = "a finer picture took too long to lay out"
    elif options.fold == "auto" and folded.size > options.max_boxes:
        more = f"no level needs only {options.max_boxes} boxes, this is the coarsest"
    elif coarse:
        setting = f"max boxes {2 * options.max_boxes}" if options.fold == "auto" else "fold operation"
        more = f"for more detail: {setting}"
    else:
        more = f"to see each number: {'fold none' if nodes <= LARGEST else 'the text view'}"
    return f"{nodes:,} numbers folded by their source into {boxes} boxes{whole}; {more}"
