"""The columns of a tape in C, whose own walks read them where they are."""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence, Set

from ..lazy import Lazy, Once
from ..ops import Op
from ..tape import _native
from ..tape.native import Tape
from .atoms import Atoms
from .call_paths import Paths
from .events import CallHead, Events, LoopHead
from .fold import LoopIterations, Walk
from .protocol import Columns, Located
from .summary import Slopes, SlopeSummary, Summary, ValueSummary, slope_summaries

__all__ = ["TapeColumns"]


class TapeColumns(Columns):
    """The walks along a tape in C; `Columns` says what each returns."""

    def __init__(self, tape: Tape, located: Once[Located]) -> None:
        super().__init__(
            codes=tape.codes, args=tape.args, data=tape.data, controls=Lazy(tape.controls), located=located
        )
        self.tape = tape

    def tally(self) -> Mapping[int, int]:
        return _native.tally(self.tape)

    def made_by(self, code: int, start: int = 0) -> Sequence[int]:
        return _native.made_by(self.tape, code, start)

    def reach(self, marks: bytearray, *, control: bool = False) -> None:
        _native.reach(self.tape, marks, control)

    def has_complex(self) -> bool:
        return _native.has_complex(self.tape)

    def leak_kinds(self, events: Events) -> Set[str]:  # noqa: ARG002  # the tape has its own
        return _native.leak_kinds(self.tape)

    def sweep(self, ops: Sequence[Op], output: int | None) -> Slopes:
        return self.tape.sweep(ops, output)

    def fold(self, kinds: array[int], modes: bytearray | None, events: Events) -> Walk:
        self._located()  # the walk reads sites where there were locations
        paths, heads = Paths(), events.heads

        def enter(outer: int, kind: int) -> int:
            head = heads[kind]
            assert isinstance(head, CallHead)
            return paths.enter(outer, head)

        around = tuple(head.around if isinstance(head, LoopHead) else None for head in heads)
        of, rows, edges, of_path, of_loop = _native.fold(self.tape, kinds, modes, around, enter)
        for row, (count, entered, levels) in zip(paths.table, of_path, strict=True):
            row.count, row.entered, row.levels = count, entered, levels
        loops = []
        for path, kind, runs, iterations in of_loop:
            head = heads[kind]
            assert isinstance(head, LoopHead)
            loops.append(LoopIterations(path, head.text, head.span, runs, iterations))
        wide = len(of) == 4 * len(self.data)
        columns = [list(column) for column in zip(*rows, strict=True)] or [[] for _ in range(7)]
        path_of, firsts, lasts, counts, taken, refused, left = columns
        atoms = Atoms(
            memoryview(of).cast("i" if wide else "h"),
            *(path_of, firsts, lasts, counts, taken, refused, list(map(bool, left))),
            {(tail, head, order): count for tail, head, order, count in edges},
        )
        return Walk(atoms, paths, loops)

    def summary(self, atoms: Atoms, live: bytearray, slopes: Slopes | None) -> list[Summary]:
        data, found = self.data, []
        rows = _native.summary(self.tape, atoms.of, len(atoms), live, slopes)
        if any(row[-1] is None for row in rows):  # no slopes, or others than those of a sweep in C
            summaries = slope_summaries(data, atoms, live, slopes)
        else:
            summaries = [SlopeSummary(*row[-1]) for row in rows]
        for (size, first, last, bools, trues, reals, ends, same, picks, alive, _), slope in zip(
            rows, summaries, strict=True
        ):
            low, high, floor, ceiling = (None if i < 0 else data[i] for i in ends)
            course = ValueSummary(
                *(data[first], data[last], size, bools, trues, reals, low, high, floor, ceiling, same),
                tuple(data[i] for i in picks),
            )
            found.append(Summary(course, alive, slope))
        return found
