"""The DOT view: a scene as text for a layout engine, the same for the same record."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from ...analyses.subject import Subject
from ...options import ViewOptions
from ...record import Record
from ..number_text import clip
from ..picture.choose import picture
from ..picture.scene import Arrow, Box, Scene, nested, ranks
from ..record_text import outcome
from .label import DASHES, caption, inks, label, legend, title, tooltip
from .palette import MONO, SERIF, Paint, Palette

__all__ = ["render"]

# Boxes from which the engine needs help, measured.
RANKED, SIMPLE = 500, 2000
NESTED = 8  # calls nested deeper share the frame of their caller
PAGE = 1.5  # width over height of a landscape page
ORIGINS = 3  # places where a nan or inf began that the title names
TALLER = 1.2  # how much larger boxes must become to give up the usual left to right


def render(subject: Subject, options: ViewOptions) -> str:
    """The picture of a record in the DOT language.

    Raises:
        ViewError: if there are more boxes than a layout engine can place.
    """
    scene = picture(subject, options)
    paint = Paint(options, scene)
    direction = options.direction or _direction(scene)
    lines = ["digraph tracer {", *_head(subject.record, options, scene, paint, direction)]
    lines += _nested(scene, paint, direction)
    lines += [_arrow(arrow, paint.palette, direction) for arrow in scene.arrows]
    return "\n".join(lines) + "\n}\n"


def _head(record: Record, options: ViewOptions, scene: Scene, paint: Paint, direction: str) -> Iterator[str]:
    """The title, the legend, and what holds for the whole scene."""
    palette = paint.palette
    end, failed = outcome(record, options.precision), record.error is not None
    head = title(clip(record.call, 96), clip(end, 80 if failed else 72), palette, failed=failed)
    tones = {box.tone for box in scene.boxes}
    kinds = [kind for kind in palette.tones if kind in tones]
    signs = [
        ("∂", f"derivative of {scene.output}", any(box.slope for box in scene.boxes)),
        ("1 2", "order of the operands", any(box.ports for box in scene.boxes)),
        ("- -", "to the next iteration or call", any(arrow.kind == "carried" for arrow in scene.arrows)),
        ("", "no numbers were recorded", not scene.boxes),
    ]
    words = [(sign, meaning) for sign, meaning, occurs in signs if occurs]
    size = len(scene.boxes)
    yield f'  graph [charset="UTF-8", bgcolor="{palette.paper}", rankdir="{direction}"'
    yield '         pad="0.2", nodesep="0.22", ranksep="0.42", labelloc="t", labeljust="l", tooltip=" "'
    if size > RANKED:
        yield '         newrank="true"'
    if size > SIMPLE:
        yield '         nslimit="1", nslimit1="1", mclimit="0.1", splines="line"'
    origins = [clip(origin, 100) for origin in scene.nan_origins[:ORIGINS]]
    if len(scene.nan_origins) > ORIGINS:
        origins.append(f"and {len(scene.nan_origins) - ORIGINS} more")
    heading = legend(head, kinds, words, scene.note, palette, ramp=paint.ramp(), warnings=origins)
    yield f'         fontname="{SERIF}", label={heading}]'
    yield f'  node [shape="box", fontname="{MONO}", fontsize="10", penwidth="0.8"'
    yield '        margin="0.08,0.05", width="0.3", height="0.2"]'
    yield f'  edge [color="{palette.edge}", penwidth="0.8", arrowsize="0.55", fontname="{MONO}"]'


def _direction(scene: Scene) -> str:
    """The direction in which the boxes can be larger on a landscape page."""
    forward = [(arrow.tail, arrow.head) for arrow in scene.arrows if arrow.kind != "carried"]
    rank = ranks([box.key for box in scene.boxes], forward)
    wide: dict[int, list[float]] = defaultdict(list)
    high: dict[int, list[float]] = defaultdict(list)
    for box in scene.boxes:
        times = f"  {box.times:,}" if box.times > 1 else ""
        words = len(f"{box.name}  {box.how or ''}{box.iteration}{times}")
        width = max(6.3 * words, 7.8 * len(box.value), 5.4 * len(box.slope or "") + 30)
        wide[rank[box.key]].append(14 + width)
        high[rank[box.key]].append(15.0 if box.pill else 53.0 + 11 * len(box.lines) + 12 * bool(box.course))
    along = [sum(max(sizes) for sizes in column.values()) + 30 * len(column) for column in (wide, high)]
    across = [
        max((sum(sizes) + 16 * len(sizes) for sizes in column.values()), default=1) for column in (high, wide)
    ]
    left_right = min(PAGE / along[0], 1 / across[0]) if along[0] else 1.0
    top_down = min(PAGE / across[1], 1 / along[1]) if along[1] else 0.0
    return "TB" if top_down > TALLER * left_right else "LR"


def _nested(scene: Scene, paint: Paint, direction: str) -> Iterator[str]:
    """Every box, inside the frame of the call or loop it was made in."""
    palette = paint.palette
    for depth, index, item in nested(scene, NESTED):
        indent = "  " * depth
        if item is None:
            yield f"{indent}}}"
        elif isinstance(item, Box):
            yield f"{indent}  {_box(item, paint, direction)}"
        else:
            style = f"filled,rounded{',dashed' if item.loop else ''}"
            yield f"{indent}subgraph cluster_{index} {{"
            yield (
                f'{indent}  graph [style="{style}", fillcolor="{palette.frame[depth % 2 - 1]}", '
                f'color="{palette.rim}", penwidth="0.6", margin="9", labelloc="t", labeljust="l", '
                f"tooltip={tooltip(item.tip or ' ')}, label={caption(item.caption, palette)}]"
            )


def _box(box: Box, paint: Paint, direction: str) -> str:
    palette = paint.palette
    tone = palette.tones["failure" if box.nan_origin else box.tone]
    dashes = f",{DASHES[box.kind]}" if box.kind in DASHES else ""
    line = palette.faint if box.faded and not box.nan_origin else tone.line
    style = f"filled{',rounded' if box.pill else dashes}"
    attributes = [f'style="{style}"', f'color="{line}"', f'fillcolor="{paint.fill(box)}"']
    if box.ports:
        attributes.append('margin="0,0.05"' if direction == "LR" else 'margin="0.08,0"')
    if box.pill:
        attributes += ['margin="0.06,0.02"', f'fontcolor="{inks(box, palette)[box.repeated]}"']
    if box.kind == "leak":
        attributes = ['shape="plaintext"', 'margin="0.05,0.03"']
    if box.paths:
        attributes.append('peripheries="2"')
    if box.kind == "opaque" or box.nan_origin:
        attributes.append('penwidth="1.4"')
    words = label(box, palette, direction, paint.effect(box))
    attributes += [f"tooltip={tooltip(paint.tip(box))}", f"label={words}"]
    return f"{box.key} [{', '.join(attributes)}]"


def _arrow(arrow: Arrow, palette: Palette, direction: str) -> str:
    attributes, tail, head = [], arrow.tail, arrow.head
    if arrow.kind == "carried":
        attributes.append('style="dashed"')
        if tail != head:  # drawn against the ranks, which stay as in one iteration
            attributes.append('dir="back"')
            tail, head = head, tail
    elif arrow.kind != "data":
        attributes += [f'color="{palette.tones[arrow.kind].line}"', 'style="dashed"']
    elif arrow.faded:
        attributes.append(f'color="{palette.faint}"')
    if arrow.kind == "leak":
        attributes += ['arrowhead="tee"', 'arrowsize="0.7"']
    if arrow.main:
        attributes.append('weight="2"')
    if arrow.order:
        head += f":p{arrow.order}:{'w' if direction == 'LR' else 'n'}"
    attributes.append(f"tooltip={tooltip(arrow.tip or ' ')}")
    return f"  {tail} -> {head} [{', '.join(attributes)}]"
