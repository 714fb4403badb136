"""Owns the JSON view: the saved form itself."""

from __future__ import annotations

from ...record import Record
from ...saved import dumps
from ..options import ViewOptions

__all__ = ["render"]


def render(record: Record, look: ViewOptions | None = None) -> str:  # noqa: ARG001  # every view has this signature
    """The record as `tracer.saved` writes it: whole and exact, whatever the look."""
    return dumps(record)
