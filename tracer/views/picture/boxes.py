"""Owns what the box of one number is looked up in: names, slopes, decisions, loops, colours."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cached_property

from ...analyses.gradient import gradient, rows
from ...analyses.nan_origins import harmful_origins
from ...analyses.outputs import subject, value
from ...analyses.reach import ancestors, innermost
from ...graph import Node
from ...ops import LEAVES, OPS
from ...record import Branch, Record
from ...source.text import Span
from ..number_text import clip, exact, number
from ..options import ViewOptions
from .expression import expression
from .measure import Measure
from .scene import Box, at

__all__ = ["Tables"]

NUMBERED = 9  # operands that get a number; of more, nobody would find one


class Tables:
    """What is known of the numbers of a record, each of them asked by its id or its node.

    Attributes:
        named: the inputs' names.
        paths: where in the result a number stands.
        subject, slopes: the path of an output, and its derivatives; empty and None without one.
        troubles: where nan or inf was born.
    """

    def __init__(self, record: Record, look: ViewOptions) -> None:
        graph = record.graph
        self.record, self.look, self.nodes = record, look, graph
        self.named = {i: name for name, i in record.inputs.items()}
        self.paths: dict[int, list[str]] = defaultdict(list)
        for path, i in graph.outputs.items():
            self.paths[i].append(path)
        asked = look.grad or look.color in ("gradient", "elasticity")
        self.seed = subject(record, look.of) if asked else None
        self.slopes = gradient(record, self.seed) if self.seed else None
        self.subject = self.seed.name if self.seed else ""
        self.ops = rows(graph)
        found = harmful_origins(record, self.seed, self.slopes)
        self.troubles = {nan_origin.id: nan_origin for nan_origin in found}

    # A long run is folded, and a folded picture asks for few of these.

    @cached_property
    def live(self) -> Sequence[int]:
        """Marks the numbers that the result depends on."""
        return ancestors(self.nodes, self.nodes.outputs.values())

    @cached_property
    def bright(self) -> Sequence[int]:
        """Marks those that the result, the way of the run or its failure depend on."""
        outputs = self.nodes.outputs
        met = self.record.error.args if self.record.error else ()
        if not outputs and not met:
            return b"\1" * len(self.nodes)
        return ancestors(self.nodes, [*outputs.values(), *met], control=True)

    @cached_property
    def decided(self) -> dict[int, list[Branch]]:
        """The decisions by the number that was tested."""
        found = defaultdict(list)
        for branch in self.record.branches:
            found[branch.id].append(branch)
        return found

    @cached_property
    def group(self) -> Sequence[int]:
        """For each number the innermost call that it was made in."""
        return innermost(self.record.calls, len(self.nodes))

    @cached_property
    def loops(self) -> dict[int, list[tuple[Span, tuple[int, ...]]]]:
        """The loops that turned more than once, by call."""
        found = defaultdict(list)
        for loop in self.record.loops:
            if len(loop.iterations) > 1:
                found[loop.call].append((loop.span, loop.iterations))
        return found

    @cached_property
    def measure(self) -> Measure:
        """What the colours show."""
        result = value(self.record, self.seed) if self.seed else None
        return Measure(self.nodes, self.look.color, self.slopes, self.live, result)

    def box(self, node: Node) -> Box:
        """One number, not yet in its group."""
        computed = node.op not in LEAVES
        operands = [self.short(self.nodes[arg]) for arg in node.args]
        name = self.named.get(node.id) or node.name
        if not computed and not name:
            name = node.text if node.op != "literal" else ""
        return Box(
            key=f"n{node.id}",
            kind=node.kind,
            name=clip(name or "", 28),
            turn=self.turn(node) if computed else "",
            how=expression(node.text, node.op, operands) if computed else None,
            value=number(node.data, self.look.precision),
            slope=self.slope(node),
            note=self.note(node.id),
            ports=self.ports(node.op, len(node.args)),
            paths=tuple(self.paths.get(node.id, ())),
            faded=not self.bright[node.id],
            tip=self.tip(node),
        )

    def marked(self, box: Box, ids: Iterable[int]) -> Box:
        """A box with what its colour shows of these numbers, and the trouble that began there."""
        if self.look.color == "kind" and not self.troubles:
            return box  # the numbers of a long run are many
        ids = list(ids)
        box = replace(box, tint=self.measure.of(ids))
        nan_origin = next((self.troubles[i] for i in ids if i in self.troubles), None)
        return replace(box, trouble=nan_origin.here, tip=f"{box.tip}\n{nan_origin}") if nan_origin else box

    def local(self, i: int) -> list[str]:
        """How much a number moves with each of its operands; nothing where derivatives are left out."""
        args, op = self.nodes.args[i], self.ops[self.nodes.codes[i]]
        if not self.look.grad:
            return []
        known = op.slopes_at(self.nodes.data[i], [self.nodes.data[j] for j in args]) or ()
        slopes = [*known, *[None] * (len(args) - len(known))]
        return ["unknown" if slope is None else repr(slope) for slope in slopes]

    def name(self, node: Node) -> str:
        """What a reader calls it."""
        text = self.named.get(node.id) or node.label or number(node.data, self.look.precision)
        return clip(text, 40)

    def short(self, node: Node) -> str:
        """Its name inside a shortened expression; empty for an expression without a name."""
        name = self.named.get(node.id) or node.name
        if name or node.op == "constant":
            return name or node.text
        if node.op == "literal":
            return number(node.data, self.look.precision)
        return node.text if re.fullmatch(r"[\w.\[\]]+", node.text) else ""

    def ports(self, op: str, count: int) -> int:
        """How many operands need a number, because their order matters."""
        commutes = op in OPS and OPS[op].commutes
        return count if 1 < count <= NUMBERED and not commutes else 0

    def slope(self, node: Node) -> str | None:
        """How much the subject moves with it; None where that is not shown."""
        if not self.look.grad or self.slopes is None or isinstance(node.data, bool):
            return None
        slope = self.slopes[node.id]
        if slope is not None and not self.live[node.id]:
            return None
        return "?" if slope is None else number(float(slope), max(2, self.look.precision - 1))

    def note(self, i: int) -> str:
        """Which way a decision went; of several, how often."""
        ways = [branch.taken for branch in self.decided.get(i, ())]
        if len(set(ways)) == 2:
            return f"taken {sum(ways)} of {len(ways)} times"
        return "" if not ways else "taken" if ways[0] else "not taken"

    def turn(self, node: Node) -> str:
        """The iteration of each loop around the node, outermost first."""
        if node.span is None:
            return ""
        iterations = [
            bisect_right(iterations, node.id) - 1
            for span, iterations in self.loops.get(self.group[node.id], ())
            if span.contains(node.span) and iterations[0] <= node.id
        ]
        return ",".join(str(turn) for turn in iterations if turn >= 0)

    def tip(self, node: Node) -> str:
        """Everything about it, for hovering."""
        name = self.named.get(node.id) or node.name
        lines = [f"{name} = {node.text}" if name and name != node.text else node.text, exact(node.data)]
        if self.slopes is not None:
            slope = self.slopes[node.id]
            lines.append(f"∂ {'unknown' if slope is None else repr(float(slope))}")
        if node.kind == "opaque":
            lines.append("an opaque call: its derivative is unknown")
        return "\n".join(line for line in lines if line) + at(node.span)
