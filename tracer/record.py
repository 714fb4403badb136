"""The frozen record of one run: its graph, and the calls, loops, decisions and leaks around it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from types import CodeType
from typing import Any, NamedTuple, Protocol

from .graph import Graph
from .source import Span

__all__ = [
    "Branch",
    "Call",
    "CallHead",
    "Failure",
    "Leak",
    "Loop",
    "LoopHead",
    "Marks",
    "Record",
]


class CallHead(NamedTuple):
    """What a call is by itself, whatever was made during it; see `Call`."""

    function: str
    text: str
    span: Span | None
    origin: Span | None


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a rewritten function: the nodes `start <= id < stop` were made during it.

    Attributes:
        function: qualified name.
        text: the source of the call, as written; for the traced function itself its own call.
        span: where the function is defined.
        parent: index of the enclosing call in `Record.calls`, -1 for the outermost.
        depth: how many calls enclose it.
        origin: where it is called, if source text does so.
    """

    function: str
    text: str
    span: Span | None
    parent: int
    depth: int
    start: int
    stop: int
    origin: Span | None = None

    @property
    def head(self) -> CallHead:
        """The call without its place in the run."""
        return CallHead(self.function, self.text, self.span, self.origin)


@dataclass(frozen=True, slots=True)
class Loop:
    """One run of one `for` or `while` statement.

    Attributes:
        text: the loop's head, as written: `for month in range(n)`.
        span: the whole statement.
        call: index of the call it ran in.
        turns: the id of the next node at the start of each iteration.
    """

    text: str
    span: Span
    call: int
    iterations: tuple[int, ...]


class LoopHead(NamedTuple):
    """What a loop is by itself; `around` are the numbers of the loops around it in its code."""

    text: str
    span: Span
    around: tuple[int, ...]


class Marks(Protocol):
    """What the marks on a tape mean, for whoever reads them there: of a long run there are millions."""

    def call(self, code: CodeType, number: int, place: int | None) -> CallHead:
        """The call of a function of a code object, from a place; None for the outermost."""

    def loop(self, code: CodeType, number: int) -> LoopHead | None:
        """A loop of a code object; None if its source is not known."""


@dataclass(frozen=True, slots=True)
class Branch:
    """One decision that a traced number took part in: node `id` was tested and was `taken`."""

    id: int
    taken: bool
    at: int  # how many nodes there were when the decision was made
    span: Span | None


@dataclass(frozen=True, slots=True)
class Leak:
    """A place where a number left the graph and became a plain one.

    Attributes:
        ids: the nodes that left here, in order, each once.
        how: `index`, `int()`, `float()`, `complex()`, `text`, `hash`, `array` or `call`.
        span, text: the place and its source.
        count: how often it happened.
    """

    ids: tuple[int, ...]
    how: str
    span: Span | None
    text: str
    count: int


@dataclass(frozen=True, slots=True)
class Failure:
    """The exception that ended the run, and the expression it came from.

    Attributes:
        type: the exception's class name.
        message: its text.
        span, text: the failing expression in the innermost traced function, if known.
        args: the nodes that met in it, if known.
    """

    type: str
    message: str
    span: Span | None = None
    text: str = ""
    args: tuple[int, ...] = ()


@dataclass(frozen=True, eq=False)
class Record:
    """What one run left behind, frozen.

    Attributes:
        function: qualified name of the traced function.
        call: the call as one would write it: `total_paid(200000.0, 0.06, 30)`.
        result: what the function returned, plain; None if it raised.
        text: `repr(result)`.
        inputs: name -> node id, in argument order (`a`, `xs[0]`, `p.x`).
        graph: every number of the run.
        sources: file label -> source text, for every file a span points into.
        calls, loops, branches, leaks: see their classes.
        error: what ended the run early, if anything did.
        marks: what the marks on the graph's own tape mean; None if the record was read from a file.
    """

    function: str
    call: str
    result: Any
    text: str
    inputs: dict[str, int]
    graph: Graph
    sources: dict[str, str]
    calls: Sequence[Call] = ()
    loops: Sequence[Loop] = ()
    branches: Sequence[Branch] = ()
    leaks: Sequence[Leak] = ()
    error: Failure | None = None
    marks: Marks | None = field(default=None, repr=False)
