"""Owns the line under a picture's title: what it does not draw one by one, and how to see more."""

from __future__ import annotations

from ...analyses.fold import Folded
from ..options import ViewOptions

__all__ = ["note", "zoom"]

DRAWABLE = 5000  # numbers that a picture can show one by one
KINDS = {"line": "statement", "loop": "loop", "call": "call"}


def note(folded: Folded, look: ViewOptions, boxes: int) -> str:
    """What was folded or left out of a picture with so many boxes."""
    return "; ".join([*zoom(folded, look), _folding(folded, look, boxes)])


def zoom(folded: Folded, look: ViewOptions) -> list[str]:
    """What of the run is looked at closely, or alone."""
    steps = "" if look.depth is None else f" in {look.depth} step{'s' * (look.depth != 1)}"
    said = []
    if look.before is not None:
        said.append(f"what {look.before} was made from{steps}")
    if look.after is not None:
        said.append(f"what was made of {look.after}{steps}")
    focus = f"line {look.focus}" if look.focus and look.focus.isdecimal() else look.focus
    turn = "" if look.iteration is None else f"iteration {look.iteration}"
    if focus or turn:
        full = any(fact.single for fact in folded.facts.table)  # else it was too much
        how = "in full" if full else "by its operations"
        said.append(f"{', '.join(part for part in (focus, turn) if part)} {how}")
    return said


def _folding(folded: Folded, look: ViewOptions, boxes: int) -> str:
    nodes = sum(box.nodes for box in folded.boxes)
    if not folded.folds:
        return f"{nodes:,} numbers"
    kinds = {box.kind for box in folded.boxes if box.nodes > 1}
    coarse = [KINDS[kind] for kind in KINDS if kind in kinds]
    each = f", some a whole {' or '.join(coarse)}" if coarse else ""
    if look.hurried:
        more = "a finer picture took too long to lay out"
    elif look.fold == "auto" and folded.size > look.max_boxes:
        more = f"no level has {look.max_boxes} boxes, this is the coarsest"
    elif coarse and look.fold == "auto":
        more = f"more with max boxes {2 * look.max_boxes}"
    elif coarse:
        more = "more with fold operation"
    else:
        more = "each by itself with fold none" if nodes <= DRAWABLE else "each by itself in the text view"
    return f"{nodes:,} numbers folded by their source into {boxes} boxes{each}; {more}"
