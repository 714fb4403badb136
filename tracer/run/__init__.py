"""Owns the run of a rewritten function: what its hooks do, and the record that is left."""

from .driver import Outcome, run

__all__ = ["Outcome", "run"]
