"""The frames of a picture: which call or loop each box is drawn in."""

from __future__ import annotations

from ...analyses.fold import Bundle
from ..number_text import TIMES, clip
from ..record_text import hover
from .box_data import BoxData
from .scene import Frame

__all__ = ["Frames"]

CAPTION = 56  # characters of a call or loop over its frame


class Frames:
    """The frames of a picture, each made when the first box in it is."""

    def __init__(self, data: BoxData) -> None:
        self.data, self.record, self.folded = data, data.record, data.folded
        self.table: list[Frame] = []  # each behind the one around it; the first is the whole picture
        self._of_part: dict[int, int] = {}
        self._of_call: dict[int, int] = {}
        self._boxed = {box.part for box in self.folded.boxes if box.kind in ("loop", "call")}
        self.of(0)

    def of(self, part: int) -> int:
        """The frame of a part; if the part is itself a box, that of the part around it."""
        while part > 0 and part in self._boxed:
            part = self.folded.parts[part].parent
        part = max(part, 0)
        if part not in self._of_part:
            row = self.folded.parts[part]
            parent = self.of(row.parent) if row.parent >= 0 else 0
            tip = hover(row.text, *row.calls, span=row.span)
            self._of_part[part] = self._add(Frame(self._caption(part), parent, tip, row.kind == "loop"))
        return self._of_part[part]

    def around(self, box: Bundle) -> int:
        """The frame that a box lies in: of a single number that of its one call, else of its part."""
        if box.main < 0:  # it stands for the whole part
            return self.of(self.folded.parts[box.part].parent)
        if not self.folded.facts.table[box.main].single:
            return self.of(box.part)
        path = self.folded.parts[box.part].path
        if path > 0 and self._once(path):
            return self.of(path)
        outermost = path == 0 and self.folded.parts[0].levels == 1
        return self._single(0 if outermost else self.data.calls[box.first])

    def _add(self, frame: Frame) -> int:
        self.table.append(frame)
        return len(self.table) - 1

    def _caption(self, part: int) -> str:
        """A call or loop, and how often it was made or repeated."""
        row = self.folded.parts[part]
        often = f" {TIMES} {row.iterations:,}" if row.iterations > 1 else ""
        runs = f" in {row.runs:,} runs" if row.kind == "loop" and row.runs > 1 else ""
        levels = f" calling itself {row.levels} deep" if row.levels > 1 else ""
        return clip(row.text, CAPTION) + often + runs + levels

    def _once(self, part: int) -> bool:
        """Whether a part is a call that happened once, in calls that happened once."""
        row = self.folded.parts[part]
        return row.kind == "call" and row.iterations == 1 and (row.parent < 0 or self._once(row.parent))

    def _single(self, call: int) -> int:
        """The frame of one call among several of its path; what is folded shares that of a call made once."""
        outer: list[int] = []  # calls without a frame, the innermost first; calls nest deep
        while (frame := self._known(call)) is None:
            outer.append(call)
            call = self.record.calls[call].parent
        for inner in reversed(outer):
            row = self.record.calls[inner]
            tip = hover(row.function, span=row.span)
            frame = self._of_call[inner] = self._add(Frame(clip(row.text, CAPTION), frame, tip))
        return frame

    def _known(self, call: int) -> int | None:
        """The frame of a call if it has one already, or needs none of its own."""
        if not call or self.record.calls[call].parent < 0:
            return self._outermost()
        part = self.folded.facts.parts.of_call[call]
        return self.of(part) if self._once(part) else self._of_call.get(call)

    def _outermost(self) -> int:
        """The frame of what stands in no inner call: the picture, or in it the iteration in focus."""
        iteration = self.data.options.iteration
        if iteration is None:
            return 0
        if -1 not in self._of_call:
            self._of_call[-1] = self._add(Frame(f"iteration {iteration}", 0, "", loop=True))
        return self._of_call[-1]
