"""The source of the user's program: its text, its syntax tree, and what stands around a place in it."""

from .file import FunctionNode, SourceFile
from .text import Span, Text

__all__ = ["FunctionNode", "SourceFile", "Span", "Text"]
