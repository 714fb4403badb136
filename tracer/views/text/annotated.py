"""Owns the annotated listing: the source itself, with values, counts and derivatives beside it.

A long run is told by its source, each function once for every way it was called; a short one
number by number, as `text` does.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ...analyses.fold import Folded, Summary, summarize
from ...analyses.reach import ancestors
from ...ops import LEAVES
from ...record import Record
from ..number_text import TIMES, clip, result
from ..options import ViewOptions
from ..picture.boxes import Tables
from ..picture.caption import zoom
from ..picture.choose import folding
from ..picture.scene import raising
from ..picture.spread import slope, spread
from . import transcript as text

__all__ = ["render"]

LONG = 500  # numbers from which a run is told by its source
WIDTH = 64  # characters of a source line before its values
ABREAST = 8  # values in one line that are told one by one


def render(record: Record, look: ViewOptions) -> str:
    """The run as text: line by line as it happened, or, where that is long, the annotated source."""
    long = look.fold == "auto" and len(record.graph) > LONG
    by_source = look.zoomed or long or look.fold not in ("auto", "none")
    listing = _Listing(record, look) if by_source and record.sources else None
    if listing is None or not listing.functions:
        return text.render(record, look)
    return "\n".join(listing.lines()) + "\n"


class _Listing:
    """A folded run beside its source."""

    def __init__(self, record: Record, look: ViewOptions) -> None:
        self.record, self.look = record, look
        self.folded: Folded = folding(record, replace(look, fold="line"))
        self.base = Tables(record, look)
        live = ancestors(record.graph, record.graph.outputs.values())
        self.told = summarize(record, self.folded.facts.atoms, live, self.base.slopes)
        self.functions = [
            index
            for index, part in enumerate(self.folded.parts)
            if part.kind == "call" and part.span is not None and part.span.file in record.sources
        ]
        # by path and line: value, times, slope
        self.notes: dict[tuple[int, int], list[tuple[str, str, str]]] = {}
        self._annotate()

    def lines(self) -> Iterator[str]:
        """The page: the call, then each function for every way it was called."""
        record, look = self.record, self.look
        end = (
            raising(record.error) if record.error else result(record.result, record.text, look.precision + 3)
        )
        yield clip(f"{record.call} {'raised' if record.error else '='} {end}", 160)
        told = zoom(self.folded, look)
        told += [f"{len(record.graph):,} numbers, by the lines of the source"]
        told += [] if told[1:] else ["each by itself with fold none"]
        yield "; ".join(told)
        for index in self.functions:
            yield ""
            yield from self._function(index)

    def _annotate(self) -> None:
        facts = self.folded.facts
        for box in self.folded.boxes:
            if box.main < 0 or box.small or box.unused:
                continue
            fact = facts.table[box.main]
            span = fact.site.span
            if span is None:
                continue
            path = self.folded.parts[fact.part].path
            line = fact.statement[1] if fact.statement and not fact.leaf else span.line
            known = self.told[box.main]
            told = spread(known.course, self.look.precision)
            name = self.base.named.get(box.first) or fact.site.name or ""
            value = told.value + (f"  ({told.range})" if told.range else "")
            if name and fact.op in LEAVES:
                value = f"{name} {value}"
            self.notes.setdefault((path, line), []).append(
                (value, self._times(box.times), self._slope(known))
            )
        for part in self.folded.parts:
            if part.kind == "loop":
                often = f"{part.iterations:,} turns" + (f" in {part.runs:,} runs" if part.runs > 1 else "")
                self.notes.setdefault((part.path, part.order[0]), []).insert(0, (often, "", ""))

    def _function(self, index: int) -> Iterator[str]:
        part = self.folded.parts[index]
        assert part.span is not None
        head = f"{part.text}  {TIMES} {part.iterations:,}" if part.iterations > 1 else part.text
        yield head + (f", calling itself {part.levels} deep" if part.levels > 1 else "")
        source = self.record.sources[part.span.file].split("\n")
        lines = source[part.span.line - 1 : part.span.end_line]
        indent = min((len(line) - len(line.lstrip()) for line in lines if line.strip()), default=0)
        width = min(WIDTH, max((len(line) - indent for line in lines), default=0))
        for number_, line in enumerate(lines, start=part.span.line):
            notes = self.notes.get((index, number_), [])
            said = ["  ".join(cell for cell in note if cell) for note in notes]
            if len(said) > ABREAST:
                said[ABREAST // 2 : -ABREAST // 2] = [f"… {len(said) - ABREAST:,} more …"]
            cells = "   ".join(said)
            yield f"{number_:5}  {line[indent:]:{width}}  {cells}".rstrip()

    def _times(self, times: int) -> str:
        return f"{TIMES}{times:,}" if times > 1 else ""

    def _slope(self, known: Summary) -> str:
        said = slope(known.slopes, self.look.precision) if self.look.grad else None
        return f"∂ {said[0]}" if said is not None and known.course.bools < known.course.count else ""
