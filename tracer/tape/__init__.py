"""Owns the tape that numbers are written on and the handles that stand for them.

There are two tapes that do the same: the reference, in readable Python, and one in C, which is
taken if it was built, unless the environment says `TRACER_TAPE=reference`.
"""

import os

from . import reference
from .numbers import is_number
from .reference import Handle, LimitReached

__all__ = ["KIND", "Handle", "LimitReached", "Tape", "Value", "is_number"]

KIND = "reference"
Tape, Value = reference.Tape, reference.Value
if os.environ.get("TRACER_TAPE") != "reference":
    try:
        from . import native
    except ImportError:
        pass  # no compiler, or an interpreter that the C code does not serve
    else:
        KIND, Tape, Value = "C", native.Tape, native.Value
