"""The errors that tracer raises itself, and their text: place, line, caret, message, hint."""

from __future__ import annotations

from typing import Final

from .source.text import Span

__all__ = ["DISTRIBUTION", "SourceError", "TraceError", "TracerError", "UnsupportedError", "ViewError"]


DISTRIBUTION: Final = "number-tracer"  # what `pip install` calls the package, for hints


class TracerError(Exception):
    """What tracer itself refuses; what a traced function raises is never one of these.

    Its text is the place, the source line with a caret, the message and the hint:

        loan.py:7:11
            if value is None:
               ^^^^^
        the message
        hint: what to do instead

    Attributes:
        message: what is wrong, in one sentence.
        span: the place in the user's source, if there is one.
        line: the source line of that place, if it is known.
        hint: what to do instead, if there is something.
        exit_code: with which the command line ends.
    """

    exit_code = 1

    def __init__(
        self, message: str, *, span: Span | None = None, line: str | None = None, hint: str | None = None
    ) -> None:
        super().__init__(message)
        self.message, self.span, self.line, self.hint = message, span, line, hint

    def __str__(self) -> str:
        return "\n".join([*self._place(), self.message, *([f"hint: {self.hint}"] if self.hint else [])])

    def _place(self) -> list[str]:
        """Return `file:line:column`, the source line, and carets under the place."""
        if self.span is None:
            return []
        if self.line is None:
            return [str(self.span)]
        last = self.span.end_column if self.span.end_line == self.span.line else len(self.line)
        start, end = (len(self.line[:column].expandtabs(4)) for column in (self.span.column, last))
        carets = " " * start + "^" * max(1, end - start)
        return [str(self.span), f"    {self.line.expandtabs(4)}", f"    {carets}"]


class SourceError(TracerError):
    """The source of a function cannot be found, read or parsed."""

    exit_code = 3


class UnsupportedError(TracerError):
    """A construct or an object cannot be traced."""

    exit_code = 3


class TraceError(TracerError):
    """A saved trace is broken, there is no such output, or an operation has Values of two tapes."""

    exit_code = 4


class ViewError(TracerError):
    """The trace cannot be drawn or written."""

    exit_code = 5
