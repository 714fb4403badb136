"""The annotated source: a run as its own source, with values, counts and derivatives beside it.

Each function stands there once for every call path that leads to it. A short run is written line by
line as it happened, see `transcript`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace

from ...analyses.subject import Subject
from ...columns import Summary
from ...options import ViewOptions
from ..number_text import TIMES, clip
from ..picture.caption import zoom
from ..picture.choose import folding
from ..picture.summary_text import slope_text, value_text
from ..record_text import outcome
from .transcript import transcript

__all__ = ["render"]

LONG = 500  # numbers from which a run is shown as its source
WIDTH = 64  # characters of a source line before its values
ABREAST = 8  # values that stand in one line


def render(subject: Subject, options: ViewOptions) -> str:
    """The run as text: line by line as it happened, or, where that is long, the annotated source."""
    record = subject.record
    long = options.fold == "auto" and len(record.graph) > LONG
    by_source = options.zoomed or long or options.fold not in ("auto", "none")
    annotated = AnnotatedSource(subject, options) if by_source and record.sources else None
    if annotated is None or not annotated.functions:
        return transcript(subject, options)
    return "\n".join(annotated.lines()) + "\n"


class AnnotatedSource:
    """A folded run beside its source."""

    def __init__(self, subject: Subject, options: ViewOptions) -> None:
        self.record, self.options = subject.record, options
        record, self.folded = subject.record, folding(subject, replace(options, fold="line"))
        self.inputs = {i: name for name, i in record.inputs.items()}
        self.summaries = self.folded.summaries(subject.live, subject.slopes)
        self.functions = [
            index
            for index, part in enumerate(self.folded.parts)
            if part.kind == "call" and part.span is not None and part.span.file in record.sources
        ]
        self.notes: dict[tuple[int, int], list[str]] = defaultdict(list)  # by path and line
        self._annotate()

    def lines(self) -> Iterator[str]:
        """The page: the call, then each function for every call path that leads to it."""
        record, options = self.record, self.options
        end = outcome(record, options.precision)
        yield clip(f"{record.call} {'raised' if record.error else '='} {end}", 160)
        notes = zoom(self.folded, options)
        notes += [f"{len(record.graph):,} numbers, by the lines of the source"]
        notes += [] if notes[1:] else ["to see each number: fold none"]
        yield "; ".join(notes)
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
            known = self.summaries[box.main]
            text = value_text(known.course, self.options.precision)
            name = (self.inputs.get(box.first) or fact.site.name or "") if fact.leaf else ""
            cells = [f"{name} {text.value}" if name else text.value, f"({text.range})" if text.range else ""]
            cells += [f"{TIMES}{box.times:,}" if box.times > 1 else "", self._slope(known)]
            self.notes[path, line].append("  ".join(filter(None, cells)))
        for part in self.folded.parts:
            if part.kind == "loop":
                runs = f" in {part.runs:,} runs" if part.runs > 1 else ""
                self.notes[part.path, part.order[0]].insert(0, f"{part.iterations:,} iterations{runs}")

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
            notes = self.notes[index, number_]
            if len(notes) > ABREAST:
                notes[ABREAST // 2 : -ABREAST // 2] = [f"… {len(notes) - ABREAST:,} more …"]
            yield f"{number_:5}  {line[indent:]:{width}}  {'   '.join(notes)}".rstrip()

    def _slope(self, known: Summary) -> str:
        slopes = slope_text(known.slopes, self.options.precision) if self.options.grad else None
        return f"∂ {slopes[0]}" if slopes is not None and known.course.bools < known.course.count else ""
