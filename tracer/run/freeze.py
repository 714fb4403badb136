"""Freeze a tape into a graph: locations become sites, marks become calls and loops."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from itertools import islice
from operator import lt
from threading import RLock
from types import CodeType
from typing import Any

from ..columns import Branch, Call, CallHead, Leak, Located, Loop, LoopHead, Site, frozen
from ..graph import Graph
from ..lazy import Lazy, Once
from ..ops import ROWS
from ..rewrite import LoopNode, Rewritten
from ..source.code import comparison, expression_at, file_of, operand
from ..source.file import SourceFile, parsed
from ..source.place import assigned_name
from ..source.text import Span
from ..tape import Tape, is_own_code

__all__ = ["Freezer"]

NOWHERE = Site(None, "", None, "")
Head = CallHead | LoopHead | None


class Freezer:
    """Resolves what a tape noted while it ran.

    Each part of the record is made once, when it is first needed, and whole: one lock serves all parts.

    Args:
        rewritten: by the `id` of a code object, how its function was rewritten.
        own_call: the text of the call of the traced function itself.
    """

    def __init__(self, tape: Tape, rewritten: dict[int, Rewritten], own_call: str) -> None:
        self.tape = tape
        self.rewritten = rewritten
        self.sources: dict[str, str] = {}  # file label -> text of every file that a span points into
        self._own_call = own_call
        self._lock = RLock()
        self._files: dict[int, SourceFile | None] = {}  # by the code object's identity
        self._sites: dict[tuple[Any, ...], tuple[int, Site]] = {}
        self._sites_at: dict[int, Site] = {}
        self._heads = Once(self._make_heads, self._lock)
        self._calls_and_loops = Once(
            lambda: calls_and_loops(tape.marks, self._heads(), len(tape)), self._lock
        )

    def graph(self, outputs: dict[str, int]) -> Graph:
        """Return the tape as a graph with sites."""
        columns = frozen(self.tape, Once(self._locate, self._lock))
        return Graph(names=[op.name for op in ROWS], columns=columns, outputs=outputs)

    def events(self) -> dict[str, Any]:
        """Return the calls, loops, branches, leaks and heads of a record by their names."""
        return {
            "heads": Lazy(self._heads, self._lock),
            "calls": Lazy(lambda: self._calls_and_loops()[0], self._lock),
            "loops": Lazy(lambda: self._calls_and_loops()[1], self._lock),
            "branches": Lazy(self._make_branches, self._lock),
            "leaks": Lazy(self._make_leaks, self._lock),
        }

    def read_sources(self) -> None:
        """Read the sources while the files are as they were during the run; their sites may wait."""
        for made in self.rewritten.values():  # first: both tapes know these in the same order
            self._file(made.code)
        for code in self.tape.code_objects():
            if not is_own_code(code):
                self._file(code)

    def site_at(self, location: int) -> Site:
        """Return the site of whatever was written at a location."""
        site = self._sites_at.get(location)
        if site is None:
            site = self._sites_at[location] = self._resolve(location, None)
        return site

    def _file(self, code: CodeType) -> SourceFile | None:
        """Return the file of a code object, under a label of its own if two texts of it were run."""
        if id(code) not in self._files:
            made = self.rewritten.get(id(code))
            file = made.source if made is not None else file_of(code)
            if file is not None:
                name, text = file.text.file, file.text.text
                while self.sources.setdefault(name, text) != text:
                    name += " (older)"
                file = parsed(name, text)
            self._files[id(code)] = file
        return self._files[id(code)]

    def _expression(self, code: CodeType, offset: int) -> tuple[SourceFile | None, ast.AST | None]:
        """Return the file of a code object, and the expression that an instruction of it computes."""
        file = self._files.get(id(code))
        return file, expression_at(file, code, offset) if file is not None else None

    def _locate(self) -> Located:
        """Return the site of each entry, and the sites."""
        site_ids = self.tape.sites(self._number)
        return site_ids, tuple(site for _, site in self._sites.values()) or (NOWHERE,)

    def _number(self, location: int, code: int, position: int, entry: int | None) -> int:
        """Return the number of the site of an operation at a location; see `Tape.sites`."""
        if position < 0:
            return self._site_number((location, code))
        if entry is not None:
            return self._site_number((location, code, position, repr(self.tape.data[entry])))
        known = self.tape.instruction_at(location)
        if not isinstance(known, Site):
            _, node = self._expression(*known)
            if node is None or operand(node, ROWS[code].syntax, position) is None:
                return -1  # the source does not show the operand itself
        return self._site_number((location, code, position))

    def _site_number(self, key: tuple[Any, ...]) -> int:
        if key not in self._sites:
            site = self._resolve(*key)
            self._sites[key] = len(self._sites), site
        return self._sites[key][0]

    def _make_branches(self) -> list[Branch]:
        """Return every decision that a traced number took part in."""
        return [
            Branch(node, taken, at, self.site_at(location).span)
            for node, taken, at, location in self.tape.branches
        ]

    def _make_leaks(self) -> list[Leak]:
        """Return every place where a number left the graph."""
        found = []
        for (location, how), ids in self.tape.leaks.items():
            site = self.site_at(location)
            once = ids if all(map(lt, ids, islice(ids, 1, None))) else dict.fromkeys(ids)
            found.append(Leak(tuple(once), how, site.span, site.text, len(ids)))
        return found

    def _make_heads(self) -> tuple[Head, ...]:
        """Return what each kind of mark stands for: a call that begins, a loop; None where a call ends."""
        kinds = self.tape.mark_kinds
        loops = {(id(code), n): i for i, (what, code, n, _) in enumerate(kinds) if what == "iteration"}
        heads: list[Head] = []
        for what, code, number, location in kinds:
            if code is None:
                heads.append(None)
            elif what == "enter":
                heads.append(self._call_head(code, number, location))
            else:
                heads.append(self._loop_head(code, number, loops))
        return tuple(heads)

    def _call_head(self, code: CodeType, number: int, location: int) -> CallHead:
        """Return the call of a function of a code object; the outermost has no location."""
        made, file = self.rewritten.get(id(code)), self._file(code)
        span = file.span(made.draft.functions[number]) if made is not None and file is not None else None
        if location < 0:
            return CallHead(code.co_qualname, self._own_call, span, None)
        caller = self.site_at(location)
        text, origin = (caller.text, caller.span) if caller.text else (code.co_qualname, None)
        return CallHead(code.co_qualname, text, span, origin)

    def _loop_head(self, code: CodeType, number: int, kinds: dict[tuple[int, int], int]) -> LoopHead:
        """Return a loop of a code object."""
        made, file = self.rewritten.get(id(code)), self._file(code)
        assert made is not None  # only rewritten code marks its iterations
        assert file is not None
        node, around = made.draft.loops[number]
        outer = tuple(kinds[id(code), loop] for loop in around if (id(code), loop) in kinds)
        return LoopHead(_head_text(node, file), file.span(node), outer)

    def _resolve(self, location: int, code: int | None, position: int | None = None, shown: str = "") -> Site:
        known = self.tape.instruction_at(location)
        if isinstance(known, Site):
            return known
        assert isinstance(known, tuple)
        where, offset = known
        function = where.co_qualname
        source, node = self._expression(where, offset)
        if source is None or node is None:
            return Site(None, shown, None, function)
        syntax = None if code is None else ROWS[code].syntax
        if position is not None:
            shown_at = operand(node, syntax, position)
            if shown_at is None:
                return Site(source.span(node), shown, None, function)
            return Site(source.span(shown_at), source.words(shown_at), None, function)
        span, text = source.span(node), source.words(node)
        if isinstance(node, ast.Compare) and len(node.ops) > 1:
            pair = comparison(node, syntax)
            if pair is not None:
                left, right = map(source.span, pair)
                span = Span(span.file, left.line, left.column, right.end_line, right.end_column)
                text = source.text.words(span)
        return Site(span, text, assigned_name(source, node), function)


def calls_and_loops(
    marks: Sequence[tuple[int, int]], heads: Sequence[Head], length: int
) -> tuple[tuple[Call, ...], tuple[Loop, ...]]:
    """Return the calls in the order they began, and the runs of loops in each.

    Args:
        marks: (length of the tape, kind of mark), in order.
        heads: for each kind the call or loop that begins; None where a call ends.
        length: the length of the whole tape.
    """
    begun: list[tuple[CallHead, int, int, int]] = []  # head, parent, depth, start
    stops: list[int] = []
    loops: list[tuple[LoopHead, int, list[int]]] = []
    running: dict[tuple[int, int], list[int]] = {}  # (call, kind of loop) -> iterations of its last run
    inside: dict[tuple[int, int], list[tuple[int, int]]] = {}  # (call, kind) -> loops that run in it
    stack: list[int] = []
    for at, kind in marks:
        head, call = heads[kind], stack[-1] if stack else -1
        if isinstance(head, CallHead):
            begun.append((head, call, len(stack), at))
            stops.append(length)
            stack.append(len(begun) - 1)
        elif head is None:
            if stack:
                stops[stack.pop()] = at
        else:
            key = call, kind
            if key not in running:
                running[key] = []
                loops.append((head, call, running[key]))
                for outer in head.around:
                    inside.setdefault((call, outer), []).append(key)
            for inner in inside.pop(key, ()):  # an iteration ends the runs of the loops in it
                running.pop(inner, None)
            running[key].append(at)
    calls = tuple(
        Call(head.function, head.text, head.span, parent, depth, start, stop, head.origin)
        for (head, parent, depth, start), stop in zip(begun, stops, strict=True)
    )
    return calls, tuple(Loop(head.text, head.span, call, tuple(at)) for head, call, at in loops)


def _head_text(node: LoopNode, source: SourceFile) -> str:
    if isinstance(node, ast.While):
        return f"while {source.words(node.test)}"
    return f"for {source.words(node.target)} in {source.words(node.iter)}"
