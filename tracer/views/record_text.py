"""Short texts about a record: how the run ended, the exception, a hover text, a leak."""

from __future__ import annotations

import os.path
import re
from typing import Final

from ..record import Failure, Record
from ..source.text import Span
from .number_text import result

__all__ = ["LEAKS", "hover", "outcome", "raising"]

# Leak.how -> what happened to the number.
LEAKS: Final = {
    "index": "used as an index or a count",
    "int()": "became a plain int",
    "float()": "became a plain float",
    "complex()": "became a plain complex",
    "text": "became text",
    "hash": "used as a key",
    "array": "became part of an array",
    "call": "handed to code that cannot be followed",
}


def outcome(record: Record, precision: int) -> str:
    """What the run ended with: the result, its numbers rounded, or the exception."""
    if record.error is not None:
        return raising(record.error)
    return result(record.result, record.text, precision + 3)


def raising(error: Failure) -> str:
    """The exception as the last line of a traceback has it."""
    return f"{error.type}: {error.message}" if error.message else error.type


def hover(*lines: str, span: Span | None) -> str:
    """A hover text: the lines that are not empty, and last `file:line`; no folder of an absolute path."""
    place = ""
    if span is not None:
        rooted = os.path.isabs(span.file) or re.match(r"[A-Za-z]:[\\/]", span.file)
        file = re.split(r"[\\/]", span.file)[-1] if rooted else span.file
        place = f"{file}:{span.line}"
    return "\n".join(line for line in (*lines, place) if line)
