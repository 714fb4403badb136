"""Read and parse a file that the command line names, and say clearly what is wrong with it."""

from __future__ import annotations

import ast
import difflib
import importlib.util
import sys
from pathlib import Path
from types import CodeType

from ..errors import SourceError
from ..source.file import SourceFile, label, parsed
from ..source.text import Span

__all__ = ["read"]


def read(path: Path) -> tuple[ast.Module, CodeType]:
    """Return the syntax tree of a file and its compiled code.

    Raises:
        SourceError: it cannot be read, or Python's compiler refuses it.
    """
    text = _text(path)
    try:
        file = parsed(label(str(path)), text) or SourceFile(str(path), text)  # which says what is wrong
        return file.tree, compile(file.tree, str(path.absolute()), "exec", dont_inherit=True)
    except SyntaxError as error:
        line, column = error.lineno or 1, max(0, (error.offset or 1) - 1)
        end_line, end = error.end_lineno or line, (error.end_offset or 0) - 1
        if end_line == line:
            end = max(end, column + 1)
        lines = text.splitlines()
        raise SourceError(
            f"{path} is not Python {sys.version_info.major}.{sys.version_info.minor}: {error.msg}",
            span=Span(str(path), line, column, end_line, max(0, end)),
            line=lines[line - 1] if line <= len(lines) else None,
        ) from None
    except ValueError as error:  # a null byte, before 3.12
        raise SourceError(f"{path} is not Python: {error}") from None
    except (RecursionError, MemoryError):
        raise SourceError(f"{path} is nested too deeply for Python's own compiler") from None


def _text(path: Path) -> str:
    """Return the text of the file, decoded as Python would decode it, with a last line that ends."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise SourceError(f"there is no file {path}", hint=_neighbour(path)) from None
    except OSError as error:
        if path.is_dir():
            raise SourceError(f"{path} is a folder, not a Python file") from None
        raise SourceError(f"{path} cannot be read: {error.strerror or error}") from None
    try:
        try:
            text = importlib.util.decode_source(content)
        except SyntaxError as error:  # so Python speaks of the first two lines, where an encoding is named
            content.decode("utf-8")
            raise SourceError(f"{path} cannot be decoded: {error.msg}") from None
    except UnicodeDecodeError as error:
        before = content[: error.start]
        line = before.count(b"\n") + 1
        column = len(before.rpartition(b"\n")[2].decode(error.encoding, "replace"))
        raise SourceError(
            f"{path} is not {error.encoding.upper()} text: byte 0x{content[error.start]:02x}",
            span=Span(str(path), line, column, line, column + 1),
            hint="save it as UTF-8, or name its encoding in the first line: # -*- coding: latin-1 -*-",
        ) from None
    return text if text.endswith("\n") or not text else text + "\n"


def _neighbour(path: Path) -> str | None:
    """Return a hint that names a file of nearly that name in the same folder."""
    if not path.parent.is_dir():
        return f"there is no folder {path.parent} either"
    near = difflib.get_close_matches(path.name, (p.name for p in path.parent.iterdir()), n=1)
    return f"did you mean {path.with_name(near[0])}?" if near else None
