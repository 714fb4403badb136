"""The tape that numbers are written on and the handles that stand for them.

There are two tapes that do the same: one in readable Python (`value`), and one in C, which is taken
if it was built, unless the environment says `TRACER_TAPE=reference`.
"""

import os
from typing import TYPE_CHECKING, Any, TypeVar

from .handle import Handle, is_number, unwrap
from .marks import is_own_code
from .notes import CONSTANT, INPUT, LITERAL, LimitReached
from .value import Tape, Value

__all__ = ["CONSTANT", "INPUT", "KIND", "LITERAL", "Handle", "LimitReached", "Tape", "Value", "is_number"]
__all__ += ["is_own_code", "twin", "unwrap"]

Readable = TypeVar("Readable", bound=Any)

KIND = "reference"
_in_c: Any = None  # the module that has the C
if not TYPE_CHECKING and os.environ.get("TRACER_TAPE") != "reference":
    try:
        from . import _native as _in_c
        from .native import Tape, Value, unwrap
    except ImportError:
        pass  # no compiler, or an interpreter that the C code does not serve
    else:
        KIND = "C"


def twin(readable: Readable) -> Readable:
    """Return the function or class of the same name in C if the tape is the one in C, else the argument."""
    return getattr(_in_c, readable.__name__) if KIND == "C" else readable  # type: ignore[no-any-return]
