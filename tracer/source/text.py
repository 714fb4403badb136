"""Owns `Span`: a half-open stretch of one source file, counted in characters."""

from __future__ import annotations

from dataclasses import dataclass

from asttokens import LineNumbers

__all__ = ["Span", "Text"]


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """From (line, column) up to but not including (end_line, end_column).

    Lines count from 1, columns from 0 and in characters, as an editor shows them (the
    compiler counts UTF-8 bytes; `Text.span` is the one place that converts).
    """

    file: str
    line: int
    column: int
    end_line: int
    end_column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column + 1}"

    def contains(self, other: Span) -> bool:
        """Whether `other` lies within this span (equal spans contain each other)."""
        return (
            self.file == other.file
            and (self.line, self.column) <= (other.line, other.column)
            and (other.end_line, other.end_column) <= (self.end_line, self.end_column)
        )


class Text:
    """The text of one file, answering in characters what the compiler says in bytes."""

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.text = text
        self.lines = text.splitlines()
        self._numbers = LineNumbers(text)

    def span(self, line: int, byte: int, end_line: int, end_byte: int) -> Span:
        """The span of a compiler position (lines from 1, columns in UTF-8 bytes from 0)."""
        return Span(
            self.file,
            line,
            self._numbers.from_utf8_col(line, byte),
            end_line,
            self._numbers.from_utf8_col(end_line, end_byte),
        )

    def cut(self, span: Span) -> str:
        """The text under a span of this file."""
        start = self._numbers.line_to_offset(span.line, span.column)
        return self.text[start : self._numbers.line_to_offset(span.end_line, span.end_column)]
