"""The text of a file, and stretches of it counted in characters.

The compiler counts columns in UTF-8 bytes and an editor in characters; only this module converts.
"""

from __future__ import annotations

from dataclasses import dataclass

from asttokens import LineNumbers

__all__ = ["Position", "Span", "Text"]

Position = tuple[int, int, int, int]  # as a syntax tree has it: line, byte, end line, end byte


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open stretch of one file, from (line, column) up to (end_line, end_column).

    Lines count from 1, columns from 0 and in characters.
    """

    file: str
    line: int
    column: int
    end_line: int
    end_column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column + 1}"

    def contains(self, other: Span) -> bool:
        """Return whether `other` lies within this span (equal spans contain each other)."""
        return (
            self.file == other.file
            and (self.line, self.column) <= (other.line, other.column)
            and (other.end_line, other.end_column) <= (self.end_line, self.end_column)
        )


class Text:
    """The text of one file."""

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.text = text
        self.lines = text.split("\n")  # as the compiler counts: a form feed ends no line
        self._numbers = LineNumbers(text)

    def span(self, line: int, byte: int, end_line: int, end_byte: int) -> Span:
        """Return the span of a position."""
        column = self._numbers.from_utf8_col(line, byte)
        return Span(self.file, line, column, end_line, self._numbers.from_utf8_col(end_line, end_byte))

    def position(self, span: Span) -> Position | None:
        """Return the position of a span, or None if the text has not that many lines."""
        if not 0 < span.line <= span.end_line <= len(self.lines):
            return None
        before = self.lines[span.line - 1][: span.column]
        whole = self.lines[span.end_line - 1][: span.end_column]
        return span.line, len(before.encode()), span.end_line, len(whole.encode())

    def words(self, span: Span) -> str:
        """Return the text under a span of this file, on one line."""
        start = self._numbers.line_to_offset(span.line, span.column)
        end = self._numbers.line_to_offset(span.end_line, span.end_column)
        return " ".join(self.text[start:end].split())
