"""What a picture shows: boxes, arrows and frames, before anything decides how they are drawn."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple, TypeVar

from .expression import Expression

__all__ = ["LARGEST", "Arrow", "Box", "Frame", "Scene", "nested", "ranks"]

LARGEST: Final = 5000  # boxes that a layout engine can place
Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Box:
    """One thing on the picture."""

    key: str  # unique on the picture
    kind: str  # `input`, `literal`, `constant`, `operation`, `opaque`, `loop`, `call`, `leak` or `failure`
    name: str = ""  # the variable it was given to, or what a pill says instead
    iteration: str = ""  # the iteration it was made in, `3` or `3,0`; empty outside loops
    how: Expression | None = None  # its expression; None for a number that was not computed
    value: str = ""  # rounded
    slope: str | None = None  # rounded; None where it is not shown
    note: str = ""  # what was decided by it
    paths: tuple[str, ...] = ()  # where it stands in the result, if it does: `result[0]`
    ports: int = 0  # how many operands it has that may not change places; 0 if they may
    pill: bool = False  # whether it is drawn small
    repeated: bool = False  # whether it only repeats a box that is drawn far away
    faded: bool = False  # whether the result does not depend on it
    tip: str = ""  # everything about it, for hovering
    frame: int = 0  # the index of the frame around it
    times: int = 0  # how many numbers it stands for; 0 where that is not said
    lines: tuple[str, ...] = ()  # what else is known of them: the range, or what leaves a loop
    course: tuple[float, ...] = ()  # their course, each height from 0 to 1
    slope_course: tuple[float, ...] = ()  # the course of the sizes of their slopes
    tint: float | None = None  # the number that its colour shows, if any; of many the farthest from 0
    nan_origin: str = ""  # that a nan or inf began here, if one did

    @property
    def tone(self) -> str:
        """The kind that its colours show."""
        return "output" if self.paths else self.kind


class Arrow(NamedTuple):
    """From the box of an operand to the box of what was computed from it."""

    tail: str
    head: str
    order: int | None = None  # which operand it is, from 1, where the order of operands matters
    kind: str = "data"  # or `carried` (to the next iteration or call), `leak`, `failure`
    faded: bool = False
    tip: str = ""
    main: bool = False  # whether it is between numbers that were computed; a picture keeps these straight


class Frame(NamedTuple):
    """A rectangle around the boxes of one call or loop, and the index of the frame around it."""

    caption: str
    parent: int
    tip: str
    loop: bool = False


@dataclass(frozen=True, slots=True)
class Scene:
    """What there is to draw."""

    boxes: list[Box]
    arrows: list[Arrow]
    frames: list[Frame]  # the first is the whole picture
    output: str  # the path of the output that the slopes are of; empty without slopes
    note: str = ""  # what is folded or left out, and how to see more
    nan_origins: tuple[str, ...] = ()  # where a nan or inf began that spoiled the result or its gradient


def nested(scene: Scene, deepest: int | None = None) -> Iterator[tuple[int, int, Frame | Box | None]]:
    """Yield every box inside the frame that holds it; without recursion, for calls nest deep.

    Frames nested deeper than `deepest` share that of their caller; one without boxes is left out.

    Yields:
        how many frames are around it, the index of the innermost of them, and what comes: a frame that
        opens, a box in it, or None where the frame closes.
    """
    frames = scene.frames
    depth, home = [0] * len(frames), [*range(len(frames))]
    for index, frame in enumerate(frames[1:], 1):
        depth[index] = depth[frame.parent] + 1
        if deepest is not None and depth[index] > deepest:
            home[index] = home[frame.parent]
    held: dict[int, list[Box]] = defaultdict(list)
    for box in scene.boxes:
        held[home[box.frame]].append(box)
    inner: dict[int, list[int]] = defaultdict(list)
    for index in range(len(frames) - 1, 0, -1):
        if home[index] == index and (index in held or index in inner):
            inner[frames[index].parent].append(index)
    todo = [0]
    while todo:
        index = todo.pop()
        if index < 0:
            yield depth[~index], ~index, None
            continue
        if index:
            yield depth[index], index, frames[index]
            todo.append(~index)
        for box in held.get(index, ()):
            yield depth[index], index, box
        todo += inner.get(index, ())  # the last one is first


def ranks(keys: Iterable[Key], arrows: Sequence[tuple[Key, Key]]) -> dict[Key, int]:
    """About the row that a layout engine puts each key in; what has no operands stands just before its users.

    Arrows lead from operand to user; those of a circle are not counted.
    """
    rank = dict.fromkeys(keys, 0)
    heads: dict[Key, list[Key]] = defaultdict(list)
    for tail, head in arrows:
        heads[tail].append(head)
    waiting = Counter(head for _, head in arrows)
    ready = [key for key in rank if not waiting[key]]
    leaves = ready[:]
    for key in ready:  # it grows: a key is ready once all its operands are
        for head in heads[key]:
            rank[head] = max(rank[head], rank[key] + 1)
            waiting[head] -= 1
            if not waiting[head]:
                ready.append(head)
    near = {key: min(rank[head] for head in heads[key]) - 1 for key in leaves if heads[key]}
    return rank | near
