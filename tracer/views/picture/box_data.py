"""What the boxes of a picture are looked up in: names, slopes, decisions, iterations, colours."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

from ...analyses.fold import Folded
from ...analyses.gradient import rows
from ...analyses.reach import innermost
from ...analyses.subject import Subject
from ...graph import Node
from ...ops import LEAVES, OPS
from ...options import ViewOptions
from ...source.text import Span
from ..number_text import clip, exact, number
from ..record_text import hover
from .expression import Expression, expression
from .scale import farthest, measure
from .scene import Box

__all__ = ["BoxData"]

NUMBERED = 9  # operands that get a number; with more, none could be found


class BoxData:
    """What is known of the numbers of a folded run, by the id of a number or by its atom."""

    def __init__(self, subject: Subject, options: ViewOptions, folded: Folded) -> None:
        self.subject, self.options, self.folded = subject, options, folded
        self.record, self.nodes = subject.record, subject.record.graph
        self.atoms, self.slopes, self.nan_origins = folded.facts.atoms, subject.slopes, subject.nan_origins
        self.named = {i: name for name, i in self.record.inputs.items()}  # number -> the input that it is
        self.paths: dict[int, list[str]] = defaultdict(list)  # by atom where its numbers stand in the result
        for path, i in sorted(self.nodes.outputs.items(), key=lambda item: item[1]):
            self.paths[self.atoms.of[i]].append(path)
        self.ops = rows(self.nodes)
        self.summaries = folded.summaries(subject.live, self.slopes)  # by atom
        self.relevant = self.atoms.count_marked(subject.relevant)  # by atom how many of its numbers are

    # A picture of a long run has few single numbers: what only they need is made for the first of them.

    @cached_property
    def calls(self) -> Sequence[int]:
        """By number the innermost call that it was made in."""
        return innermost(self.record.calls, len(self.nodes))

    @cached_property
    def loops(self) -> dict[int, list[tuple[Span, tuple[int, ...]]]]:
        """By call the loops of more than one iteration, and where each iteration begins."""
        found = defaultdict(list)
        for loop in self.record.loops:
            if len(loop.iterations) > 1:
                found[loop.call].append((loop.span, loop.iterations))
        return found

    @cached_property
    def measure(self) -> Callable[[int], Any] | None:
        """What the colours show of a number; None if they show the kinds."""
        return None if self.options.color == "kind" else measure(self.subject, self.options.color)

    def box(self, node: Node, frame: int) -> Box:
        """The box of one number, the only one of its atom."""
        atom, computed, name = self.atoms.of[node.id], node.op not in LEAVES, self.own_name(node)
        if not computed and not name and node.op != "literal":
            name = node.text
        return Box(
            key=f"n{node.id}",
            kind=node.kind,
            name=clip(name, 28),
            iteration=self.iteration(node) if computed else "",
            how=self.expression(node) if computed else None,
            value=number(node.data, self.options.precision),
            slope=self.slope(node),
            note=self.decision(atom, many=False),
            ports=self.ports(node.op, len(node.args)),
            paths=tuple(self.paths.get(atom, ())),
            faded=not self.relevant[atom],
            tip=self.tip(node),
            frame=frame,
        )

    def marked(self, box: Box, ids: Iterable[int]) -> Box:
        """The box with what its colour shows of these numbers, and the nan or inf that began with them."""
        if self.measure is None and not self.nan_origins:
            return box  # the numbers of a long run are many
        ids, data = list(ids), self.nodes.data
        if self.measure is not None:
            box = replace(box, tint=farthest(self.measure(i) for i in ids if not isinstance(data[i], bool)))
        origin = next((self.nan_origins[i] for i in ids if i in self.nan_origins), None)
        return replace(box, nan_origin=origin.here, tip=f"{box.tip}\n{origin}") if origin else box

    def local(self, i: int) -> list[str]:
        """The slope of a number by each of its operands; nothing where derivatives are left out."""
        args, op = self.nodes.args[i], self.ops[self.nodes.codes[i]]
        if not self.options.grad:
            return []
        known = op.slopes_at(self.nodes.data[i], [self.nodes.data[j] for j in args]) or ()
        slopes = [*known, *[None] * (len(args) - len(known))]
        return ["unknown" if slope is None else repr(slope) for slope in slopes]

    def own_name(self, node: Node) -> str:
        """The input that a number is, else the variable that it was given to; empty if it has no name."""
        return self.named.get(node.id) or node.name or ""

    def name(self, node: Node) -> str:
        """The name of a number, else its expression, else its digits."""
        text = self.named.get(node.id) or node.label or number(node.data, self.options.precision)
        return clip(text, 40)

    def pill_name(self, node: Node) -> str:
        """The name of a number in a small box; empty for a literal that has none."""
        return node.name or ("" if node.op == "literal" else self.name(node))

    def expression(self, node: Node) -> Expression:
        """How a number was computed, over the short names of its operands."""
        return expression(node.text, node.op, [self._short(self.nodes[arg]) for arg in node.args])

    def _short(self, node: Node) -> str:
        """The name of a number inside a shortened expression; empty for an expression without a name."""
        name = self.own_name(node)
        if name or node.op == "constant":
            return name or node.text
        if node.op == "literal":
            return number(node.data, self.options.precision)
        return node.text if re.fullmatch(r"[\w.\[\]]+", node.text) else ""

    def ports(self, op: str, count: int) -> int:
        """How many operands are numbered because their order matters; 0 if it does not."""
        commutes = op in OPS and OPS[op].commutes
        return count if 1 < count <= NUMBERED and not commutes else 0

    def slope(self, node: Node) -> str | None:
        """The derivative of the output by a number; None where it is not shown."""
        if not self.options.grad or self.slopes is None or isinstance(node.data, bool):
            return None
        slope = self.slopes[node.id]
        if slope is None:
            return "?"
        live = self.subject.live[node.id]
        return number(float(slope), max(2, self.options.precision - 1)) if live else None

    def decision(self, atom: int, *, many: bool) -> str:
        """How the decisions went that tested the numbers of an atom, or its only one; empty without any."""
        taken, refused = self.atoms.taken[atom], self.atoms.refused[atom]
        if taken and refused:
            return f"taken {taken:,} of {taken + refused:,} times"
        always, never = ("always taken", "never taken") if many else ("taken", "not taken")
        return always if taken else never if refused else ""

    def iteration(self, node: Node) -> str:
        """The iteration of each loop around a number, outermost first: `3,0`."""
        part = self.folded.parts[self.folded.facts.table[self.atoms.of[node.id]].part]
        if node.span is None or part.kind != "loop":
            return ""
        found = [
            bisect_right(iterations, node.id) - 1
            for span, iterations in self.loops.get(self.calls[node.id], ())
            if span.contains(node.span) and iterations[0] <= node.id
        ]
        return ",".join(str(index) for index in found if index >= 0)

    def tip(self, node: Node) -> str:
        """Everything about a number, for hovering."""
        name = self.own_name(node)
        lines = [f"{name} = {node.text}" if name and name != node.text else node.text, exact(node.data)]
        if self.slopes is not None:
            slope = self.slopes[node.id]
            lines.append(f"∂ {'unknown' if slope is None else repr(float(slope))}")
        if node.kind == "opaque":
            lines.append("an opaque call: its derivative is unknown")
        return hover(*lines, span=node.span)
