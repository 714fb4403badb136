"""Owns the run of a rewritten function: what its hooks do, and the record that is left."""

from .driver import Outcome, run
from .verify import Certificate, verify

__all__ = ["Certificate", "Outcome", "run", "verify"]
