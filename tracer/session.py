"""Owns the public face: `trace(f, ...)` and the `Trace` it returns."""

from __future__ import annotations

import contextvars
import copy
import dataclasses
import os
import tempfile
import webbrowser
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from . import saved, views
from .analyses.gradient import gradient
from .errors import TraceError
from .graph import Record
from .run import Certificate, run, verify

__all__ = ["Trace", "Tracing", "last", "trace"]


class Trace(Record):
    """How a function computed its answer: the record of one run, and what can be asked of it."""

    _again: Callable[[], Certificate] | None = None

    @classmethod
    def of(cls, record: Record, again: Callable[[], Certificate] | None = None) -> Trace:
        """The same record with questions; `again` runs the function plain and traced."""
        made = cls(**{f.name: getattr(record, f.name) for f in dataclasses.fields(Record)})
        object.__setattr__(made, "_again", again)
        return made

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Trace:
        """Read a trace that `save` wrote as JSON.

        Raises:
            TraceError: there is no such file, or it is not a saved trace.
        """
        try:
            text = Path(path).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise TraceError(f"{os.fspath(path)} cannot be read: {error}") from None
        return cls.of(saved.loads(text))

    def gradient(self, output: int | str | None = None) -> list[float | None]:
        """The derivative of an output by every number of the run, a column indexed by node id.

        Args:
            output: a node id or the name of an output (`"result[0]"`); without it, the only
                output, or the first of several.

        Returns:
            0.0 for a number that does not move the output, None where the derivative is unknown.

        Raises:
            KeyError, IndexError: there is no such output.
        """
        if isinstance(output, str):
            output = self.graph.outputs[output]
        elif output is not None:
            output = range(len(self.graph))[output]
        return gradient(self.graph, output)

    def verify(self) -> Certificate:
        """Run the function again, plain and traced, on copies of the arguments, and compare.

        Raises:
            TraceError: the trace was loaded from a file: there is no function to run.
            UnsupportedError: the arguments cannot be copied.
        """
        if self._again is None:
            raise TraceError(
                "a saved trace holds no function to run again", hint="trace the function, then verify that trace"
            )
        return self._again()

    def save(self, path: str | os.PathLike[str], **look: Any) -> None:
        """Write a view of the trace; the suffix chooses it: .svg .png .pdf .dot .json .txt.

        Args:
            look: how it looks, the fields of `tracer.Look`: direction, theme, precision, ...

        Raises:
            ViewError: the suffix is unknown, the trace cannot be drawn or the file not written.
        """
        views.save(self, Path(path), views.Look(**look))

    def show(self, **look: Any) -> Path:
        """Draw the graph and open it in the platform's viewer; the path of the picture."""
        folder = Path(tempfile.mkdtemp(prefix="tracer-"))
        path = folder / "trace.svg"
        self.save(path, **look)
        webbrowser.open(path.as_uri())
        return path

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, str]:
        """What a notebook shows: the picture, or the text where it cannot be drawn."""
        bundle = {"text/plain": repr(self)}
        try:
            bundle["image/svg+xml"] = str(views.render(self, ".svg", views.Look()))
        except views.ViewError as error:
            bundle["text/plain"] += f"\n({error.message})"
        return bundle

    def __eq__(self, other: object) -> bool:
        return saved.dump(self) == saved.dump(other) if isinstance(other, Record) else NotImplemented

    __hash__ = None  # type: ignore[assignment]  # equal by contents, and the contents are large

    def __repr__(self) -> str:
        outcome = f"raised {self.error.type}" if self.error else f"= {self.text}"
        return f"<Trace {self.call} {outcome}: {len(self.graph)} numbers>"


_last: contextvars.ContextVar[Trace | None] = contextvars.ContextVar("last", default=None)


def last() -> Trace | None:
    """The latest trace of this thread or task, also of a run that ended with an exception."""
    return _last.get()


@dataclasses.dataclass(frozen=True)
class Tracing:
    """`trace`, with options: every keyword of the call itself belongs to the traced function.

    Attributes:
        limit: how many numbers a run may record before it is stopped with `LimitReached`.
    """

    limit: int | None = None

    def options(self, **changes: Any) -> Tracing:
        """The same with other options: `trace.options(limit=10**6)(f, 2.0)`."""
        return dataclasses.replace(self, **changes)

    def __call__(self, function: Callable[..., Any], /, *args: Any, **keywords: Any) -> Trace:
        """Call `function(*args, **keywords)` and record how its answer was computed.

        Args:
            function: a Python function, method, lambda or other callable with Python source.
            args, keywords: what it is called with; the numbers in them, also those in lists,
                tuples, dicts and dataclasses, become the inputs of the graph.

        Raises:
            SourceError, UnsupportedError: the function cannot be traced.
            BaseException: what the function itself raises leaves unchanged; `tracer.last()`
                then holds the trace up to there.
        """
        # before the run, which may change them; what cannot be copied is said when it is asked for
        try:
            kept = copy.deepcopy((args, keywords))
        except Exception:
            kept = (args, keywords)
        outcome = run(function, args, keywords, limit=self.limit)
        made = Trace.of(outcome.record, partial(verify, function, *kept, limit=self.limit))
        _last.set(made)
        if outcome.error is not None:
            outcome.error.add_note("tracer.last() holds the trace up to here")
            raise outcome.error
        return made


trace = Tracing()
