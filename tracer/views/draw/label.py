"""The words in a DOT picture: HTML-like labels, escaped in one place."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence

from ..number_text import TIMES
from ..picture.scene import Box
from .palette import MONO, SERIF, Palette, Ramp

__all__ = ["DASHES", "REVERSE", "caption", "clean", "inks", "label", "legend", "title", "tooltip"]

# The engine takes a backslash for the start of an escape, in a tooltip even twice. A label
# breaks the escape with an invisible space; a tooltip has another stroke, which `svg.py` undoes.
BACKSLASH, BREAK, REVERSE = "\\", "\u200b", "\u29f5"
SPARK = 12  # the height of a row of bars
DASHES = {"input": "dashed", "opaque": "dotted", "leak": "dashed"}
WORDS = {
    "input": "input",
    "literal": "literal",
    "constant": "constant",
    "operation": "operation",
    "opaque": "opaque call",
    "output": "result",
    "leak": "leaves the graph",
    "failure": "exception",
    "loop": "whole loop",
    "call": "whole call",
}


def label(box: Box, palette: Palette, direction: str, effect: str = "") -> str:
    """The words of a box, as the value of DOT's `label`; `effect`: what its colour shows, if no line does.

    Where operands may not change places, their numbers stand where the arrows end: one
    above the other in a picture that runs to the right, side by side in one that runs down.
    """
    tone = palette.tones[box.tone]
    ink, grey = inks(box, palette)
    strong = tone.line if box.tint is None else ink
    nan_origin = _italic(box.nan_origin, 10, palette.tones["failure"].line if box.tint is None else ink)
    if box.kind == "leak":
        return _html(_italic(box.name, 10, tone.line))
    if box.pill:
        says = _equation(box.name)
        if not nan_origin:  # no HTML: the engine, without fonts, would put that off the middle
            return f'"{_safe(says.replace(BACKSLASH, BACKSLASH * 2))}"'
        name = _font(_text(says), 10, grey if box.repeated else ink)
        return _html(_table([_line(name), _line(nan_origin)]))
    if box.kind == "failure":
        rows = [_line(_how(box, ink, ink)), _line(_font(_text(box.value), 10, tone.line))]
        return _html(_ported(rows, box, grey, direction))
    paths = ", ".join(box.paths[:3]) + (", …" if len(box.paths) > 3 else "")
    lines = [
        _font(f"<B>{_text(_minus(box.value))}</B>", 11 if box.times else 13, ink),
        _spark(box.course, palette),
        *(_font(_text(_equation(line)), 9, grey) for line in box.lines),
        _font(f"∂ {_text(_minus(box.slope))}", 9, grey) if box.slope is not None else "",
        _spark(box.slope_course, palette),
        _font(_text(_minus(effect)), 9, grey),
        nan_origin,
        _italic(box.note and f"→ {box.note}", 10, grey),
        _font(f"→ {_text(paths)}", 9, strong) if paths not in ("", "result") else "",
    ]
    rows = [_head(box, grey, ink), *(_line(line) for line in lines if line)]
    return _html(_ported(rows, box, grey, direction))


def _head(box: Box, grey: str, ink: str) -> str:
    """The first line of a box: its name and iterations, and how it was computed."""
    name = _font(box.name and f"<B>{_text(box.name)}</B>", 11, ink)
    aside = _font(box.iteration and f"[{box.iteration}]", 8, grey)
    if box.times > 1:
        aside += _font(f"{'&#160;' if name else ''}{TIMES}{box.times:,}", 8, grey)
    first, last = (name + aside, _how(box, grey, ink)) if name else (_how(box, grey, ink), aside)
    if first and last:
        return _row(_cell(first, span=1) + '<TD WIDTH="8"></TD>' + _cell(last, "RIGHT", span=1))
    return _line(first) if first else ""


def inks(box: Box, palette: Palette) -> tuple[str, str]:
    """The colours of what matters in a box and of the rest."""
    if box.faded:
        return palette.faint, palette.faint
    return palette.ink, palette.grey if box.tint is None else palette.ink


def title(call: str, outcome: str, palette: Palette, *, failed: bool) -> str:
    """The call, and its result or the exception."""
    line = _font(_text(call), 13, palette.ink)
    if failed:
        says = _font(_text(outcome), 12, palette.tones["failure"].line)
        return line + _font("&#160;&#160;", 13, palette.ink) + says
    value = _text(_minus(outcome))
    if not call.isascii():  # an engine without fonts takes each byte for a character
        return _font(f"{_text(call)} = {value}", 13, palette.ink)
    return line + _font(" = ", 13, palette.grey) + _font(f"<B>{value}</B>", 13, palette.ink)


def legend(
    head: str,
    kinds: list[str],
    words: list[tuple[str, str]],
    note: str,
    palette: Palette,
    *,
    ramp: Ramp | None = None,
    warnings: Sequence[str] = (),
) -> str:
    """The title, what went wrong, the note, and a line of the kinds that occur and what small signs mean."""
    cells = []
    # A title wider than the line would pull its words apart, so the line is filled up.
    said = sum(len(WORDS[kind]) + 6 for kind in kinds) + sum(len(meaning) + 4 for _, meaning in words)
    room = max(8 * len(_bare(head)), _length(ramp)) - 6 * said
    for kind in kinds:
        tone = palette.tones[kind]
        style = f' STYLE="{DASHES[kind].upper()}"' if kind in DASHES else ""
        swatch = (
            f'<TABLE BORDER="1"{style} CELLBORDER="0" CELLPADDING="0" CELLSPACING="0" FIXEDSIZE="TRUE" '
            f'WIDTH="13" HEIGHT="8" COLOR="{tone.line}" BGCOLOR="{tone.fill}"><TR><TD></TD></TR></TABLE>'
        )
        cells.append(f"<TD>{swatch}</TD><TD>{_italic(WORDS[kind], 10, palette.grey)}</TD>")
    cells += [f"<TD>{_italic(f'{sign} {meaning}', 10, palette.grey)}</TD>" for sign, meaning in words]
    filler = f'<TD WIDTH="{max(1, room)}"></TD>'
    inner = _table([_row('<TD WIDTH="12"></TD>'.join(cells) + filler)], 2)
    alarm = palette.tones["failure"].line
    scale = _ramp(ramp, max(8 * len(_bare(head)), round(4.7 * said)), palette) if ramp is not None else ""
    alarms = [_italic(warning, 11, alarm) for warning in warnings]
    lines = [head, *alarms, _italic(note, 10, palette.grey), inner, scale]
    rows = [_line(line) for line in lines if line]
    return _html(_table([*rows, '<TR><TD HEIGHT="8"></TD></TR>'], 2))


def _ramp(ramp: Ramp, width: int, palette: Palette) -> str:
    """The line of a scale, filled up to the width of the other lines."""
    cells = "".join(f'<TD WIDTH="14" HEIGHT="10" BGCOLOR="{color}"></TD>' for color in ramp.colors)
    table = f'<TABLE BORDER="1" CELLBORDER="0" CELLSPACING="0" CELLPADDING="0" COLOR="{palette.edge}">'
    low, high = (_font(_text(_minus(end)), 10, palette.ink) for end in (ramp.low, ramp.high))
    words = _italic(ramp.words, 10, palette.grey)
    scale = _cell(low, "RIGHT", span=1) + _cell(f"{table}{_row(cells)}</TABLE>", span=1) + _cell(high, span=1)
    filler = f'<TD WIDTH="{max(1, width - _length(ramp))}"></TD>'
    return _table([_row((scale if ramp.colors else "") + _cell(words, span=1) + filler)], 2)


def _length(ramp: Ramp | None) -> int:
    """About how long the line of a scale is."""
    if ramp is None:
        return 0
    return 16 * len(ramp.colors) + 6 * len(ramp.low + ramp.high) + 5 * len(ramp.words)


def _bare(markup: str) -> bytes:
    """The text, as the engine counts its characters where it has no fonts."""
    return html.unescape(re.sub("<[^>]*>", "", markup)).encode()


def caption(text: str, palette: Palette) -> str:
    """The words over a call."""
    return _html(_font(_text(text), 9, palette.grey))


def clean(text: str) -> str:
    """The text without the characters that XML and UTF-8 do not have."""
    return re.sub("[\x00-\x09\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]", "�", text)


def tooltip(text: str) -> str:
    """The quoted value of DOT's `tooltip`."""
    return '"' + _safe(text.replace("\\", REVERSE)).replace("\n", "&#10;") + '"'


