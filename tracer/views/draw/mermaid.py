"""The Mermaid view: the picture as text that web pages draw by themselves."""

from __future__ import annotations

from collections.abc import Iterator

from ...analyses.subject import Subject
from ...options import ViewOptions
from ..number_text import TIMES, clip
from ..picture.choose import picture
from ..picture.scene import Box, Scene, nested
from ..record_text import outcome
from .label import clean
from .palette import Paint

__all__ = ["render"]

# Inside quotes Mermaid takes these for its own.
ESCAPED = {"#": "#35;", '"': "#quot;", "<": "#lt;", ">": "#gt;", "&": "#amp;", "`": "#96;", "\\": "#92;"}


def render(subject: Subject, options: ViewOptions) -> str:
    """The picture as a Mermaid flowchart."""
    drawn, record = picture(subject, options), subject.record
    paint = Paint(options, drawn)
    ramp = paint.ramp()
    notes = [note for note in (drawn.note, ramp.words if ramp else "", *drawn.nan_origins) if note]
    title = _text(clip(f"{record.call} = {outcome(record, options.precision)}", 160))
    title += f" ({_text(clip('; '.join(notes), 200))})" if notes else ""
    palette = paint.palette
    lines = ["---", f'title: "{title}"', "---", f"flowchart {options.direction or 'TB'}"]
    lines += _nested(drawn, paint)
    for arrow in drawn.arrows:
        tail, head = _key(arrow.tail), _key(arrow.head)
        label = f"|{arrow.order}|" if arrow.order else ""
        lines.append(f"  {tail} {'-->' if arrow.kind == 'data' else '-.->'}{label} {head}")
    for kind in sorted({box.tone for box in drawn.boxes}):
        tone = palette.tones[kind]
        lines.append(f"  classDef {kind}_ fill:{tone.fill},stroke:{tone.line},color:{palette.ink}")
    tinted = [box for box in drawn.boxes if box.tint is not None]
    lines += [f"  style {_key(box.key)} fill:{paint.fill(box)}" for box in tinted]
    return "\n".join(lines) + "\n"


def _nested(drawn: Scene, paint: Paint) -> Iterator[str]:
    """Every box, inside the frame of its call or loop."""
    for _, index, item in nested(drawn):
        if item is None:
            yield "  end"
        elif isinstance(item, Box):
            oval = item.pill or item.kind == "leak"
            start, end = ("([", "])") if oval else ("[[", "]]") if item.paths else ("[", "]")
            yield f'  {_key(item.key)}{start}"{_label(item, paint)}"{end}:::{item.tone}_'
        else:
            yield f'  subgraph g{index}["{_text(item.caption)}"]'


def _key(key: str) -> str:
    return f"k{key}"  # `end` and the like are words of Mermaid's own


def _label(box: Box, paint: Paint) -> str:
    iteration = f"[{box.iteration}]" if box.iteration else ""
    head = " ".join(filter(None, (box.name, iteration, str(box.how or ""))))
    times = f" {TIMES}{box.times:,}" if box.times > 1 else ""
    lines = [head + times, box.value, *box.lines, f"∂ {box.slope}" if box.slope is not None else ""]
    lines += [paint.effect(box), box.nan_origin, f"→ {box.note}" if box.note else ""]
    return "<br/>".join(_text(line) for line in lines if line)


def _text(text: str) -> str:
    return "".join(ESCAPED.get(char, char) for char in clean(text))
