"""The transcript: a run written line by line, as one would on paper.

    d = a * b = 2.0 * -3.0 = -6.0

A line is an outermost expression: what it says, the same with numbers, what came out. Calls and
loops are indented; at the right stands the derivative of the result by the number of the line.
"""

from __future__ import annotations

import sys

from ...analyses.reach import innermost
from ...analyses.subject import Subject
from ...graph import Site
from ...ops import LEAVES
from ...options import ViewOptions
from ...record import Branch, Call, Failure, Leak
from ...source.place import NOWHERE, Place, Places
from ...source.text import Span
from ..number_text import clip, number, result
from ..record_text import LEAKS
from .operation import COMPARISONS, MANY, Written, binding
from .page import Frame, Page

__all__ = ["transcript"]


def transcript(subject: Subject, options: ViewOptions) -> str:
    """The run as text, in the order in which it happened."""
    return Transcript(subject, options).write()


class Transcript:
    """A run on its way to text: its columns at hand, and what is known of its places."""

    def __init__(self, subject: Subject, options: ViewOptions) -> None:
        record, graph = subject.record, subject.record.graph
        self.record, self.options, self.size = record, options, len(graph)
        self.args, self.data, self.sites = [*graph.args], graph.data, graph.site_ids
        self.ops = [graph.names[code] for code in graph.codes]
        self.kept = graph.live() if options.live_only else range(self.size)
        self.output = subject.name if options.grad else ""
        self.slopes = subject.slopes if options.grad else None
        self.places = Places(record.sources)
        self.page = Page(record, self.places)
        self.numbers: dict[int, tuple[str, int]] = {}
        self.kinds: dict[tuple[int, str], tuple[Written, Place]] = {}
        self.outputs = {i: name for name, i in graph.outputs.items() if name != "result"}
        self.inner = self._inner()
        self.waiting: dict[int, tuple[str, int]] = {}  # inner expressions, written, not yet used
        self.literals = self._literals()
        self.at_once = {b.id: b.taken for b in record.branches if self._is_at_once(b)}
        # what is still to come, the next one last
        self.calls = [*enumerate(record.calls)][::-1]
        self.branches = sorted(record.branches, key=lambda b: b.at)[::-1]
        self.leaks = sorted(((self._anchor(leak), leak) for leak in record.leaks), key=lambda x: x[0])[::-1]

    def write(self) -> str:
        """The whole page."""
        record, page = self.record, self.page
        page.outside(clip(record.call, 160), f"∂ {self.output}" if self.output else "")
        self._inputs()
        due = -1
        for i, op in enumerate(self.ops):
            if i >= due:
                due = self._events(i)
            if i in self.kept and op not in LEAVES:
                self._operation(i)
        self._events(self.size)
        if record.error is not None:
            self._failed(record.error)
        else:
            for function in self.literals:
                self._literals_above(function, sys.maxsize, self.size)
            page.outside(f"result = {result(record.result, record.text, self.options.precision)}")
        return page.text()

    def _inputs(self) -> None:
        inputs = [(name, i) for name, i in self.record.inputs.items() if i in self.kept]
        lines = [f"{name} = {self._show(i)}" for name, i in inputs]
        width = max((len(text) for text in lines if len(text) <= 40), default=0)
        for text, (_, i) in zip(lines, inputs, strict=True):
            self.page.outside(f"{text:{width}}  (input)", self._slope(i, always=True))

    # -- what is known before the first line ---------------------------------------------

    def _kind(self, i: int) -> tuple[Written, Place]:
        """How the operation that made a number is written, and where it stands."""
        key = self.sites[i], self.ops[i]
        if key not in self.kinds:
            site = self._site(i)
            place = self.places.at(site.span)
            whole = site.span is not None and site.span.line == site.span.end_line
            self.kinds[key] = Written.of(key[1], (not whole and place.text) or site.text), place
        return self.kinds[key]

    def _site(self, i: int) -> Site:
        return self.record.graph.sites[self.sites[i]]

    def _inner(self) -> bytearray:
        """Marks the numbers that are written as a part of a larger expression."""
        inner = bytearray(self.size)
        calls = innermost(self.record.calls, self.size)
        pairs: dict[tuple[int, int], bool] = {}  # sites of an operand and its user
        for outer, operands in enumerate(self.args):
            if len(operands) > MANY or outer not in self.kept:
                continue
            for i in operands:
                if self.ops[i] in LEAVES or calls[i] != calls[outer]:
                    continue
                pair = (self.sites[i], self.sites[outer])
                if pair not in pairs:
                    (_, place), (around, place_around) = self._kind(i), self._kind(outer)
                    pairs[pair] = place.feeds(place_around) and around.shows and not place.assigned
                inner[i] |= pairs[pair]
        return inner

    def _literals(self) -> dict[int, list[tuple[int, int]]]:
        """Function -> the lines that give a variable a literal, the last one first.

        A literal is made before its function runs, also in a branch that is not taken: only
        one that is used is written, just before the first line below it.
        """
        used = {j for operands in self.args for j in operands}.union(self.record.graph.outputs.values())
        found: dict[int, list[tuple[int, int]]] = {}
        for i, op in enumerate(self.ops):
            if op == "literal" and i in used and i in self.kept:
                site = self._site(i)
                place = self.places.at(site.span)
                if site.name and (place.assigned or place is NOWHERE):
                    found.setdefault(place.function, []).append((site.span.line if site.span else 0, i))
        for lines in found.values():
            lines.sort(reverse=True)
        return found

    def _anchor(self, leak: Leak) -> int:
        """The first number after the leak, as far as the source can tell."""
        if leak.span is None or not leak.ids:
            return self.size
        function = self.places.at(leak.span).function
        after = {
            s
            for s, site in enumerate(self.record.graph.sites)
            if site.span is not None
            and site.span.file == leak.span.file
            and site.span.end_line >= leak.span.line
            and self.places.at(site.span).function == function
        }
        first, calls = leak.ids[0] + 1, self.record.calls
        numbers = (i for i in range(first, self.size) if self.sites[i] in after and self.ops[i] not in LEAVES)
        below = (call.start for call in calls if call.start >= first and self._is_below(call, leak.span))
        return min(next(numbers, self.size), next(below, self.size))

    def _is_below(self, call: Call, span: Span) -> bool:
        """Whether a call stands in the same function as a span and not above it."""
        caller = self.record.calls[call.parent].span if call.parent >= 0 else None
        if caller is None or call.origin is None:
            return False
        return caller.contains(span) and caller.contains(call.origin) and call.origin.line >= span.line

    def _is_at_once(self, branch: Branch) -> bool:
        """Whether a decision is written together with the number it tested, made just before."""
        i = branch.id
        if branch.at != i + 1 or self.ops[i] in LEAVES or self.inner[i]:
            return False
        a, b = branch.span, self._site(i).span
        return a is None or (b is not None and (a.contains(b) or b.contains(a)))

    # -- between two numbers ------------------------------------------------------------------

    def _events(self, at: int) -> int:
        """Write what happened before number `at` was made; return the number before which more happens."""
        stack = self.page.stack
        while self.calls and self.calls[-1][1].start <= at:
            index, call = self.calls.pop()
            while len(stack) > 1 and stack[-1].index > call.parent:
                self._leave(at)
            if stack[-1].call is not None:
                self._leaks(at, stack[-1])
            self.page.enter(index, call)
        while len(stack) > 1 and stack[-1].stop <= at and not (at == self.size and self.record.error):
            self._leave(at)
        self._decisions(at)
        self._leaks(at)
        coming = [self.calls[-1][1].start] if self.calls else []
        coming += [self.branches[-1].at] if self.branches else []
        coming += [self.leaks[-1][0]] if self.leaks else []
        return min([*coming, stack[-1].stop])

    def _leave(self, at: int) -> None:
        self._decisions(at, self.page.stack[-1])
        self.page.leave()

    def _decisions(self, at: int, frame: Frame | None = None) -> None:
        """Write the decisions before number `at`, up to the first that the call did not make."""
        while self.branches and self.branches[-1].at <= at:
            if frame is not None and not frame.holds(self.branches[-1].span):
                return
            self._decision(self.branches.pop())

    def _decision(self, branch: Branch) -> None:
        if branch.id not in self.kept or (branch.id in self.at_once and branch.at == branch.id + 1):
            return
        place, site = self.places.at(branch.span), self._site(branch.id)
        at = branch.at - 1 if self.page.is_test(place) else branch.at
        said = self.places.text(branch.span) or site.name or site.text
        value = "" if isinstance(self.data[branch.id], bool) else f": {self._show(branch.id)}"
        self._literals_above(place.function, branch.span.line if branch.span else 0, at)
        self.page.line(f"{place.lead or 'if '}{said}{value} is {branch.taken}", at, place)

    def _leaks(self, at: int, frame: Frame | None = None) -> None:
        """Write the leaks before number `at`, up to the first that the call did not make."""
        while self.leaks and self.leaks[-1][0] <= at:
            if frame is not None and not frame.holds(self.leaks[-1][1].span):
                return
            self._left(self.leaks.pop()[1], at)

    def _left(self, leak: Leak, at: int) -> None:
        """A number left the graph: written the first time only, with how often."""
        values = ", ".join(self._show(i) for i in leak.ids[:3]) + (", …" if len(leak.ids) > 3 else "")
        often = f" ({leak.count} times)" if leak.count > 1 else ""
        place = " ".join(leak.text.split())
        text = f"! {place}: {values} {LEAKS.get(leak.how, leak.how)}{often}"
        self.page.line(text, at, self.places.at(leak.span))

    def _literals_above(self, function: int, line: int, at: int) -> None:
        waiting = self.literals.get(function)
        while waiting and waiting[-1][0] <= line:
            i = waiting.pop()[1]
            site = self._site(i)
            self.page.line(f"{site.name} = {self._show(i)}", at, self.places.at(site.span), self._slope(i))

    # -- one number ---------------------------------------------------------------------------

    def _number(self, i: int) -> tuple[str, int]:
        """A number's text, and how tightly it binds."""
        if i not in self.numbers:
            text = number(self.data[i], self.options.precision)
            self.numbers[i] = text, binding(text)
        return self.numbers[i]

    def _show(self, i: int) -> str:
        return self._number(i)[0]

    def _slope(self, i: int, *, always: bool = False) -> str:
        """The column at the right; empty for a number that does not move the result."""
        if self.slopes is None or isinstance(self.data[i], bool):
            return ""
        grad = self.slopes[i]
        if grad is None:
            return "∂ unknown"
        return f"∂ {number(grad, self.options.precision)}" if grad != 0.0 or always else ""

    def _operand(self, i: int) -> tuple[str, int]:
        return self.waiting.pop(i, None) or self._number(i)

    def _operation(self, i: int) -> None:
        written, place = self._kind(i)
        over = written.over([self._operand(j) for j in self.args[i]])
        if self.inner[i]:
            self.waiting[i] = over
            return
        site = self._site(i)
        if self.literals and site.span is not None:
            self._literals_above(place.function, site.span.end_line, i)
        self.page.line(self._sentence(i, site, written, place, over[0]), i, place, self._slope(i))

    def _sentence(self, i: int, site: Site, written: Written, place: Place, over: str) -> str:
        """`name = text = text with numbers = value`, without what would repeat what is before it."""
        value = self._show(i)
        taken = self.at_once.get(i)
        name = site.name or ("" if place.lead else self.outputs.get(i, ""))
        said = [name, written.text] if name else [written.text]
        if written.op in COMPARISONS or taken is not None:
            if written.op not in COMPARISONS:
                over = f"{over} = {value}"
            elif _same(over, written.text):
                over = ""
            answer = f"{over} is {value if taken is None else taken}".strip()
            if self.page.is_test(place):
                return answer
            if not written.shows:
                return f"{answer}  (in {written.text})"
            return f"{place.lead}{' = '.join(said)}{':' if over else ''} {answer}"
        aside = "" if written.shows else f"  (in {said.pop()})"
        if not (said and _same(said[-1], over)):
            said.append(over)
        if not _same(said[-1], value):
            said.append(value)
        if written.op == "opaque" and self.options.grad:
            aside += "  (its derivative is not known)"
        return place.lead + " = ".join(said) + aside

    def _failed(self, error: Failure) -> None:
        """The last lines: the failing expression, marked, and what it raised."""
        page, span = self.page, error.span
        while len(page.stack) > 1 and span is not None and not page.stack[-1].holds(span):
            page.leave()
        message = " ".join(f"{error.type}: {error.message}".split()).rstrip(":")
        place = self.places.at(span)
        text = " ".join((error.text or self.places.text(span)).split())
        self._literals_above(place.function, span.end_line if span else 0, self.size)
        if not text or text.startswith(("raise ", "assert ")):  # the statement says so itself
            for line in filter(None, (text, message)):
                page.line(line, self.size, place)
            return
        written = Written.failing(text, len(error.args))
        over = written.over([self._operand(i) for i in error.args])[0] if written else ""
        before = f"{place.lead}{text} = " if over and not _same(over, text) else place.lead
        start = page.line(before + (over or text), self.size, place)
        page.outside(" " * (start + len(before)) + "^" * len(over or text) + " " + message)


def _same(a: str, b: str) -> bool:
    return a.replace(" ", "") == b.replace(" ", "")
