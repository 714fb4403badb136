"""The run of a rewritten function: what its hooks do, its record, and its comparison with a plain run."""

from .driver import Outcome, run
from .verify import Certificate, verify

__all__ = ["Certificate", "Outcome", "run", "verify"]
