"""The source of the user's program: its text, its syntax tree, and what stands around a place in it."""

from .text import Span

__all__ = ["Span"]
