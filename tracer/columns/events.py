"""What a run leaves besides its numbers: sites, calls, loops, decisions and leaks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from ..source import Span

__all__ = ["Branch", "Call", "CallHead", "Events", "Leak", "Loop", "LoopHead", "Site"]


@dataclass(frozen=True, slots=True)
class Site:
    """One place in the source where numbers are made."""

    span: Span | None  # where; None for a number that no source text made
    text: str  # the expression, as written (`x += 1` reads `x + 1`; an input reads its name)
    name: str | None  # the variable, attribute or item the expression is assigned to, if any
    function: str  # the qualified name of the function that holds the place


class CallHead(NamedTuple):
    """What a call is by itself, whatever was made during it; see `Call`."""

    function: str
    text: str
    span: Span | None
    origin: Span | None


class LoopHead(NamedTuple):
    """What a loop is by itself; see `Loop`."""

    text: str
    span: Span
    around: tuple[int, ...]  # the kinds of marks of the loops around it in its code


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
        """The call without its position in the run."""
        return CallHead(self.function, self.text, self.span, self.origin)


@dataclass(frozen=True, slots=True)
class Loop:
    """One run of one `for` or `while` statement.

    Attributes:
        text: the loop's head, as written: `for month in range(n)`.
        span: the whole statement.
        call: index of the call it ran in.
        iterations: the id of the next node at the start of each iteration.
    """

    text: str
    span: Span
    call: int
    iterations: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Branch:
    """One decision that a traced number took part in: node `id` was tested and was `taken`."""

    id: int
    taken: bool
    at: int  # how many nodes there were when the decision was made
    span: Span | None


@dataclass(frozen=True, slots=True)
class Leak:
    """A place where a number left the graph: from here on the program holds an ordinary number.

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


class Events:
    """The part of a `Record` that is not in its columns."""

    calls: Sequence[Call]
    loops: Sequence[Loop]
    branches: Sequence[Branch]
    leaks: Sequence[Leak]
    heads: Sequence[CallHead | LoopHead | None]
