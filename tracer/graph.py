"""The graph of a run: every number that was made, how, from what and where."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any

from .columns import Columns, Site
from .errors import TraceError
from .ops import LEAVES
from .source import Span

__all__ = ["Graph", "Node", "Site"]


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

    __slots__ = ("args", "codes", "columns", "data", "names", "outputs")

    def __init__(self, *, names: Sequence[str], columns: Columns, outputs: Mapping[str, int]) -> None:
        """Take the columns of a run and the tables beside them.

        Args:
            names: operation names; `columns.codes[i]` indexes it.
            columns: what is known of each node.
            outputs: path in the result -> node id: `{"result": 7}`, `{"result[0]": 3}`.
        """
        self.names = tuple(names)
        self.columns = columns
        self.codes, self.args, self.data = columns.codes, columns.args, columns.data
        self.outputs = dict(outputs)

    @property
    def site_ids(self) -> Sequence[int]:
        """The site of each node: `sites[site_ids[i]]`."""
        return self.columns.site_ids

    @property
    def sites(self) -> Sequence[Site]:
        """The places in the source where numbers were made."""
        return self.columns.sites

    @property
    def controls(self) -> Set[int]:
        """The nodes that decided a branch, an index, a count or a text."""
        return self.columns.controls()

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
        """Return how many nodes each operation made."""
        return {self.names[code]: count for code, count in self.columns.tally().items()}

    def reach(self, marks: bytearray, *, control: bool = False) -> None:
        """Mark everything that the marked nodes were made from; see `Columns.reach`."""
        self.columns.reach(marks, control=control)

    def made_by(self, op: str, start: int = 0) -> Sequence[int]:
        """Return the nodes from `start` on that an operation made, in order."""
        return self.columns.made_by(self.names.index(op), start) if op in self.names else ()

    def ancestors(self, ids: Iterable[int]) -> set[int]:
        """The given nodes and everything they were made from."""
        wanted = bytearray(len(self))
        for i in ids:
            wanted[i] = 1
        self.reach(wanted)
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
        n, names, sites = len(self.data), self.names, len(self.sites)
        if not n == len(self.codes) == len(self.args) == len(self.site_ids):
            raise TraceError("the graph's columns differ in length")
        for i, (code, args, site) in enumerate(zip(self.codes, self.args, self.site_ids, strict=True)):
            if not 0 <= code < len(names):
                raise TraceError(f"node {i} has an unknown operation")
            if not 0 <= site < sites:
                raise TraceError(f"node {i} has an unknown place")
            if any(not 0 <= arg < i for arg in args):
                raise TraceError(f"node {i} depends on a node that is not older")
            if args and names[code] in LEAVES:
                raise TraceError(f"node {i} is a leaf with operands")
        for path, i in self.outputs.items():
            if not 0 <= i < n:
                raise TraceError(f"output {path} is not a node")
        return self
