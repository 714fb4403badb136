"""Owns the rewriting of one function: a recipe of passes, each a file of its own."""

from .recipe import Rewritten, rewrite, rewritten

__all__ = ["Rewritten", "rewrite", "rewritten"]
