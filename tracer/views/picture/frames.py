"""Owns the groups of a folded picture: which call or loop holds a box."""

from __future__ import annotations

from collections.abc import Iterator

from ...analyses.fold import Bundle
from ..number_text import TIMES, clip
from .bundles import AtomTables
from .scene import Group, at

__all__ = ["Groups"]


class Groups:
    """The groups of a folded picture, each made when it is first asked for.

    Attributes:
        table: the groups, each behind the one around it; the first is the whole picture.
    """

    def __init__(self, base: AtomTables) -> None:
        self.base, self.record, self.folded = base, base.record, base.folded
        self.table: list[Group] = []
        self._of_part: dict[int, int] = {}
        self._of_call: dict[int, int] = {}
        self._boxed = {box.part for box in self.folded.boxes if box.kind in ("loop", "call")}
        self.of(0)

    def of(self, part: int) -> int:
        """The group of a part that is not itself a box, else that of the part around it."""
        while part > 0 and part in self._boxed:
            part = self.folded.parts[part].parent
        part = max(part, 0)
        if part not in self._of_part:
            row = self.folded.parts[part]
            parent = self.of(row.parent) if row.parent >= 0 else 0
            tip = "\n".join([row.text, *row.calls]) + at(row.span)
            group = Group(" ".join(self._caption(part)), parent, tip, row.kind == "loop")
            self._of_part[part] = self._add(group)
        return self._of_part[part]

    def holding(self, box: Bundle) -> int:
        """The group that a box lies in, and what belongs to it: of a single number that of its one call."""
        if box.main < 0:  # it stands for the whole part
            return self.of(self.folded.parts[box.part].parent)
        fact = self.folded.facts.table[box.main]
        alone = box.kind == "number" and fact.single and not fact.leaf
        return self._alone(box) if alone else self.of(box.part)

    def _alone(self, box: Bundle) -> int:
        path = self.folded.parts[box.part].path
        if path > 0 and self._once(path):
            return self.of(path)  # what is folded on this path belongs to this one call
        return self._within(self.base.group[box.first] if path > 0 else 0)

    def _add(self, group: Group) -> int:
        self.table.append(group)
        return len(self.table) - 1

    def _caption(self, part: int) -> Iterator[str]:
        """A call or loop, with how often it was entered and turned."""
        row = self.folded.parts[part]
        yield clip(row.text, 56)
        if row.iterations > 1:
            yield f"{TIMES} {row.iterations:,}"
        if row.kind == "loop" and row.runs > 1:
            yield f"in {row.runs:,} runs"
        if row.levels > 1:
            yield f"calling itself {row.levels} deep"

    def _once(self, part: int) -> bool:
        """Whether a part is a call that happened once, in calls that happened once."""
        row = self.folded.parts[part]
        return row.kind == "call" and row.iterations == 1 and (row.parent < 0 or self._once(row.parent))

    def _within(self, call: int) -> int:
        """The group of one single call."""
        row = self.record.calls[call] if call else None
        if row is None or row.parent < 0:
            turn = self.base.look.iteration
            if turn is None:
                return 0
            if -1 not in self._of_call:
                self._of_call[-1] = self._add(Group(f"iteration {turn}", 0, "", True))
            return self._of_call[-1]
        part = self.folded.facts.parts.of_call[call]
        if self._once(part):
            return self.of(part)  # what is folded on this path belongs to this one call
        if call not in self._of_call:
            parent = self._within(row.parent)
            self._of_call[call] = self._add(Group(clip(row.text, 56), parent, row.function))
        return self._of_call[call]
