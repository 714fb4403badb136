"""Owns the DOT view: a scene as text for a layout engine, the same for the same record."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from ...record import Record
from ..number_text import clip, result
from ..options import ViewOptions
from ..picture.choose import picture as drawing
from ..picture.ranks import ranks
from ..picture.scene import Arrow, Box, Scene, nested, raising
from .label import DASHES, caption, inks, label, legend, title, tooltip
from .paint import Paint
from .palette import MONO, SERIF, Palette

__all__ = ["render"]

# Boxes from which the engine needs help, measured.
RANKED, SIMPLE = 500, 2000
NESTED = 8  # calls nested deeper share the frame of their caller
PAGE = 1.5  # width over height of a landscape page
TROUBLES = 3  # troubles that the title names
TALLER = 1.2  # how much larger boxes must become to give up the usual left to right


def render(record: Record, look: ViewOptions) -> str:
    """The picture of a record in the DOT language.

    Raises:
        ViewError: if there are more boxes than a layout engine can place.
    """
    picture = drawing(record, look)
    paint = Paint(look, picture)
    palette = paint.palette
    direction = look.direction or _direction(picture)
    lines = ["digraph tracer {", *_frame(record, look, picture, paint, direction)]
    lines += _nested(picture, paint, direction)
    lines += [_arrow(arrow, palette, direction) for arrow in picture.arrows]
    return "\n".join(lines) + "\n}\n"


def _frame(record: Record, look: ViewOptions, picture: Scene, paint: Paint, direction: str) -> Iterator[str]:
    """The title and what holds for the whole picture."""
    palette = paint.palette
    raised = clip(raising(record.error), 80) if record.error else ""
    returned = clip(result(record.result, record.text, look.precision + 3), 72)
    head = title(clip(record.call, 96), returned, raised, palette)
    looks = {box.look for box in picture.boxes}
    kinds = [kind for kind in palette.tones if kind in looks]
    words = [("∂", f"derivative of {picture.subject}")] if any(b.slope for b in picture.boxes) else []
    words += [("1 2", "order of the operands")] if any(box.ports for box in picture.boxes) else []
    words += (
        [("- -", "on to the next turn or call")] if any(a.kind == "carried" for a in picture.arrows) else []
    )
    if not picture.boxes:
        words = [("", "no number took part in this run")]
    size = len(picture.boxes)
    yield f'  graph [charset="UTF-8", bgcolor="{palette.paper}", rankdir="{direction}"'
    yield '         pad="0.2", nodesep="0.22", ranksep="0.42", labelloc="t", labeljust="l", tooltip=" "'
    if size > RANKED:
        yield '         newrank="true"'
    if size > SIMPLE:
        yield '         nslimit="1", nslimit1="1", mclimit="0.1", splines="line"'
    troubles = [clip(trouble, 100) for trouble in picture.troubles[:TROUBLES]]
    if len(picture.troubles) > TROUBLES:
        troubles.append(f"and {len(picture.troubles) - TROUBLES} more")
    heading = legend(head, kinds, words, picture.note, palette, ramp=paint.ramp(), troubles=troubles)
    yield f'         fontname="{SERIF}", label={heading}]'
    yield f'  node [shape="box", fontname="{MONO}", fontsize="10", penwidth="0.8"'
    yield '        margin="0.08,0.05", width="0.3", height="0.2"]'
    yield f'  edge [color="{palette.edge}", penwidth="0.8", arrowsize="0.55", fontname="{MONO}"]'


def _direction(picture: Scene) -> str:
    """The way in which the boxes can be larger on a landscape page."""
    rank = ranks([box.key for box in picture.boxes], [(a.tail, a.head) for a in picture.arrows])
    wide: dict[int, list[float]] = defaultdict(list)
    high: dict[int, list[float]] = defaultdict(list)
    for box in picture.boxes:
        words = (
            len(box.name)
            + len(str(box.how or ""))
            + len(box.turn)
            + (len(f"{box.times:,}") + 2) * (box.times > 1)
            + 2
        )
        wide[rank[box.key]].append(
            14 + max(6.3 * words, 7.8 * len(box.value), 5.4 * len(box.slope or "") + 30)
        )
        high[rank[box.key]].append(15.0 if box.pill else 53.0 + 11 * len(box.lines) + 12 * bool(box.spark))
    along = [sum(max(sizes) for sizes in column.values()) + 30 * len(column) for column in (wide, high)]
    across = [
        max((sum(sizes) + 16 * len(sizes) for sizes in column.values()), default=1) for column in (high, wide)
    ]
    left_right = min(PAGE / along[0], 1 / across[0]) if along[0] else 1.0
    top_down = min(PAGE / across[1], 1 / along[1]) if along[1] else 0.0
    return "TB" if top_down > TALLER * left_right else "LR"


def _nested(picture: Scene, paint: Paint, direction: str) -> Iterator[str]:
    """Every box, inside the frame of the call or loop it was made in."""
    palette = paint.palette
    for depth, index, item in nested(picture, NESTED):
        indent = "  " * depth
        if item is None:
            yield f"{indent}}}"
        elif isinstance(item, Box):
            yield f"{indent}  {_box(item, paint, direction)}"
        else:
            style = "filled,rounded,dashed" if item.loop else "filled,rounded"
            yield f"{indent}subgraph cluster_{index} {{"
            yield (
                f'{indent}  graph [style="{style}", fillcolor="{palette.group[depth % 2 - 1]}", '
                f'color="{palette.rim}", penwidth="0.6", margin="9", labelloc="t", labeljust="l", '
                f"tooltip={tooltip(item.tip or ' ')}, label={caption(item.caption, palette)}]"
            )


def _box(box: Box, paint: Paint, direction: str) -> str:
    palette = paint.palette
    tone = palette.tones["failure" if box.trouble else box.look]
    dashes = f",{DASHES[box.kind]}" if box.kind in DASHES else ""
    line = palette.faint if box.faded and not box.trouble else tone.line
    style = f"filled{',rounded' if box.pill else dashes}"
    attributes = [f'style="{style}"', f'color="{line}"', f'fillcolor="{paint.fill(box)}"']
    if box.ports:
        attributes.append('margin="0,0.05"' if direction == "LR" else 'margin="0.08,0"')
    if box.pill:
        attributes += ['margin="0.06,0.02"', f'fontcolor="{inks(box, palette)[box.again]}"']
    if box.kind == "leak":
        attributes = ['shape="plaintext"', 'margin="0.05,0.03"']
    if box.paths:
        attributes.append('peripheries="2"')
    if box.kind == "opaque" or box.trouble:
        attributes.append('penwidth="1.4"')
    words = label(box, palette, direction, paint.effect(box))
    attributes += [f"tooltip={tooltip(paint.tip(box))}", f"label={words}"]
    return f"{box.key} [{', '.join(attributes)}]"


def _arrow(arrow: Arrow, palette: Palette, direction: str) -> str:
    attributes, head = [], arrow.head
    if arrow.kind == "carried":
        attributes.append('style="dashed"')
        if arrow.tail != arrow.head:  # drawn against the ranks, which stay as one turn has them
            attributes.append('dir="back"')
            attributes.append(f"tooltip={tooltip(arrow.tip or ' ')}")
            return f"  {arrow.head} -> {arrow.tail} [{', '.join(attributes)}]"
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
    return f"  {arrow.tail} -> {head} [{', '.join(attributes)}]"
