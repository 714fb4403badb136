"""The JSON view: the saved form itself."""

from __future__ import annotations

from ...analyses.subject import Subject
from ...options import ViewOptions
from ...saved import dumps

__all__ = ["render"]


def render(subject: Subject, options: ViewOptions) -> str:  # noqa: ARG001  # every view has this signature
    """The record as `tracer.saved` writes it: whole and exact, whatever the options."""
    return dumps(subject.record)
