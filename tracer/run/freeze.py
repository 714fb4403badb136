"""Owns the freezing of a tape into a graph: places become sites, marks become calls and loops."""

from __future__ import annotations

import ast
import functools
from collections.abc import Sequence
from itertools import islice
from operator import lt
from types import CodeType
from typing import Any

from ..graph import Graph, Site
from ..lazy import Later
from ..ops import ROWS
from ..record import Branch, Call, CallHead, Leak, Loop, LoopHead
from ..rewrite import LoopNode, Rewritten
from ..source.code import comparison, expression_at, file_of, operand
from ..source.file import SourceFile, label, parsed
from ..source.place import assigned_name
from ..source.text import Span
from ..tape import Tape, is_own_code

__all__ = ["Freezer"]

NOWHERE = Site(None, "", None, "")


class Freezer:
    """Resolves what a tape noted while it ran; each place once, when the run is over.

    Attributes:
        sources: file label -> text of every file that a span points into.
    """

    def __init__(self, tape: Tape, rewritten: dict[CodeType, Rewritten]) -> None:
        self.tape = tape
        self.rewritten = rewritten
        self.sources: dict[str, str] = {}
        self._files: dict[int, SourceFile | None] = {}  # by the code object's identity
        self._sites: dict[tuple[Any, ...], int] = {}
        self._table: list[Site] = []
        self._own_call = ""

    def graph(self, outputs: dict[str, int]) -> Graph:
        """The tape as a graph with sites."""
        tape = self.tape
        return Graph(
            names=[op.name for op in ROWS],
            codes=tape.codes,
            args=tape.args,
            data=tape.data,
            outputs=outputs,
            locate=self._located,
            controls=Later(lambda: tuple(tape.controls())),
        )

    def _located(self) -> tuple[Sequence[int], Sequence[Site]]:
        places = self.tape.sites(self._site_of)
        return places, self._table or [NOWHERE]

    def _site_of(self, place: int, code: int, position: int, entry: int | None) -> int:
        """The site of the entries that an operation wrote at a place; see `Tape.sites`."""
        if position < 0:
            return self._site((place, code))
        if entry is not None:
            return self._site((place, code, position, repr(self.tape.data[entry])))
        return self._site((place, code, position)) if self._is_written(place, code, position) else -1

    def _is_written(self, place: int, code: int, position: int) -> bool:
        """Whether the source shows the operand itself."""
        known = self.tape.instruction_at(place)
        if isinstance(known, Site):
            return True
        _, node = self._expression(*known)
        return node is not None and operand(node, ROWS[code].name, position) is not None

    def meet(self) -> None:
        """Read the sources while the files are as they were during the run; the places may wait."""
        for code in self.tape.code_objects():
            if not is_own_code(code):
                self._file(code)
        for code in [*self.rewritten]:
            self._file(code)

    def _file(self, code: CodeType) -> SourceFile | None:
        """The file of a code object, under a label of its own if two texts of it were run."""
        if id(code) not in self._files:
            made = self._made(code)
            file = made.source if made is not None else file_of(code)
            if file is not None:
                name, text = label(code.co_filename), file.text.text
                while self.sources.setdefault(name, text) != text:
                    name += " (older)"
                file = parsed(name, text)
            self._files[id(code)] = file
        return self._files[id(code)]

    def _expression(self, code: CodeType, offset: int) -> tuple[SourceFile | None, ast.AST | None]:
        file = self._files.get(id(code))
        return file, expression_at(file, code, offset) if file is not None else None

    def branches(self) -> tuple[Branch, ...]:
        """Every decision that a traced number took part in."""
        return tuple(
            Branch(node, taken, at, self.at(place).span) for node, taken, at, place in self.tape.branches
        )

    def leaks(self) -> tuple[Leak, ...]:
        """Every place where a number left the graph."""
        found = []
        for (place, how), ids in self.tape.leaks.items():
            site = self.at(place)
            once = ids if all(map(lt, ids, islice(ids, 1, None))) else dict.fromkeys(ids)
            found.append(Leak(tuple(once), how, site.span, site.text, len(ids)))
        return tuple(found)

    def record(self, own_call: str) -> dict[str, Any]:
        """The calls, loops, branches and leaks, each made when it is asked for."""
        made = functools.cache(self.calls_and_loops)
        self._own_call = own_call
        return {
            "marks": self,
            "calls": Later(lambda: made()[0]),
            "loops": Later(lambda: made()[1]),
            "branches": Later(self.branches),
            "leaks": Later(self.leaks),
        }

    def calls_and_loops(self) -> tuple[tuple[Call, ...], tuple[Loop, ...]]:
        """The calls in the order they began, and the runs of loops in each."""
        calls: list[dict[str, Any]] = []
        loops: list[tuple[str, Span, int, list[int]]] = []
        open_loops: dict[tuple[int, CodeType, int], list[int]] = {}
        open_inner: dict[tuple[int, CodeType, int], list[tuple[int, CodeType, int]]] = {}
        stack: list[int] = []
        for at, what, payload in self.tape.marks:
            if what == "enter":
                calls.append(self._call(payload, at, stack))
                stack.append(len(calls) - 1)
            elif what == "leave" and stack:
                calls[stack.pop()]["stop"] = at
            elif what == "iteration":
                code, number = payload
                self._turn(at, code, number, stack[-1] if stack else -1, loops, open_loops, open_inner)
        for index in stack:
            calls[index]["stop"] = len(self.tape)
        return tuple(Call(**c) for c in calls), tuple(Loop(*loop[:3], tuple(loop[3])) for loop in loops)

    def call(self, code: CodeType, number: int, place: int | None) -> CallHead:
        """The call of a function of a code object, from a place; None for the outermost."""
        made, file = self._made(code), self._file(code)
        text, span, origin = code.co_qualname, None, None
        if made is not None and file is not None:
            span = file.span(made.functions[number])
        if place is None:
            text = self._own_call
        elif place >= 0 and self.at(place).text:
            text, origin = self.at(place).text, self.at(place).span
        return CallHead(code.co_qualname, text, span, origin)

    def loop(self, code: CodeType, number: int) -> LoopHead | None:
        """A loop of a code object; None if its source is not known."""
        made, file = self._made(code), self._file(code)
        if made is None or file is None:
            return None
        node, around = made.loops[number]
        return LoopHead(_head(node, file), file.span(node), tuple(around))

    def _call(self, payload: Any, at: int, stack: list[int]) -> dict[str, Any]:
        code, number, place = payload
        return {
            **self.call(code, number, place if stack else None)._asdict(),
            **{"parent": stack[-1] if stack else -1, "depth": len(stack)},
            **{"start": at, "stop": len(self.tape)},
        }

    def _turn(
        self, at: int, code: CodeType, number: int, call: int, loops: Any, open_loops: Any, open_inner: Any
    ) -> None:
        key = (call, code, number)
        if key not in open_loops:
            loop = self.loop(code, number)
            if loop is None:
                return
            open_loops[key] = []
            loops.append((loop.text, loop.span, call, open_loops[key]))
            for outer in loop.around:  # a turn of the loop around it ends this run of the inner one
                open_inner.setdefault((call, code, outer), []).append(key)
        for inner in open_inner.pop(key, ()):
            open_loops.pop(inner, None)
        open_loops[key].append(at)

    def _made(self, code: CodeType) -> Rewritten | None:
        made = self.rewritten.get(code)
        if made is None:  # a function nested in a rewritten one
            for outer, candidate in self.rewritten.items():
                if outer.co_filename == code.co_filename and _holds(outer, code):
                    self.rewritten[code] = candidate
                    return candidate
        return made

    def at(self, place: int) -> Site:
        """What stands at a place."""
        return self._table[self._site((place, None))]

    def _site(self, key: tuple[Any, ...]) -> int:
        number = self._sites.get(key)
        if number is None:
            number = self._sites[key] = len(self._table)
            self._table.append(self._resolve(*key))
        return number

    def _resolve(self, place: int, code: int | None, position: int | None = None, shown: str = "") -> Site:
        known = self.tape.instruction_at(place)
        if isinstance(known, Site):
            return known
        assert isinstance(known, tuple)
        where, offset = known
        function = where.co_qualname
        source, node = self._expression(where, offset)
        if source is None or node is None:
            return Site(None, shown, None, function)
        op = "" if code is None else ROWS[code].name
        if position is not None:
            shown_at = operand(node, op, position)
            if shown_at is None:
                return Site(source.span(node), shown, None, function)
            return Site(source.span(shown_at), source.words(shown_at), None, function)
        span, text = source.span(node), source.words(node)
        if isinstance(node, ast.Compare) and len(node.ops) > 1:
            pair = comparison(node, op)
            if pair is not None:
                left, right = map(source.span, pair)
                span = Span(span.file, left.line, left.column, right.end_line, right.end_column)
                text = source.text.words(span)
        return Site(span, text, assigned_name(source, node), function)


def _holds(outer: CodeType, inner: CodeType) -> bool:
    return any(c is inner or _holds(c, inner) for c in outer.co_consts if isinstance(c, CodeType))


def _head(node: LoopNode, source: SourceFile) -> str:
    if isinstance(node, ast.While):
        return f"while {source.words(node.test)}"
    return f"for {source.words(node.target)} in {source.words(node.iter)}"
