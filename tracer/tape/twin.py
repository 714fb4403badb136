"""Choose between the readable and the C implementation of a function or a class."""

from __future__ import annotations

import importlib
from typing import Any, Final, TypeVar

from . import KIND

__all__ = ["twin"]

Readable = TypeVar("Readable", bound=Any)
_NATIVE: Final = importlib.import_module("._native", __package__) if KIND == "C" else None


def twin(readable: Readable) -> Readable:
    """Return what the C extension has under the same name if the tape is the one in C, else the argument."""
    return readable if _NATIVE is None else getattr(_NATIVE, readable.__name__)  # type: ignore[no-any-return]  # of the same type