def _how(box: Box, grey: str, ink: str) -> str:
    if box.how is None:
        return ""
    before, operation, after = (_text(part) for part in box.how)
    if not before.isascii():  # one piece of text, or a gap would open after the first
        return _font(before + operation + after, 10, grey)
    strong = f'<FONT COLOR="{ink}"><B>{operation}</B></FONT>' if operation else ""
    return _font(before + strong + after, 10, grey)


def _spark(course: tuple[float, ...], palette: Palette) -> str:
    """A row of bars, as wide as the box: a picture within the words, whatever fonts there are."""
    if not course:
        return ""
    bars = []
    for height in course:
        high = 1 + round((SPARK - 1) * height)
        space = f'<TR><TD WIDTH="2" HEIGHT="{SPARK - high}"></TD></TR>' if high < SPARK else ""
        bar = f'<TR><TD WIDTH="2" HEIGHT="{high}" BGCOLOR="{palette.bar}"></TD></TR>'
        bars.append(f"<TD>{_table([space, bar], 0)}</TD>")
    return _table([_row("".join(bars))], 0)


def _font(inner: str, size: int, color: str, face: str = MONO) -> str:
    """The markup in a font; empty if there is nothing in it, for which the engine has no place."""
    return inner and f'<FONT FACE="{face}" POINT-SIZE="{size}" COLOR="{color}">{inner}</FONT>'


