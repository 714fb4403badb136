"""Owns the Mermaid view: the picture as text that web pages draw by themselves."""

from __future__ import annotations

from collections.abc import Iterator

from ...record import Record
from ..number_text import TIMES, clip, result
from ..options import ViewOptions
from ..picture.choose import picture
from ..picture.scene import Box, Scene, nested, raising
from .label import clean
from .paint import Paint

__all__ = ["render"]

# Inside quotes Mermaid takes these for its own.
ESCAPED = {"#": "#35;", '"': "#quot;", "<": "#lt;", ">": "#gt;", "&": "#amp;", "`": "#96;", "\\": "#92;"}


def render(record: Record, look: ViewOptions) -> str:
    """The picture as a Mermaid flowchart."""
    drawn = picture(record, look)
    outcome = (
        raising(record.error) if record.error else result(record.result, record.text, look.precision + 3)
    )
    paint = Paint(look, drawn)
    ramp = paint.ramp()
    notes = [note for note in (drawn.note, ramp.words if ramp else "", *drawn.troubles) if note]
    title = _text(clip(f"{record.call} = {outcome}", 160))
    title += f" ({_text(clip('; '.join(notes), 200))})" if notes else ""
    palette = paint.palette
    lines = ["---", f'title: "{title}"', "---", f"flowchart {look.direction or 'TB'}"]
    lines += _nested(drawn, paint)
    for arrow in drawn.arrows:
        tail, head = _key(arrow.tail), _key(arrow.head)
        label = f"|{arrow.order}|" if arrow.order else ""
        lines.append(f"  {tail} {'-->' if arrow.kind == 'data' else '-.->'}{label} {head}")
    for look_of in sorted({box.look for box in drawn.boxes}):
        tone = palette.tones[look_of]
        lines.append(f"  classDef {look_of}_ fill:{tone.fill},stroke:{tone.line},color:{palette.ink}")
    tinted = [box for box in drawn.boxes if box.tint is not None]
    lines += [f"  style {_key(box.key)} fill:{paint.fill(box)}" for box in tinted]
    return "\n".join(lines) + "\n"


def _nested(drawn: Scene, paint: Paint) -> Iterator[str]:
    """Every box, inside the frame of its call or loop."""
    for _, index, item in nested(drawn):
        if item is None:
            yield "  end"
        elif isinstance(item, Box):
            yield f"  {_box(item, paint)}"
        else:
            yield f'  subgraph g{index}["{_text(item.caption)}"]'


def _box(box: Box, paint: Paint) -> str:
    oval = box.pill or box.kind == "leak"
    start, end = ("([", "])") if oval else ("[[", "]]") if box.paths else ("[", "]")
    return f'{_key(box.key)}{start}"{_label(box, paint)}"{end}:::{box.look}_'


def _key(key: str) -> str:
    return f"k{key}"  # `end` and the like are words of Mermaid's own


def _label(box: Box, paint: Paint) -> str:
    head = " ".join(
        part for part in (box.name, f"[{box.turn}]" if box.turn else "", str(box.how or "")) if part
    )
    times = f" {TIMES}{box.times:,}" if box.times > 1 else ""
    lines = [head + times, box.value, *box.lines, f"∂ {box.slope}" if box.slope is not None else ""]
    lines += [paint.effect(box), box.trouble, f"→ {box.note}" if box.note else ""]
    return "<br/>".join(_text(line) for line in lines if line)


def _text(text: str) -> str:
    return "".join(ESCAPED.get(char, char) for char in clean(text))
