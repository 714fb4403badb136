"""Owns the scene of a folded run: each box says of how many numbers it stands for what they are."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain, islice

from ...analyses.fold import Bundle, Edge, Folded, combine
from ...ops import LEAVES
from ...record import Failure, Leak, Record
from ..number_text import TIMES, clip, exact, number
from ..options import ViewOptions
from .bundles import AtomTables
from .caption import note
from .expression import Expression, expression
from .frames import Groups
from .scene import Arrow, Box, Scene, at, met, raising
from .spread import Spread, slope, spread

__all__ = ["folded_scene"]

TEXT = 36  # characters of source that are shown as written
APART = 3  # small numbers for one operand that are told apart
LEAVING = 5  # results of a loop or call that a box lists


def folded_scene(record: Record, look: ViewOptions, folded: Folded) -> Scene:
    """What there is to draw of a folded run."""
    return _Folding(record, look, folded).build()


class _Folding:
    """A folded run on its way to the picture."""

    def __init__(self, record: Record, look: ViewOptions, folded: Folded) -> None:
        self.record, self.look, self.folded = record, look, folded
        self.base = AtomTables(record, look, folded)
        self.groups = Groups(self.base)
        self.boxes: list[Box] = []
        self.arrows: list[Arrow] = []
        self.pills: set[str] = set()
        self.small: dict[tuple[int, int], list[int]] = {}  # head and operand -> its small numbers
        self.ordered = {edge.head for edge in folded.edges if edge.order}
        for edge in folded.edges:
            if folded.boxes[edge.tail].small:
                operand = edge.head, edge.order if folded.boxes[edge.head].main >= 0 else 0
                self.small.setdefault(operand, []).append(edge.tail)

    def build(self) -> Scene:
        folded = self.folded
        shown = [k for k, box in enumerate(folded.boxes) if not (box.small or box.unused)]
        for k in shown or range(len(folded.boxes)):
            self.boxes.append(self.base.marked(self.box(k), self.ids(folded.boxes[k])))
        for edge in folded.edges:
            if edge.carried or edge.tail != edge.head:
                self.arrow(edge)
        self.leave()
        if self.record.error is not None:
            self.fail(self.record.error)
        return Scene(
            self.boxes,
            list(_merged(self.arrows)),
            self.groups.table,
            self.base.subject,
            note(self.folded, self.look, len(self.boxes)),
            tuple(map(str, self.base.troubles.values())),
        )

    # -- boxes --------------------------------------------------------------------------------

    def key(self, k: int) -> str:
        """The name of a box on the picture."""
        box = self.folded.boxes[k]
        return f"n{box.first}" if box.kind == "number" else f"b{k}"

    def box(self, k: int) -> Box:
        """One box of the folded run."""
        box = self.folded.boxes[k]
        if box.kind == "number":
            return self.single(box)
        if box.main < 0:
            return self.whole(k, box)
        graph, base = self.record.graph, self.base
        node, known = graph[box.first], base.told[box.main]
        told = spread(known.course, self.look.precision)
        steep = slope(known.slopes, max(2, self.look.precision - 1)) if self.look.grad else None
        fact = self.folded.facts.table[box.main]
        name, how = base.named.get(box.first) or node.name or "", None
        if fact.leaf:
            name = re.split(r"[.\[{]", name)[0] or node.text
        elif box.kind == "line":
            name, how = "", Expression("", clip(box.text, 48), "")
        else:
            how = expression(node.text, node.op, [base.short(graph[arg]) for arg in node.args])
            if str(how) != node.text and len(node.text) <= TEXT:
                how = Expression(node.text, "", "")  # operands differ from time to time, the text does not
        return Box(
            key=self.key(k),
            kind=node.kind,
            name=clip(name, 28),
            how=how,
            value=told.value,
            slope=steep[0] if steep is not None else None,
            note="" if isinstance(node.data, bool) else base.decisions(box.main),
            paths=tuple(base.ends.get(box.main, ())),
            ports=base.ports(node.op, len(node.args)) if k in self.ordered else 0,
            faded=not base.lit[box.main],
            tip=self.tip(box, told, node.text),
            group=self.groups.of(box.part),
            times=box.times,
            lines=(told.range,) if told.range else (),
            spark=told.course,
            steep=steep[1] if steep is not None else (),
        )

    def ids(self, box: Bundle) -> Iterator[int]:
        """The numbers of a box, looked for when the first is asked for."""
        return (i for atom in box.atoms for i in self.folded.facts.atoms.members(atom))

    def single(self, box: Bundle) -> Box:
        """A number that is drawn by itself."""
        return replace(self.base.box(self.record.graph[box.first]), group=self.groups.holding(box))

    def whole(self, k: int, box: Bundle) -> Box:
        """A loop or a call in one box: what came of it."""
        graph, base = self.record.graph, self.base
        leaving = {edge for edge in self.folded.facts.edges if self.folded.home[edge[0]] == k}
        atoms = sorted({tail for tail, head, _ in leaving if self.folded.home[head] != k})
        atoms += [atom for atom in box.atoms if atom in base.ends and atom not in atoms]
        lines = []
        for atom in atoms:
            node = graph[self.folded.facts.atoms.lasts[atom]]
            lines.append(f"{clip(node.label, 24)} = {number(node.data, self.look.precision)}")
        if len(lines) > LEAVING:
            lines[LEAVING - 1 :] = [f"and {len(lines) - LEAVING + 1} more"]
        paths = [path for atom in box.atoms for path in base.ends.get(atom, ())]
        part = self.folded.parts[box.part]
        return Box(
            key=self.key(k),
            kind=box.kind,
            name="",
            how=Expression("", clip(box.text, 48), ""),
            value=f"{box.nodes:,} numbers",
            paths=tuple(paths),
            faded=not any(base.lit[atom] for atom in box.atoms),
            tip=f"{box.text}\n{box.nodes:,} numbers" + at(part.span),
            group=self.groups.of(part.parent),
            times=box.times,
            lines=tuple(lines),
        )

    def tip(self, box: Bundle, told: Spread, text: str) -> str:
        """Everything about a box, for hovering."""
        span = self.record.graph[box.first].span
        said = [box.text, "" if text == box.text else text, f"{TIMES} {box.times:,}"]
        data = self.record.graph.data
        said += [f"first {exact(data[box.first])}", f"last {exact(data[box.last])}", told.range]
        return "\n".join(line for line in said if line) + at(span)

    # -- arrows -------------------------------------------------------------------------------

    def arrow(self, edge: Edge) -> None:
        """A way between two boxes; from a small number, with the pill it starts at."""
        tail, head = self.folded.boxes[edge.tail], self.folded.boxes[edge.head]
        ordered = head.kind in ("number", "operation") and edge.order > 0
        if ordered:
            node = self.record.graph[head.first]
            ordered = self.base.ports(node.op, len(node.args)) > 0
        key = self.pill(edge, head) if tail.small else self.key(edge.tail)
        often = f" {TIMES} {edge.times:,}" if edge.times > 1 else ""
        tip = f"{self.called(tail)} → {self.called(head)}{often}" + self.local(edge)
        faded = not any(self.base.lit[atom] for atom in head.atoms)
        order = edge.order if ordered and not edge.carried else None
        main = not tail.small and self.record.graph[tail.first].op not in LEAVES and not edge.carried
        kind = "carried" if edge.carried else "data"
        self.arrows.append(Arrow(key, self.key(edge.head), order, kind, faded, tip, main))

    def local(self, edge: Edge) -> str:
        """How the first and the last number of a box move with this operand, for hovering."""
        head, args, told = self.folded.boxes[edge.head], self.record.graph.args, []
        for i in (head.first, head.last) if head.kind in ("number", "operation") else ():
            for place, step in enumerate(self.base.local(i)):
                if edge.order in (0, place + 1) and self.folded.box_of(args[i][place]) == edge.tail:
                    told.append(step)
        if len(set(told)) > 1:
            told = [f"first {told[0]}", f"last {told[-1]}"]
        return f"\nlocal ∂ {', '.join(dict.fromkeys(told))}" if told else ""

    def pill(self, edge: Edge, head: Bundle) -> str:
        """The small numbers for one operand, in one box beside their user."""
        tails = self.small[edge.head, edge.order if head.main >= 0 else 0]
        alone = len(tails) == 1
        key = f"{self.key(edge.head)}_{tails[0] if alone else f'o{edge.order}'}"
        if key in self.pills:
            return key
        self.pills.add(key)
        bundles = [self.folded.boxes[k] for k in tails]
        data = self.record.graph.data
        told = spread(combine([self.base.told[box.main].course for box in bundles]), self.look.precision)
        node = self.record.graph[bundles[0].first]
        name = node.name or ("" if node.op == "literal" else self.base.name(node))
        value = told.range or told.value
        if not alone:
            values = [number(data[box.first], self.look.precision) for box in bundles]
            value = ", ".join(values) if len(values) <= APART else f"{len(values)} numbers, {value}"
            name = ""
        elif bundles[0].times > 1 and name == number(node.data):
            name = ""
        says = f"{clip(name, 24)} = {value}" if name and name != value else value
        group = self.groups.holding(head)
        tips = [
            self.base.tip(node) if box.times == 1 else f"{node.text}\n{TIMES} {box.times:,}"
            for box in bundles
        ]
        pill = Box(key, node.kind, says, pill=True, tip="\n".join(tips[:APART]), group=group)
        self.boxes.append(self.base.marked(pill, chain.from_iterable(map(self.ids, bundles))))
        return key

    def called(self, box: Bundle) -> str:
        """What a reader calls a box."""
        return clip(self.base.name(self.record.graph[box.first]) if box.main >= 0 else box.text, 40)

    def leave(self) -> None:
        """The numbers that became plain ones: one marker for each box and way out."""
        found: dict[tuple[int, str], list[Leak]] = {}
        for leak in self.record.leaks:
            for k in dict.fromkeys(self.folded.box_of(i) for i in leak.ids):
                if k >= 0 and not self.folded.boxes[k].small:
                    found.setdefault((k, leak.how), []).append(leak)
        for index, ((k, how), leaks) in enumerate(found.items()):
            box, count = self.folded.boxes[k], sum(leak.count for leak in leaks)
            often = f" {TIMES}{count:,}" if count > 1 else ""
            tip = "\n".join([f"leaves the graph: {how}{often}", *(leak.text for leak in leaks[:LEAVING])])
            group = self.groups.holding(box)
            self.boxes.append(Box(f"leak{index}", "leak", f"{how}{often}", tip=tip, group=group))
            self.arrows.append(Arrow(self.key(k), f"leak{index}", kind="leak", tip=tip))

    def fail(self, error: Failure) -> None:
        """The expression that raised, and what met in it."""
        boxes = dict.fromkeys(self.folded.box_of(i) for i in met(self.record))
        kept = [k for k in boxes if k >= 0 and not self.folded.boxes[k].small]
        group = self.groups.of(self.folded.boxes[kept[-1]].part) if kept else 0
        how, says = Expression("", clip(error.text, 60), ""), clip(raising(error), 60)
        self.boxes.append(Box("failure", "failure", how=how, value=says, tip=raising(error), group=group))
        self.arrows += [Arrow(self.key(k), "failure", kind="failure") for k in kept]


def _merged(arrows: Iterable[Arrow]) -> Iterator[Arrow]:
    """One arrow for all that look the same; hovering tells of the first few."""
    found: dict[Arrow, dict[str, None]] = {}
    for arrow in arrows:
        found.setdefault(arrow._replace(tip=""), {})[arrow.tip] = None
    for arrow, tips in found.items():
        more = [f"and {len(tips) - LEAVING} more"] if len(tips) > LEAVING else []
        yield arrow._replace(tip="\n".join([*islice(tips, LEAVING), *more]))