def _italic(text: str, size: int, color: str) -> str:
    return _font(text and f"<I>{_text(text)}</I>", size, color, SERIF)


def _cell(inner: str, align: str = "LEFT", span: int = 3) -> str:
    return f'<TD ALIGN="{align}"{f" COLSPAN={chr(34)}{span}{chr(34)}" if span > 1 else ""}>{inner}</TD>'


def _row(cells: str) -> str:
    return f"<TR>{cells}</TR>"


def _line(inner: str) -> str:
    return _row(_cell(inner))


def _table(rows: list[str], padding: int = 1) -> str:
    head = f'<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="{padding}">'
    return f"{head}{''.join(rows)}</TABLE>"


def _ported(rows: list[str], box: Box, grey: str, direction: str) -> str:
    """The lines of a box, beside or below the numbers of its operands."""
    if not box.ports:
        return _table(rows)
    names = range(1, box.ports + 1)
    ends = [f'<TD PORT="p{i}" WIDTH="11">{_font(str(i), 8, grey)}</TD>' for i in names]
    if direction == "TB":
        inside = f'<TD COLSPAN="{box.ports}">{_table(rows)}</TD>'
        return _table([_row("".join(ends)), _row(inside), '<TR><TD HEIGHT="4"></TD></TR>'], 0)
    inside = f'<TD ROWSPAN="{box.ports}">{_table(rows)}</TD>'
    room = f'<TD ROWSPAN="{box.ports}" WIDTH="6"></TD>'
    return _table([_row(ends[0] + inside + room), *map(_row, ends[1:])], 0)


def _html(inner: str) -> str:
    return f"<{inner}>"


def _text(text: str) -> str:
    return _safe(text.replace("\\", "\\" + BREAK))


def _safe(text: str) -> str:
    return html.escape(clean(text))


def _equation(line: str) -> str:
    """A line `x[-1] = -2.0`, its number with a minus sign; the name stays as the source has it."""
    name, equals, value = line.rpartition(" = ")
    return name + equals + _minus(value)


def _minus(value: str) -> str:
    """A number's minus is a minus, not a hyphen."""
    return re.sub(r"(?<![\w'\"])-(?=[\d.in])|(?<=e)-(?=\d)|(?<=\d)-(?=[\d.e+]+j)", "\N{MINUS SIGN}", value)
