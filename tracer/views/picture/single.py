"""Owns the scene of a run number by number: which are drawn, as what, and what they were made from."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

from ...analyses.fold import COPIES_FROM
from ...analyses.reach import ancestors
from ...graph import Node
from ...ops import LEAVES
from ...record import Failure, Leak, Record
from ..number_text import TIMES, clip, number
from ..options import ViewOptions
from .boxes import Tables
from .expression import Expression
from .ranks import ranks
from .scene import Arrow, Box, Group, Scene, at, met, raising, where

__all__ = ["least", "scene"]

FAR = 10  # steps over which an arrow is too long to follow; the number is shown again instead
LEAVING = 8  # numbers of one leak that get an arrow


def scene(record: Record, look: ViewOptions) -> Scene:
    """What there is to draw of a record."""
    return _Drawing(record, look).build()


def least(record: Record, look: ViewOptions) -> int:
    """How many boxes there are at least, quickly: a run may have made millions of numbers."""
    graph = record.graph
    if look.live_only and graph.outputs:
        live = ancestors(graph, graph.outputs.values())
        return live.count(1) - sum(live[i] for leaf in LEAVES for i in graph.made_by(leaf))
    return sum(count for name, count in graph.tally().items() if name not in LEAVES)


class _Drawing:
    """A run on its way to the picture."""

    def __init__(self, record: Record, look: ViewOptions) -> None:
        self.record, self.look, self.nodes = record, look, record.graph
        self.base = Tables(record, look)
        self.users: dict[int, int] = defaultdict(int)
        self.rank: dict[int, int] = {}
        self.boxes: list[Box] = []
        self.arrows: list[Arrow] = []

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
                box = replace(self.base.box(node), group=self.base.group[node.id])
                self.boxes.append(self.base.marked(box, (node.id,)))
            faded = not self.base.bright[node.id]
            ordered = self.base.ports(node.op, len(node.args)) > 0
            slopes = self.base.local(node.id)
            for place, arg in enumerate(node.args):
                tip = f"{self.base.name(self.nodes[arg])} → {self.base.name(node)}"
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
        troubles = tuple(map(str, self.base.troubles.values()))
        return Scene(
            self.boxes, self.arrows, groups or [Group("", 0, "")], self.base.subject, troubles=troubles
        )

    def drawn(self) -> list[Node]:
        """The nodes that take part; leaves that nobody uses do not, unless there is nothing else."""
        record = self.record
        taking = {arg for node in self.nodes for arg in node.args}
        taking |= {*record.graph.outputs.values(), *self.base.decided}
        taking |= {i for leak in record.leaks for i in leak.ids}
        taking |= set(record.error.args) if record.error else set()
        if self.look.live_only and record.graph.outputs:
            return [node for node in self.nodes if self.base.live[node.id]]
        part = [node for node in self.nodes if node.op not in LEAVES or node.id in taking]
        return part or list(self.nodes)

    def copied(self, node: Node) -> bool:
        """Whether the number is drawn as a pill at each of its users, and so nowhere else."""
        if (
            node.op not in ("literal", "constant")
            or node.id in self.base.paths
            or node.id in self.base.decided
        ):
            return False
        return node.name is None or self.users[node.id] >= COPIES_FROM

    def tail(self, arg: int, user: int, key: str) -> str:
        """The key of the box an arrow starts from; a pill is made for it on the way."""
        node = self.nodes[arg]
        copied = self.copied(node)
        if not copied and self.rank[user] - self.rank[arg] <= FAR:
            return f"n{arg}"
        value = number(node.data, self.look.precision)
        name = node.name or ("" if node.op == "literal" else self.base.name(node))
        says = f"{clip(name, 24)} = {value}" if name and name != value else value
        tip, faded = self.base.tip(node), not self.base.bright[user]
        group = self.base.group[user]
        box = Box(key, node.kind, says, pill=True, again=not copied, faded=faded, tip=tip, group=group)
        self.boxes.append(self.base.marked(box, (arg,)))
        return key

    def leave(self, index: int, leak: Leak, ids: list[int]) -> None:
        """A number that became a plain one: a cut arrow to a marker that says how."""
        if not ids:
            return
        more = f", {len(ids)} numbers" if len(ids) > LEAVING else ""
        often = f" {TIMES}{leak.count}" if leak.count > max(1, len(ids)) else ""
        tip = f"{leak.text}\nleaves the graph: {leak.how}{often}{at(leak.span)}"
        key = f"leak{index}"
        for place, i in enumerate(ids[-LEAVING:]):
            tail = self.tail(i, i, f"{key}_{place}")
            went = f"{self.base.name(self.nodes[i])} leaves the graph"
            self.arrows.append(Arrow(tail, key, kind="leak", tip=went))
        self.boxes.append(
            Box(key, "leak", f"{leak.how}{often}{more}", tip=tip, group=self.base.group[ids[-1]])
        )

    def fail(self, error: Failure) -> None:
        """The expression that raised, and what met in it."""
        operands = met(self.record)
        group = self.base.group[operands[-1]] if operands else 0
        says = clip(raising(error), 60)
        tip = f"{error.text}\n{raising(error)}{at(error.span)}".strip()
        how = Expression("", clip(error.text, 60), "") if error.text else None
        ports = self.base.ports("", len(error.args))
        self.boxes.append(Box("failure", "failure", how=how, value=says, ports=ports, tip=tip, group=group))
        for place, arg in enumerate(operands):
            tail = self.tail(arg, arg, f"failure_{place}")
            self.arrows.append(Arrow(tail, "failure", place + 1 if ports else None, "failure"))
