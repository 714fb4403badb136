"""The finish of a drawn SVG: hover texts every browser shows, and fonts with fallbacks."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import Final

from .label import BREAK, REVERSE, clean
from .palette import MONO, SERIF

__all__ = ["finish"]

SVG, XLINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"
FONTS: Final = {
    MONO: "'SF Mono', Menlo, 'DejaVu Sans Mono', 'Liberation Mono', Consolas, 'Courier New', monospace",
    SERIF: "'Iowan Old Style', 'Palatino Linotype', Palatino, 'URW Palladio L', Georgia, "
    "'Liberation Serif', 'Times New Roman', 'DejaVu Serif', serif",
}

BROAD: Final = "9"  # how near, in points, a pointer must come to an arrow


def finish(drawn: bytes, title: str) -> str:
    """The engine's SVG, made to stand on its own.

    The engine puts hover texts on links without a target and its own node names in titles;
    here each title is the hover text, and the links are gone. An arrow, thin as it is, gets a
    broad invisible line that a pointer can hit.
    """
    ET.register_namespace("", SVG)
    root = ET.fromstring(drawn)
    for group in list(root.iter(f"{{{SVG}}}g")):
        _retitle(group)
        if group.get("class") == "edge":
            _widen(group)
    for text in root.iter(f"{{{SVG}}}text"):
        family = text.get("font-family", "")
        text.set("font-family", FONTS.get(family, family))
        text.text = (text.text or "").replace(BREAK, "")
    root.set("role", "img")
    own = ET.Element(f"{{{SVG}}}title")
    own.text = clean(title)
    root.insert(0, own)
    return ET.tostring(root, encoding="unicode") + "\n"


def _retitle(group: ET.Element) -> None:
    title = group.find(f"{{{SVG}}}title")
    tip = ""
    for wrapper in list(group):
        link = wrapper.find(f"{{{SVG}}}a")
        if wrapper.tag != f"{{{SVG}}}g" or link is None or not wrapper.get("id", "").startswith("a_"):
            continue
        tip = tip or (link.get(f"{{{XLINK}}}title") or "").strip()
        at = list(group).index(wrapper)
        group.remove(wrapper)
        for offset, shape in enumerate(list(link)):
            group.insert(at + offset, shape)
    if title is not None:
        title.text = tip.replace(REVERSE, "\\").replace(BREAK, "")
        if not tip or group.get("class") == "graph":
            group.remove(title)


def _widen(group: ET.Element) -> None:
    for path in group.findall(f"{{{SVG}}}path"):
        invisible = {"fill": "none", "stroke": "none", "stroke-width": BROAD, "pointer-events": "stroke"}
        group.append(ET.Element(path.tag, {"d": path.get("d", ""), **invisible}))
