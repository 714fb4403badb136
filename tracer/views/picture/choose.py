"""The picture that the options ask for: the run folded as they say, and its scene."""

from __future__ import annotations

from operator import attrgetter
from typing import Final

from ...analyses.fold import Facts, Folded, MissingError, around, focused, fold_facts
from ...analyses.subject import Subject
from ...columns import LEFT_OUT, SINGLE
from ...errors import ViewError
from ...ops import LEAVES
from ...options import ViewOptions
from .build import SceneBuilder
from .scene import LARGEST, Scene

__all__ = ["LARGEST", "SMALLER", "folding", "picture"]

# What to do about a picture that is too large.
SMALLER: Final = (
    "fold it by its source (--fold auto), show only what the result depends on (--live-only), "
    "use the text view, or trace less"
)
_MODES = attrgetter("focus", "iteration", "before", "after", "depth", "live_only")


def picture(subject: Subject, options: ViewOptions) -> Scene:
    """What there is to draw.

    Raises:
        ViewError: there is no such line, name or iteration, or there are too many boxes.
    """
    return subject.once(("picture", options), lambda: _picture(subject, options))


def folding(subject: Subject, options: ViewOptions) -> Folded:
    """The run folded as the options say.

    Raises:
        ViewError: there is no such line, name or iteration.
    """
    modes, fold = _MODES(options), (options.fold, options.max_boxes)
    facts = subject.once(("facts", modes), lambda: Facts(subject.record, _modes(subject, options)))
    return subject.once(("fold", modes, fold), lambda: fold_facts(facts, *fold))


def _picture(subject: Subject, options: ViewOptions) -> Scene:
    if options.fold == "none" and not options.zoomed:
        _refuse(_computed(subject, options))  # before any number gets a box, for there may be millions
    drawn = SceneBuilder(subject, options, folding(subject, options)).build()
    _refuse(len(drawn.boxes))
    return drawn


def _modes(subject: Subject, options: ViewOptions) -> bytearray | None:
    """What is done with each number, see `fold`; None to fold all."""
    record, modes = subject.record, None
    try:
        if options.focus or options.iteration is not None:
            modes = focused(record, options.focus, options.iteration)
        if options.before or options.after:
            left = around(record, options.before, options.after, options.depth)
            modes = left if modes is None else bytearray(map(max, modes, left))
    except MissingError as missing:
        raise ViewError(str(missing), hint=f"there is {missing.offers}" if missing.offers else "") from None
    if options.live_only and record.graph.outputs:
        live = subject.live
        modes = modes or bytearray(len(live))
        if SINGLE in modes and not any(m == SINGLE and on for m, on in zip(modes, live, strict=True)):
            raise ViewError(
                "the result does not depend on what is in focus", hint="draw it without --live-only"
            )
        modes = bytearray(mode if on else LEFT_OUT for mode, on in zip(modes, live, strict=True))
    return modes


def _computed(subject: Subject, options: ViewOptions) -> int:
    """How many numbers were computed, of those that are drawn."""
    graph = subject.record.graph
    if options.live_only and graph.outputs:
        live = subject.live
        return live.count(1) - sum(live[i] for leaf in LEAVES for i in graph.made_by(leaf))
    return sum(count for name, count in graph.tally().items() if name not in LEAVES)


def _refuse(boxes: int) -> None:
    if boxes > LARGEST:
        raise ViewError(
            f"the picture would have {boxes:,} boxes; {LARGEST:,} is the most that can be drawn", hint=SMALLER
        )
