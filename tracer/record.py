"""The frozen record of one run: its graph, and the calls, loops, decisions and leaks around it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from .columns import Branch, Call, CallHead, Events, Leak, Loop, LoopHead
from .graph import Graph
from .source import Span

__all__ = ["Branch", "Call", "CallHead", "Failure", "Leak", "Loop", "LoopHead", "Record"]


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
class Record(Events):
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
        heads: the call or loop of each kind of mark on the tape of the graph; empty without one.
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
    heads: Sequence[CallHead | LoopHead | None] = field(default=(), repr=False)
