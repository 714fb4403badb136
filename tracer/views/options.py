"""What to do about a picture that is too large, and the options of a view."""

from __future__ import annotations

from typing import Final

from ..options import Level, ViewOptions

__all__ = ["SMALLER", "Level", "ViewOptions"]

# What to do about a picture that is too large.
SMALLER: Final = (
    "fold it by its source (--fold auto), show only what the result depends on (--live-only), "
    "use the text view, or trace less"
)
