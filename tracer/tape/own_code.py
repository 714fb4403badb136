"""Which code is tracer's own; locations are looked for in all other code."""

from __future__ import annotations

import os
from types import CodeType
from typing import Final

__all__ = ["is_own_code"]

_PACKAGE: Final = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep
_known: dict[str, bool] = {}  # whether a file is tracer's own


def is_own_code(code: CodeType) -> bool:
    """Return whether the code is tracer's own."""
    known = _known.get(code.co_filename)
    if known is None:
        known = _known[code.co_filename] = code.co_filename.startswith(_PACKAGE)
    return known
