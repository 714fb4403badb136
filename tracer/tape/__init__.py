"""Owns the tape that numbers are written on and the handles that stand for them."""

from .numbers import is_number
from .reference import Handle, LimitReached, Tape, Value

__all__ = ["Handle", "LimitReached", "Tape", "Value", "is_number"]
