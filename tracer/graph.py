"""Owns the frozen record of a run: `Record` and its `Graph` of `Node`s."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import CodeType
from typing import Any, NamedTuple, Protocol

from .errors import TraceError
from .ops import LEAVES
from .spans import Span

__all__ = [
    "Branch",
    "Call",
    "Failure",
    "Graph",
    "Head",
    "Leak",
    "Loop",
    "LoopHead",
    "Marks",
    "Node",
    "Record",
    "Site",
]


@dataclass(frozen=True, slots=True)
class Site:
    """One place in the source where numbers are made.

    Attributes:
        span: where; None for a number that no source text made.
        text: the expression, as written (`x += 1` reads `x + 1`; an input reads its name).
        name: the variable, attribute or item the expression is assigned to, if any.
        function: the qualified name of the function that holds the place.
    """

    span: Span | None
    text: str
    name: str | None
    function: str


@dataclass(frozen=True, slots=True)
class Node:
    """One number of the run: how it was made, from what, where."""

    id: int
    op: str
    args: tuple[int, ...]
    data: Any
    site: Site

    @property
    def kind(self) -> str:
        """`input`, `literal`, `constant`, `operation` or `opaque`."""
        return self.op if self.op in LEAVES or self.op == "opaque" else "operation"

    @property
    def span(self) -> Span | None:
        """Where the number was made."""
        return self.site.span

    @property
    def text(self) -> str:
        """The source expression that made it."""
        return self.site.text

    @property
    def name(self) -> str | None:
        """The variable it was given to, if any."""
        return self.site.name

    @property
    def label(self) -> str:
        """What a reader calls it: its name, else its expression."""
        return self.site.name or self.site.text


class Head(NamedTuple):
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
    def head(self) -> Head:
        """The call without its place in the run."""
        return Head(self.function, self.text, self.span, self.origin)


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
    turns: tuple[int, ...]


class LoopHead(NamedTuple):
    """What a loop is by itself; `around` are the numbers of the loops around it in its code."""

    text: str
    span: Span
    around: tuple[int, ...]


class Marks(Protocol):
    """What the marks on a tape mean, for whoever reads them there: of a long run there are millions."""

    def call(self, code: CodeType, number: int, place: int | None) -> Head:
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


class Graph(Sequence[Node]):
    """Every number of a run, in the order they were made; a number's id is its index.

    An id is larger than the ids of everything it was made from, so a walk in index order is a
    topological order. Columns are shared, not copied: treat them as read-only.
    """

    __slots__ = ("_controls", "_locate", "args", "codes", "data", "names", "outputs", "places", "sites")
    places: Sequence[int]
    sites: Sequence[Site]

    def __init__(
        self,
        *,
        names: Sequence[str],
        codes: Sequence[int],
        args: Sequence[tuple[int, ...]],
        data: Sequence[Any],
        outputs: Mapping[str, int],
        places: Sequence[int] | None = None,
        sites: Sequence[Site] = (),
        locate: Callable[[], tuple[Sequence[int], Sequence[Site]]] | None = None,
        controls: Iterable[int] = (),
    ) -> None:
        """Columns by node id, and the tables they point into.

        Args:
            names: operation names; `codes[i]` indexes it.
            codes: the operation of each node.
            args: the operand ids of each node, in order.
            data: the plain number of each node.
            outputs: path in the result -> node id: `{"result": 7}`, `{"result[0]": 3}`.
            places: `places[i]` indexes `sites`.
            sites: the places in the source.
            locate: gives `places` and `sites` when one of them is first asked for, instead of them.
            controls: nodes that decided a branch, an index, a count or a text.
        """
        self.names = tuple(names)
        self.codes = codes
        self.args = args
        self.data = data
        self._locate = locate
        if places is not None:
            self.places, self.sites = places, tuple(sites)
        self.outputs = dict(outputs)
        self._controls = controls

    def __getattr__(self, name: str) -> Any:
        """The columns that are not there yet."""
        if name not in ("places", "sites") or self._locate is None:
            raise AttributeError(f"a Graph has no {name}")
        locate, self._locate = self._locate, None
        self.places, sites = locate()
        self.sites = tuple(sites)
        return getattr(self, name)

    def __getstate__(self) -> object:
        """A copy has the columns, not a promise of them."""
        assert self.places is not None
        return super().__getstate__()

    @property
    def controls(self) -> frozenset[int]:
        """The nodes that decided a branch, an index, a count or a text."""
        if not isinstance(self._controls, frozenset):
            self._controls = frozenset(self._controls)
        return self._controls

    def __len__(self) -> int:
        return len(self.data)

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        i = range(len(self))[index]
        return Node(i, self.names[self.codes[i]], self.args[i], self.data[i], self.sites[self.places[i]])

    def __iter__(self) -> Iterator[Node]:
        return (self[i] for i in range(len(self)))

    def __repr__(self) -> str:
        return f"<Graph of {len(self)} numbers, {len(self.outputs)} outputs>"

    def tally(self) -> dict[str, int]:
        """How many nodes each operation made."""
        tape = self.tape
        counts = Counter(self.codes) if tape is None else tape.tally()
        return {self.names[code]: count for code, count in counts.items()}

    @property
    def tape(self) -> Any:
        """The tape in C that the columns belong to; None if they are of another kind."""
        return getattr(self.data, "tape", None)

    def mark(self, marks: bytearray, *, control: bool = False) -> None:
        """Mark everything that the marked nodes were made from.

        Args:
            marks: a byte for each node, 1 or 0; it is changed.
            control: mark also the nodes that steered the run, and what they were made from.
        """
        tape = self.tape
        if tape is not None:  # in C, for a run may have made millions
            if control:
                tape.steer(marks)
            tape.spread(marks)
            return
        for i in self.controls if control else ():
            marks[i] = 1
        for i, args in zip(range(len(self) - 1, -1, -1), reversed(self.args), strict=True):
            if marks[i]:
                for arg in args:
                    marks[arg] = 1

    def made_by(self, op: str, start: int = 0) -> Sequence[int]:
        """The nodes from `start` on that an operation made, in order."""
        if op not in self.names:
            return ()
        code = self.names.index(op)
        if self.tape is not None:
            return self.tape.made_by(code, start)  # type: ignore[no-any-return]
        return [i for i in range(start, len(self)) if self.codes[i] == code]

    def ancestors(self, ids: Iterable[int]) -> set[int]:
        """The given nodes and everything they were made from."""
        wanted = bytearray(len(self))
        for i in ids:
            wanted[i] = 1
        self.mark(wanted)
        return {i for i, w in enumerate(wanted) if w}

    def live(self, *, control: bool = False) -> set[int]:
        """The nodes the result depends on, itself included.

        Args:
            control: count also the numbers that steered the run (a branch, an index, a count,
                a number that became text or left the graph) and what they were made from.
                Every such number of the run counts: which of them mattered is not decided.
        """
        return self.ancestors([*self.outputs.values(), *(self.controls if control else ())])

    def check(self) -> Graph:
        """Verify the record's laws and return it.

        Raises:
            TraceError: columns of different length, an operand not older than its node, a
                leaf with operands, or an index outside its table.
        """
        n = len(self.data)
        if not n == len(self.codes) == len(self.args) == len(self.places):
            raise TraceError("the graph's columns differ in length")
        for i in range(n):
            if not 0 <= self.codes[i] < len(self.names):
                raise TraceError(f"node {i} has an unknown operation")
            if not 0 <= self.places[i] < len(self.sites):
                raise TraceError(f"node {i} has an unknown place")
            if any(not 0 <= arg < i for arg in self.args[i]):
                raise TraceError(f"node {i} depends on a node that is not older")
            if bool(self.args[i]) and self.names[self.codes[i]] in LEAVES:
                raise TraceError(f"node {i} is a leaf with operands")
        for path, i in self.outputs.items():
            if not 0 <= i < n:
                raise TraceError(f"output {path} is not a node")
        return self


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
