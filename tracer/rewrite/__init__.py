"""Owns the rewriting of one function: a recipe of passes, each a file of its own."""

from .loops import LoopNode
from .pipeline import Rewritten, rewrite, rewritten

__all__ = ["LoopNode", "Rewritten", "rewrite", "rewritten"]
