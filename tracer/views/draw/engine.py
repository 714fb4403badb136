"""The drawn views, SVG, PNG and PDF: find a layout engine and run it within a time limit."""

from __future__ import annotations

import math
import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Callable, Iterator
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Final

from ...analyses.subject import Subject
from ...errors import DISTRIBUTION, ViewError
from ...options import Level, ViewOptions
from ..picture.choose import SMALLER
from . import dot
from .svg import finish

__all__ = ["engine", "pdf", "png", "svg"]

LIMIT: Final = 60.0  # seconds for one call of the engine; TRACER_TIMEOUT says otherwise
DPI: Final = 144
PIXELS: Final = 40_000_000
COARSER: Final[dict[Level, Level]] = {
    **{"none": "auto", "operation": "auto", "auto": "call"},
    **{"line": "loop", "loop": "call"},
}
FEWEST: Final = 8  # boxes that are not too many for any engine
SIDE: Final = 32_000  # pixels; viewers give up beyond


def svg(subject: Subject, options: ViewOptions) -> str:
    """The picture as SVG."""
    return finish(_drawn(subject, options, lambda text: _run(text, "svg")), subject.record.call)


def png(subject: Subject, options: ViewOptions) -> bytes:
    """The picture as PNG, as fine as 40 megapixels allow."""
    return _drawn(subject, options, _png)


def _png(text: str) -> bytes:
    size = _run(text, "plain").split(b"\n", 1)[0].split()  # graph SCALE WIDTH HEIGHT, in inches
    width, height = (float(side) + 0.6 for side in size[2:4])  # and the margin around
    dpi = min(DPI, math.sqrt(PIXELS / (width * height)), SIDE / max(width, height))
    return _run(text, "png", f"-Gdpi={max(1, math.floor(dpi))}")


def pdf(subject: Subject, options: ViewOptions) -> bytes:
    """The picture as PDF: by a full Graphviz, else from the SVG with the extra `pdf`."""
    return _drawn(subject, options, lambda text: _pdf(text, subject.record.call))


def _pdf(text: str, title: str) -> bytes:
    for command in _full():
        try:
            return _run(text, "pdf", "-Gmargin=0", command=command)
        except ViewError as error:
            if "not recognized" not in error.message:
                raise
    try:
        converter = import_module("svg2pdf_py")
    except ImportError:
        raise ViewError(
            "a PDF needs a full Graphviz, or a converter from SVG",
            hint="install Graphviz (its `dot` must be on the path) or "
            f"`python -m pip install '{DISTRIBUTION}[pdf]'`",
        ) from None
    fonts = converter.FontDatabase.system()
    if not fonts.len():
        raise ViewError("a PDF made from the SVG needs fonts, and none is installed here")
    try:
        return bytes(converter.svg_to_pdf(finish(_run(text, "svg"), title), fonts))
    except ValueError as error:
        raise ViewError(f"the PDF could not be made: {error}") from error


class _SlowError(ViewError):
    """The engine took too long."""


def _drawn(subject: Subject, options: ViewOptions, draw: Callable[[str], bytes]) -> bytes:
    """The picture, coarser where the engine does not find one in time; the title says so."""
    tried, slow = math.inf, _SlowError("no picture was found in time")
    for chosen in _coarser(options):
        text = dot.render(subject, chosen)
        lines = text.count("\n")
        if lines < tried:  # or it would be as slow again
            try:
                return draw(text)
            except _SlowError as error:
                tried, slow = lines, error
    raise slow


def _coarser(options: ViewOptions) -> Iterator[ViewOptions]:
    """The options with fewer and fewer boxes."""
    yield options
    while options.fold != "call":
        if options.fold == "auto" and options.max_boxes > FEWEST:
            options = replace(options, max_boxes=options.max_boxes // 4, hurried=True)
        else:
            options = replace(options, fold=COARSER[options.fold], hurried=True)
        yield options


def engine() -> str:
    """The layout engine: `$TRACER_DOT`, the embedded one, or the system's.

    Raises:
        ViewError: if there is none.
    """
    if named := os.environ.get("TRACER_DOT"):
        if found := shutil.which(named):
            return found
        raise ViewError(f"TRACER_DOT names {named}, which cannot be run", hint="unset it or name a `dot`")
    if found := _embedded() or shutil.which("dot"):
        return found
    raise ViewError(
        "no layout engine was found, so no picture can be drawn",
        hint="`pip install graphviz-pure`, install Graphviz, or set TRACER_DOT to a `dot`",
    )


def _embedded() -> str | None:
    """The program of the wheel `graphviz-pure`, which holds no Python code to import."""
    places = [sysconfig.get_path("scripts"), str(Path(sys.executable).parent)]
    if sys.platform != "emscripten":
        places.append(sysconfig.get_path("scripts", f"{os.name}_user"))
    return shutil.which("graphviz-pure", path=os.pathsep.join(places)) or shutil.which("graphviz-pure")


def _full() -> Iterator[str]:
    """The engines that may be able to write PDF."""
    if os.environ.get("TRACER_DOT"):
        yield engine()
    elif system := shutil.which("dot"):
        yield system


def _run(text: str, form: str, *options: str, command: str = "") -> bytes:
    """What the engine makes of a DOT text."""
    from graphviz.backend import dot_command, execute

    program = command or engine()
    # The package's own DOT_BINARY stays as it is: it belongs to the user's program as well.
    line = [program, *dot_command.command("dot", form)[1:], *options]
    limit = _limit()
    try:
        done = execute.run_check(line, input=text.encode(), capture_output=True, quiet=True, timeout=limit)
    except subprocess.TimeoutExpired:
        raise _SlowError(
            f"the layout engine found no picture within {limit:g} seconds",
            hint=f"{SMALLER}; TRACER_TIMEOUT sets the limit in seconds",
        ) from None
    except subprocess.CalledProcessError as error:
        messages = [line for line in error.stderr.decode(errors="replace").splitlines() if line.strip()]
        messages.sort(key=lambda line: line.startswith("Warning"))
        fatal = next(iter(messages), "no reason given")
        raise ViewError(
            f"the layout engine {Path(program).name} failed: {fatal}",
            hint="set TRACER_DOT to another `dot`, or ask for the .dot file and lay it out yourself",
        ) from error
    except (OSError, execute.ExecutableNotFound) as error:
        raise ViewError(f"the layout engine {program} cannot be run: {error}") from error
    drawn: bytes = done.stdout
    if not drawn:
        raise ViewError(f"the layout engine {Path(program).name} drew nothing")
    return drawn


def _limit() -> float:
    """Seconds for one call of the engine."""
    given = os.environ.get("TRACER_TIMEOUT") or LIMIT
    try:
        limit = float(given)
    except ValueError:
        limit = 0.0
    if not limit > 0:
        raise ViewError(f"TRACER_TIMEOUT is {given}, which is not a number of seconds")
    return limit
