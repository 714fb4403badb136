"""The graph of a run: every number that was made, how, from what and where."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .errors import TraceError
from .ops import LEAVES
from .source import Span

__all__ = ["Graph", "Node", "Site"]


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


class Graph(Sequence[Node]):
    """Every number of a run, in the order they were made; a number's id is its index.

    An id is larger than the ids of everything it was made from, so a walk in index order is a
    topological order. Columns are shared, not copied: treat them as read-only.
    """

    __slots__ = ("_controls", "_locate", "args", "codes", "data", "names", "outputs", "site_ids", "sites")
    site_ids: Sequence[int]
    sites: Sequence[Site]

    def __init__(
        self,
        *,
        names: Sequence[str],
        codes: Sequence[int],
        args: Sequence[tuple[int, ...]],
        data: Sequence[Any],
        outputs: Mapping[str, int],
        site_ids: Sequence[int] | None = None,
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
            site_ids: `site_ids[i]` indexes `sites`.
            sites: the site_ids in the source.
            locate: gives `site_ids` and `sites` when one of them is first asked for, instead of them.
            controls: nodes that decided a branch, an index, a count or a text.
        """
        self.names = tuple(names)
        self.codes = codes
        self.args = args
        self.data = data
        self._locate = locate
        if site_ids is not None:
            self.site_ids, self.sites = site_ids, tuple(sites)
        self.outputs = dict(outputs)
        self._controls = controls

    def __getattr__(self, name: str) -> Any:
        """The columns that are not there yet."""
        if name not in ("site_ids", "sites") or self._locate is None:
            raise AttributeError(f"a Graph has no {name}")
        locate, self._locate = self._locate, None
        self.site_ids, sites = locate()
        self.sites = tuple(sites)
        return getattr(self, name)

    def __getstate__(self) -> object:
        """A copy has the columns, not a promise of them."""
        assert self.site_ids is not None
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
        return Node(i, self.names[self.codes[i]], self.args[i], self.data[i], self.sites[self.site_ids[i]])

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
            tape.reach(marks, control=control)
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
        if not n == len(self.codes) == len(self.args) == len(self.site_ids):
            raise TraceError("the graph's columns differ in length")
        for i in range(n):
            if not 0 <= self.codes[i] < len(self.names):
                raise TraceError(f"node {i} has an unknown operation")
            if not 0 <= self.site_ids[i] < len(self.sites):
                raise TraceError(f"node {i} has an unknown place")
            if any(not 0 <= arg < i for arg in self.args[i]):
                raise TraceError(f"node {i} depends on a node that is not older")
            if bool(self.args[i]) and self.names[self.codes[i]] in LEAVES:
                raise TraceError(f"node {i} is a leaf with operands")
        for path, i in self.outputs.items():
            if not 0 <= i < n:
                raise TraceError(f"output {path} is not a node")
        return self
