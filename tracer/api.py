"""Owns the public face: `trace(f, ...)` and the `Trace` it returns."""

from __future__ import annotations

import contextvars
import copy
import dataclasses
import os
import tempfile
import webbrowser
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from . import saved, views
from .analyses.dead import Dead, dead
from .analyses.derivation import derive
from .analyses.gradient import gradient
from .analyses.margins import Decisions
from .analyses.nan_origins import NanOrigin, nan_origins
from .analyses.obstacles import Obstacle, obstacles
from .analyses.outputs import Seed, input_id, seed
from .analyses.paths import Flow, paths
from .analyses.second import hessian, jacobian
from .analyses.sensitivity import Influence, sensitivity
from .errors import TraceError
from .graph import Node
from .record import Record
from .run import Certificate, run, verify

__all__ = ["Trace", "Tracing", "last", "trace"]


class Trace(Record):
    """How a function computed its answer: the record of one run, and what can be asked of it."""

    _again: Callable[[], Certificate] | None = None

    @classmethod
    def of(cls, record: Record, again: Callable[[], Certificate] | None = None) -> Trace:
        """The same record with questions; `again` runs the function plain and traced."""
        made = cls(**{f.name: getattr(record, f.name) for f in dataclasses.fields(Record)})
        object.__setattr__(made, "branches", Decisions(record, record.branches))
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

    def gradient(self, output: int | str | Node | None = None) -> Sequence[float | None]:
        """The derivative of an output by every number of the run, a column indexed by node id.

        Args:
            output: the position of an output, its name (`"result[0]"`; `"result.real"` of a
                complex one), or any node (`t.graph[7]`); without it the first output.

        Returns:
            0.0 for a number that does not move the output, None where the derivative is unknown.

        Raises:
            TraceError: there is no such output, or it is a complex number.
        """
        return gradient(self, seed(self, output))

    def jacobian(self) -> dict[str, dict[str, float | None]]:
        """The derivative of each output by each input: `t.jacobian()["result[0]"]["a"]`."""
        return jacobian(self, self._seeds())

    def hessian(self, output: int | str | Node | None = None) -> dict[str, dict[str, float | None]]:
        """The second derivative of an output by each pair of inputs: `t.hessian()["a"]["b"]`."""
        return hessian(self, seed(self, output))

    def gradient_graph(self, output: int | str | Node | None = None) -> Trace:
        """The run followed by the computation of its gradient: a trace to draw or to derive again.

        Its outputs are the derivatives by the inputs; the numbers of this run keep their ids.
        """
        start = seed(self, output)
        names = {f"∂{start.name}/∂{name}": i for name, i in self.inputs.items()}
        graph, values = derive(self.graph, start, names)
        record = dataclasses.replace(
            Record(**{f.name: getattr(self, f.name) for f in dataclasses.fields(Record)}),
            function=f"∂{self.function}",
            call=f"∂{self.call}",
            result=values,
            text=repr(values),
            graph=graph,
            calls=tuple(dataclasses.replace(c, stop=len(graph)) if c.parent < 0 else c for c in self.calls),
            branches=tuple(self.branches),
        )
        return Trace.of(record)

    def sensitivity(self, output: int | str | Node | None = None) -> list[Influence]:
        """Which number matters: inputs, literals and constants, the most elastic first."""
        return sensitivity(self, seed(self, output))

    def paths(self, start: str | int | Node, output: int | str | Node | None = None, k: int = 5) -> Flow:
        """The `k` ways from an input (or any node) to an output that carry most of the derivative.

        Raises:
            TraceError: there is no such input or output, or no way leads from one to the other.
        """
        return paths(self, input_id(self, start), seed(self, output), k)

    def nan_origins(self, output: int | str | Node | None = None) -> list[NanOrigin]:
        """Where nan, inf or a vanished number was born that spoiled an output or its gradient."""
        return nan_origins(self, seed(self, output) if output is not None or self.graph.outputs else None)

    def dead(self) -> Dead:
        """Inputs and operations without influence on the result."""
        return dead(self, self._seeds() if self.graph.outputs else [])

    def obstacles(self, output: int | str | Node | None = None) -> list[Obstacle]:
        """Where the derivative ends: unknown calls, numbers that left the graph, steps."""
        return obstacles(self, seed(self, output))

    def _seeds(self) -> list[Seed]:
        """Every real output; of a complex one both parts."""
        graph = self.graph
        if not graph.outputs:
            return [seed(self)]
        parts = {name: isinstance(graph.data[i], complex) for name, i in graph.outputs.items()}
        names = [
            n for name, two in parts.items() for n in ((f"{name}.real", f"{name}.imag") if two else (name,))
        ]
        return [seed(self, name) for name in names]

    def verify(self) -> Certificate:
        """Run the function again, plain and traced, on copies of the arguments, and compare.

        Raises:
            TraceError: the trace was loaded from a file: there is no function to run.
            UnsupportedError: the arguments cannot be copied.
        """
        if self._again is None:
            raise TraceError(
                "a saved trace holds no function to run again",
                hint="trace the function, then verify that trace",
            )
        return self._again()

    def render(self, suffix: str = ".svg", **look: Any) -> str | bytes:
        """A view of the trace: text, or bytes of a picture that is no text.

        Args:
            suffix: which view, as for `save`.
            look: how it looks, the fields of `tracer.Look`: `color="gradient"`, theme, precision, ...

        Raises:
            ViewError: the suffix is unknown, or the trace cannot be drawn so.
            TraceError: there is no such output as `of` names.
        """
        return views.render(self, suffix, views.ViewOptions(**look))

    def save(self, path: str | os.PathLike[str], **look: Any) -> None:
        """Write a view of the trace; the suffix chooses it: .svg .png .pdf .dot .mmd .json .txt.

        Args:
            look: how it looks, the fields of `tracer.Look`: `color="gradient"`, theme, precision, ...

        Raises:
            ViewError: the suffix is unknown, the trace cannot be drawn or the file not written.
            TraceError: there is no such output as `of` names.
        """
        views.save(self, Path(path), views.ViewOptions(**look))

    def show(self, **look: Any) -> Path:
        """Draw the graph and open it in the platform's viewer; the path of the picture."""
        folder = Path(tempfile.mkdtemp(prefix="tracer-"))
        path = folder / "trace.svg"
        self.save(path, **look)
        webbrowser.open(path.as_uri())
        return path

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        """What a notebook shows: the picture, or the text where it cannot be drawn."""
        bundle = {"text/plain": repr(self)}
        try:
            bundle["image/svg+xml"] = str(views.render(self, ".svg", views.ViewOptions()))
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
        except Exception:  # noqa: BLE001  # what an argument does when it is copied is its own affair
            kept = (args, keywords)
        outcome = run(function, args, keywords, limit=self.limit)
        made = Trace.of(outcome.record, partial(verify, function, *kept, limit=self.limit))
        _last.set(made)
        if outcome.error is not None:
            outcome.error.add_note("tracer.last() holds the trace up to here")
            raise outcome.error
        return made


trace = Tracing()
