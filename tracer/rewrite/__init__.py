"""Rewrite functions so that a run sees their literals, calls and loops."""

from .passes import LoopNode
from .pipeline import Rewritten, rewrite, rewritten_source

__all__ = ["LoopNode", "Rewritten", "rewrite", "rewritten_source"]
