"""The Python interface: `trace(f, ...)`, the `Trace` it returns, and `last()`."""

from __future__ import annotations

import contextvars
import copy
import os
import tempfile
import webbrowser
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from . import saved, views
from .analyses.dead import DeadWeight, dead
from .analyses.derivation import derive, hessian
from .analyses.gradient import gradient, jacobian
from .analyses.margins import Decisions
from .analyses.nan_origins import NanOrigin, nan_origins
from .analyses.obstacles import Obstacle, obstacles
from .analyses.outputs import Seed, input_id, seed
from .analyses.paths import Paths, paths
from .analyses.sensitivity import Influence, sensitivity
from .errors import TraceError, ViewError
from .graph import Node
from .options import RunOptions, ViewOptions
from .record import Record
from .run import Certificate, run, verify

__all__ = ["Trace", "Tracer", "last", "trace"]


@dataclass(frozen=True, eq=False, repr=False)
class Trace(Record):
    """The record of one run, and what can be computed from it.

    A method that takes an `output` means the first output of the function, unless it is given the
    position of another one, its name (`"result[0]"`; `"result.real"` of a complex one), or any
    node (`t.graph[7]`). It raises TraceError if there is no such output, or it is a complex number.

    A method that takes `options` takes the fields of `tracer.ViewOptions`, as in
    `t.save("f.svg", color="gradient")`.
    """

    _verify: Callable[[], Certificate] | None = field(default=None, kw_only=True)

    @classmethod
    def of(cls, record: Record, verify: Callable[[], Certificate] | None = None) -> Trace:
        """Return the trace of a record; `verify` runs its function again, without tracer and with it."""
        fields = vars(record) | {"branches": Decisions(record, record.branches), "_verify": verify}
        return cls(**fields)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Trace:
        """Read a trace that `save` wrote as JSON: `Trace.load("f.json")`.

        Raises:
            TraceError: there is no such file, or it is not a saved trace.
        """
        try:
            text = Path(path).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise TraceError(f"{os.fspath(path)} cannot be read: {error}") from None
        return cls.of(saved.loads(text))

    def gradient(self, output: int | str | Node | None = None) -> Sequence[float | None]:
        """Return the derivative of an output by every number of the run, a column indexed by node id.

        A derivative is 0.0 for a number that does not move the output, and None where it is unknown.
        """
        return gradient(self, seed(self, output))

    def jacobian(self) -> dict[str, dict[str, float | None]]:
        """Return the derivative of each output by each input: `t.jacobian()["result[0]"]["a"]`."""
        return jacobian(self, self._seeds())

    def hessian(self, output: int | str | Node | None = None) -> dict[str, dict[str, float | None]]:
        """Return the second derivative of an output by each pair of inputs: `t.hessian()["a"]["b"]`."""
        return hessian(self, seed(self, output))

    def gradient_graph(self, output: int | str | Node | None = None) -> Trace:
        """Return the run followed by the computation of its gradient: a trace to draw or to derive again.

        Its outputs are the derivatives by the inputs; the numbers of this run keep their ids.
        """
        start = seed(self, output)
        names = {f"∂{start.name}/∂{name}": i for name, i in self.inputs.items()}
        graph, values = derive(self.graph, start, names)
        calls = tuple(replace(c, stop=len(graph)) if c.parent < 0 else c for c in self.calls)
        derived = replace(self, function=f"∂{self.function}", call=f"∂{self.call}", graph=graph, calls=calls)
        return Trace.of(replace(derived, result=values, text=repr(values)))

    def sensitivity(self, output: int | str | Node | None = None) -> list[Influence]:
        """Return what each input, literal and constant does to an output, the most elastic first."""
        return sensitivity(self, seed(self, output))

    def paths(self, start: str | int | Node, output: int | str | Node | None = None, k: int = 5) -> Paths:
        """Return the `k` paths from an input (or any node) to an output that carry most of the derivative.

        Raises:
            TraceError: there is no such input or output, or no path leads from one to the other.
        """
        return paths(self, seed(self, output), input_id(self, start), k)

    def nan_origins(self, output: int | str | Node | None = None) -> list[NanOrigin]:
        """Return where a nan, inf or vanished number first appeared that spoiled an output or its gradient.

        Of a run without an output, because the function raised, every number counts.
        """
        return nan_origins(self, seed(self, output) if output is not None or self.graph.outputs else None)

    def dead(self) -> DeadWeight:
        """Return the inputs and operations that no output depends on, or that do not move one."""
        return dead(self, self._seeds() if self.graph.outputs else [])

    def obstacles(self, output: int | str | Node | None = None) -> list[Obstacle]:
        """Return the places where a derivative ends: opaque calls, numbers that left the graph, steps."""
        return obstacles(self, [seed(self, output)])

    def _seeds(self) -> list[Seed]:
        """Return a seed for every real output; for a complex one, for both its parts."""
        names: list[str | None] = []
        for name, i in self.graph.outputs.items():
            two = isinstance(self.graph.data[i], complex)
            names += [f"{name}.real", f"{name}.imag"] if two else [name]
        return [seed(self, name) for name in names or [None]]

    def verify(self) -> Certificate:
        """Run the function again, without tracer and with it, on copies of the arguments, and compare.

        Raises:
            TraceError: the trace was loaded from a file, so there is no function to run.
            UnsupportedError: the arguments cannot be copied.
        """
        if self._verify is None:
            hint = "trace the function, then verify that trace"
            raise TraceError("a saved trace holds no function to run again", hint=hint)
        return self._verify()

    def render(self, suffix: str = ".svg", **options: Any) -> str | bytes:
        """Return a view of the trace: a text, or the bytes of a binary format.

        Args:
            suffix: which view, one of `tracer.views.VIEWS`.

        Raises:
            ViewError: the suffix or a choice is unknown, or the trace cannot be drawn so.
            TraceError: there is no such output as the option `of` names.
        """
        return views.render(self, suffix, ViewOptions(**options))

    def save(self, path: str | os.PathLike[str], **options: Any) -> None:
        """Write the view that the file's suffix chooses; the file is either whole or left as it was.

        Raises:
            ViewError, TraceError: as `render`, or the file cannot be written.
        """
        views.save(self, Path(path), ViewOptions(**options))

    def show(self, **options: Any) -> Path:
        """Draw the graph, open the picture in the platform's viewer, and return its path."""
        path = Path(tempfile.mkdtemp(prefix="tracer-")) / "trace.svg"
        self.save(path, **options)
        webbrowser.open(path.as_uri())
        return path

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        """Return what a notebook shows: the picture, or the text alone if it cannot be drawn."""
        bundle = {"text/plain": repr(self)}
        try:
            bundle["image/svg+xml"] = str(self.render())
        except ViewError as error:
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
    """Return the latest trace of this thread or task, also of a run that ended with an exception."""
    return _last.get()


