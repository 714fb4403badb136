"""Compute once, for several views, what depends on a record and one chosen output of it."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from threading import RLock
from typing import Any, TypeVar

from ..options import ViewOptions
from ..record import Record
from .gradient import gradient
from .nan_origins import NanOrigin, harmful_origins
from .outputs import Seed, seed, value
from .reach import ancestors, ends

__all__ = ["Subject"]

T = TypeVar("T")


class Subject:
    """A record and one chosen output, whose derivatives the views show.

    Each property is computed when it is first read, by one thread, and kept.

    Attributes:
        record: the run.
        output: the name of the output, `result[2]`; None for the first.
        derived: whether to compute derivatives; if False, `seed` and `slopes` are None.
    """

    def __init__(self, record: Record, output: str | None = None, *, derived: bool = True) -> None:
        self.record, self.output, self.derived = record, output, derived
        self._lock = RLock()  # making one thing may read another
        self._found: dict[Hashable, Any] = {}

    @classmethod
    def of(cls, record: Record, options: ViewOptions) -> Subject:
        """Return the record seen from the chosen output, with derivatives if any are shown."""
        return cls(record, options.of, derived=options.grad or options.color in ("gradient", "elasticity"))

    def once(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return what `make` gave when this key was first used; nothing is kept if it raises."""
        with self._lock:
            if key not in self._found:
                self._found[key] = make()
            found: T = self._found[key]
            return found

    @property
    def seed(self) -> Seed | None:
        """The output, of a complex one its real part; None if there is no number to derive.

        Raises:
            TraceError: the output does not exist, or is a complex number.
        """
        return self.once("seed", self._seed)

    @property
    def name(self) -> str:
        """The path of the output in the result; empty without a seed."""
        return self.seed.name if self.seed is not None else ""

    @property
    def value(self) -> Any:
        """The output itself, of a complex one the part; None without a seed."""
        start = self.seed
        return value(self.record, start) if start is not None else None

    @property
    def slopes(self) -> Sequence[float | None] | None:
        """The derivative of the output by every number, a column by node id; None without a seed."""
        return self.once("slopes", lambda: gradient(self.record, self.seed) if self.seed else None)

    @property
    def live(self) -> bytearray:
        """A byte for each number: 1 if any output depends on it."""
        graph = self.record.graph
        return self.once("live", lambda: ancestors(graph, graph.outputs.values()))

    @property
    def relevant(self) -> bytearray:
        """A byte for each number: 1 if an output, a decision or the exception depends on it.

        All are 1 in a run that has neither an output nor a failed operand.
        """
        return self.once("relevant", self._relevant)

    @property
    def nan_origins(self) -> dict[int, NanOrigin]:
        """By node id: where a nan or inf began that spoiled a result or a derivative by an input."""
        return self.once("nan_origins", self._nan_origins)

    def _seed(self) -> Seed | None:
        record, output = self.record, self.output
        outputs = record.graph.outputs
        if not self.derived or (not outputs and (output is None or record.error is not None)):
            return None
        if output is None:
            output, first = next(iter(outputs.items()))
            output += ".real" * isinstance(record.graph.data[first], complex)
        return seed(record, output)

    def _relevant(self) -> bytearray:
        graph, marked = self.record.graph, ends(self.record)
        return ancestors(graph, marked, control=True) if marked else bytearray(b"\1") * len(graph)

    def _nan_origins(self) -> dict[int, NanOrigin]:
        return {origin.id: origin for origin in harmful_origins(self.record, self.seed, self.slopes)}
