"""Owns the tape that numbers are written on and the handles that stand for them.

There are two tapes that do the same: the reference, in readable Python, and one in C, which is
taken if it was built, unless the environment says `TRACER_TAPE=reference`.
"""

import os
from typing import TYPE_CHECKING

from .numbers import is_number
from .reference import Handle, LimitReached, Tape, Value

__all__ = ["KIND", "Handle", "LimitReached", "Tape", "Value", "is_number"]

KIND = "reference"
if not TYPE_CHECKING and os.environ.get("TRACER_TAPE") != "reference":
    try:
        from .native import Tape, Value
    except ImportError:
        pass  # no compiler, or an interpreter that the C code does not serve
    else:
        KIND = "C"
