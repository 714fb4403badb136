"""The errors of tracer, as a user catches them."""

from typing import assert_type

from tracer import SourceError, TraceError, TracerError, UnsupportedError, ViewError, trace
from tracer.source import Span

try:
    trace(len, [1.0])
except (SourceError, UnsupportedError, TraceError, ViewError) as error:
    known: TracerError = error
    assert_type(error.message, str)
    assert_type(error.span, Span | None)
    assert_type(error.hint, str | None)
    assert_type(error.exit_code, int)