class Tracer:
    """What `trace` is: it traces a function with the options of a run that it holds."""

    def __init__(self, options: RunOptions | None = None) -> None:
        self._options = options or RunOptions()

    def options(self, **changes: Any) -> Tracer:
        """Return a `trace` with other options: `trace.options(limit=10**6)(f, 2.0)`.

        Args:
            changes: fields of `tracer.options.RunOptions`.
        """
        return Tracer(replace(self._options, **changes))

    def __call__(self, function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Trace:
        """Call `function(*args, **kwargs)` and return the trace of how its answer was computed.

        Args:
            function: a Python function, method, lambda or other callable with Python source.
            args: its arguments; the numbers in them, also those in lists, tuples, dicts and
                dataclasses, become the inputs of the graph.
            kwargs: its keyword arguments; every keyword belongs to the function.

        Raises:
            SourceError, UnsupportedError: the function cannot be traced.
            BaseException: what the function itself raises leaves unchanged; `tracer.last()`
                then holds the trace up to there.
        """
        # before the run, which may change them; `verify` refuses what cannot be copied
        try:
            originals = copy.deepcopy((args, kwargs))
        except Exception:  # noqa: BLE001  # an argument may raise anything when it is copied
            originals = (args, kwargs)
        outcome = run(function, args, kwargs, options=self._options)
        made = Trace.of(outcome.record, partial(verify, function, *originals, options=self._options))
        _last.set(made)
        if outcome.error is not None:
            outcome.error.add_note("tracer.last() holds the trace up to here")
            raise outcome.error
        return made


trace = Tracer()
