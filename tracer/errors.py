"""The errors that tracer raises itself, and their text: place, line, caret, message, hint."""

from __future__ import annotations

from typing import Final

from .source.text import Span

__all__ = ["DISTRIBUTION", "SourceError", "TraceError", "TracerError", "UnsupportedError", "ViewError"]


DISTRIBUTION: Final = "number-tracer"  # what `pip install` calls the package, for hints


class TracerError(Exception):
    """What tracer itself refuses; what a traced function raises is never one of these.

    Attributes:
        message: what is wrong, in one sentence.
        span: where in the user's source, if it has a place.
        hint: what to do instead, if there is something.
    """

    exit_code = 1

    def __init__(
        self,
        message: str,
        *,
        span: Span | None = None,
        line: str | None = None,
        hint: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.span = span
        self.line = line
        self.hint = hint

    def __str__(self) -> str:
        return "\n".join([*self._place(), self.message, *([f"hint: {self.hint}"] if self.hint else [])])

    def _place(self) -> list[str]:
        """`file:line:column`, the source line, and a caret under the place."""
        if self.span is None:
            return []
        if self.line is None:
            return [str(self.span)]
        text = self.line.expandtabs(4)
        start = len(self.line[: self.span.column].expandtabs(4))
        end = (
            len(self.line[: self.span.end_column].expandtabs(4))
            if self.span.end_line == self.span.line
            else len(text)
        )
        return [str(self.span), f"    {text}", "    " + " " * start + "^" * max(1, end - start)]


class SourceError(TracerError):
    """The source cannot be found, read or parsed."""

    exit_code = 3


class UnsupportedError(TracerError):
    """A construct or an object that cannot be traced."""

    exit_code = 3


class TraceError(TracerError):
    """A saved or built trace is broken, or Values of two tapes meet."""

    exit_code = 4


class ViewError(TracerError):
    """The trace cannot be drawn here."""

    exit_code = 5
