"""Owns the scene of a run number by number: what each number says, and what it was made from."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cached_property

from ..analyses.culprits import spoilers
from ..analyses.gradient import gradient, rows
from ..analyses.outputs import subject, value
from ..analyses.reach import innermost, needed
from ..analyses.reverse import local
from ..graph import Branch, Failure, Leak, Node, Record
from ..ops import LEAVES, OPS
from ..spans import Span
from .expression import Expression, expression
from .look import Look
from .measure import Measure
from .numbers import clip, exact, number
from .ranks import ranks
from .scene import Arrow, Box, Group, Scene, at, raising, where

__all__ = ["Scenery", "least", "scene"]

COPIES_FROM = 5  # a named literal with this many users is drawn at each of them
ALIKE = ("sum", "fsum", "prod", "hypot", "gcd", "lcm", "min", "max")
NUMBERED = 9  # operands that get a number; of more, nobody would find one
FAR = 10  # steps over which an arrow is too long to follow; the number is shown again instead
LEAVING = 8  # numbers of one leak that get an arrow


def scene(record: Record, look: Look) -> Scene:
    """What there is to draw of a record."""
    return Scenery(record, look).build()


def least(record: Record, look: Look) -> int:
    """How many boxes there are at least, quickly: a run may have made millions of numbers."""
    graph = record.graph
    leaves = {code for code, name in enumerate(graph.names) if name in LEAVES}
    if look.live_only and graph.outputs:
        return sum(graph.codes[i] not in leaves for i in graph.live())
    return sum(code not in leaves for code in graph.codes)


class Scenery:
    """The tables that a box is looked up in."""

    def __init__(self, record: Record, look: Look) -> None:
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
        found = spoilers(record, self.seed, self.slopes)
        self.troubles = {culprit.id: culprit for culprit in found}
        self.users: dict[int, int] = defaultdict(int)
        self.rank: dict[int, int] = {}
        self.boxes: list[Box] = []
        self.arrows: list[Arrow] = []

    # A long run is folded, and a folded picture asks for few of these.

    @cached_property
    def live(self) -> Sequence[int]:
        """Marks the numbers that the result depends on."""
        return needed(self.nodes, self.nodes.outputs.values())

    @cached_property
    def bright(self) -> Sequence[int]:
        """Marks those that the result, the way of the run or its failure depend on."""
        outputs = self.nodes.outputs
        met = self.record.error.args if self.record.error else ()
        if not outputs and not met:
            return b"\1" * len(self.nodes)
        return needed(self.nodes, [*outputs.values(), *met], control=True)

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
            if len(loop.turns) > 1:
                found[loop.call].append((loop.span, loop.turns))
        return found

    @cached_property
    def measure(self) -> Measure:
        """What the colours show."""
        result = value(self.record, self.seed) if self.seed else None
        return Measure(self.nodes, self.look.color, self.slopes, self.live, result)

    def build(self) -> Scene:
        """The whole scene."""
        drawn = self.drawn()
        for node in drawn:
            for arg in node.args:
                self.users[arg] += 1
        steps = [(arg, node.id) for node in drawn for arg in node.args]
        self.rank = ranks([node.id for node in drawn], steps)
        for node in drawn:
            if not self.copied(node):
                self.boxes.append(self.marked(self.box(node), (node.id,)))
            faded = not self.bright[node.id]
            ordered = self.ports(node.op, len(node.args)) > 0
            slopes = self.local(node.id)
            for place, arg in enumerate(node.args):
                tip = f"{self.name(self.nodes[arg])} → {self.name(node)}"
                tip += f"\nlocal ∂ {slopes[place]}" if slopes else ""
                tail = self.tail(arg, node.id, f"n{node.id}_{place}")
                order = place + 1 if ordered else None
                main = self.nodes[arg].op not in LEAVES and tail == f"n{arg}"
                self.arrows.append(Arrow(tail, f"n{node.id}", order, "data", faded, tip, main))
        kept = {node.id for node in drawn}
        for index, leak in enumerate(self.record.leaks):
            self.leave(index, leak, [i for i in leak.ids if i in kept])
        if self.record.error is not None:
            self.fail(self.record.error)
        groups = [Group(clip(c.text, 56), max(c.parent, 0), where(c.span)) for c in self.record.calls]
        troubles = tuple(map(str, self.troubles.values()))
        return Scene(self.boxes, self.arrows, groups or [Group("", 0, "")], self.subject, troubles=troubles)

    def drawn(self) -> list[Node]:
        """The nodes that take part; leaves that nobody uses do not, unless there is nothing else."""
        record = self.record
        taking = {arg for node in self.nodes for arg in node.args}
        taking |= {*record.graph.outputs.values(), *self.decided}
        taking |= {i for leak in record.leaks for i in leak.ids}
        taking |= set(record.error.args) if record.error else set()
        if self.look.live_only and record.graph.outputs:
            return [node for node in self.nodes if self.live[node.id]]
        part = [node for node in self.nodes if node.op not in LEAVES or node.id in taking]
        return part or list(self.nodes)

    def copied(self, node: Node) -> bool:
        """Whether the number is drawn as a pill at each of its users, and so nowhere else."""
        if node.op not in ("literal", "constant") or node.id in self.paths or node.id in self.decided:
            return False
        return node.name is None or self.users[node.id] >= COPIES_FROM

    def tail(self, arg: int, user: int, key: str) -> str:
        """The key of the box an arrow starts from; a pill is made for it on the way."""
        node = self.nodes[arg]
        copied = self.copied(node)
        if not copied and self.rank[user] - self.rank[arg] <= FAR:
            return f"n{arg}"
        value = number(node.data, self.look.precision)
        name = node.name or ("" if node.op == "literal" else self.name(node))
        says = f"{clip(name, 24)} = {value}" if name and name != value else value
        tip, faded = self.tip(node), not self.bright[user]
        group = self.group[user] if user < len(self.nodes) else 0
        box = Box(key, node.kind, says, pill=True, again=not copied, faded=faded, tip=tip, group=group)
        self.boxes.append(self.marked(box, (arg,)))
        return key

    def marked(self, box: Box, ids: Iterable[int]) -> Box:
        """A box with what its colour shows of these numbers, and the trouble that began there."""
        if self.look.color == "kind" and not self.troubles:
            return box  # the numbers of a long run are many
        ids = list(ids)
        box = replace(box, tint=self.measure.of(ids))
        culprit = next((self.troubles[i] for i in ids if i in self.troubles), None)
        return replace(box, trouble=culprit.here, tip=f"{box.tip}\n{culprit}") if culprit else box

    def local(self, i: int) -> list[str]:
        """How much a number moves with each of its operands; nothing where derivatives are left out."""
        args, op = self.nodes.args[i], self.ops[self.nodes.codes[i]]
        if not self.look.grad:
            return []
        known = local(op, self.nodes.data[i], [self.nodes.data[j] for j in args]) or ()
        slopes = [*known, *[None] * (len(args) - len(known))]
        return ["unknown" if slope is None else repr(slope) for slope in slopes]

    def box(self, node: Node) -> Box:
        """One number."""
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
            group=self.home(node),
        )

    def home(self, node: Node) -> int:
        """The group of a box."""
        return self.group[node.id]

    def leave(self, index: int, leak: Leak, ids: list[int]) -> None:
        """A number that became a plain one: a cut arrow to a marker that says how."""
        if not ids:
            return
        more = f", {len(ids)} numbers" if len(ids) > LEAVING else ""
        often = f" \N{MULTIPLICATION SIGN}{leak.count}" if leak.count > max(1, len(ids)) else ""
        tip = f"{leak.text}\nleaves the graph: {leak.how}{often}{at(leak.span)}"
        key = f"leak{index}"
        for place, i in enumerate(ids[-LEAVING:]):
            tail = self.tail(i, i, f"{key}_{place}")
            went = f"{self.name(self.nodes[i])} leaves the graph"
            self.arrows.append(Arrow(tail, key, kind="leak", tip=went))
        self.boxes.append(Box(key, "leak", f"{leak.how}{often}{more}", tip=tip, group=self.group[ids[-1]]))

    def fail(self, error: Failure) -> None:
        """The expression that raised, and what met in it."""
        group = self.group[error.args[-1]] if error.args else 0
        says = clip(raising(error), 60)
        tip = f"{error.text}\n{raising(error)}{at(error.span)}".strip()
        how = Expression("", clip(error.text, 60), "") if error.text else None
        ports = self.ports("", len(error.args))
        self.boxes.append(Box("failure", "failure", how=how, value=says, ports=ports, tip=tip, group=group))
        for place, arg in enumerate(error.args):
            tail = self.tail(arg, arg, f"failure_{place}")
            self.arrows.append(Arrow(tail, "failure", place + 1 if ports else None, "failure"))

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
        alike = op in ALIKE or (op in OPS and OPS[op].commutes)
        return count if 1 < count <= NUMBERED and not alike else 0

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
        turns = [
            bisect_right(turns, node.id) - 1
            for span, turns in self.loops.get(self.group[node.id], ())
            if span.contains(node.span) and turns[0] <= node.id
        ]
        return ",".join(str(turn) for turn in turns if turn >= 0)

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
