"""The source of the user's program: its text, its syntax tree, and what stands around a place in it."""

from .file import FunctionNode, Source, parameter_nodes
from .text import Span, Text

__all__ = ["FunctionNode", "Source", "Span", "Text", "parameter_nodes"]
