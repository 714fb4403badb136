"""Owns the scene of a folded run: each box says of how many numbers it stands for what they are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain

from ..analyses.fold import Box as Bundle
from ..analyses.fold import Edge, Folded
from ..graph import Failure, Leak, Record
from ..ops import LEAVES
from .expression import Expression, expression
from .look import Look
from .note import note
from .numbers import clip, exact, number
from .scene import Arrow, Box, Group, Scene, Scenery, at, raising
from .spread import Spread, spread

__all__ = ["folded_scene"]

TEXT = 36  # characters of source that are shown as written
APART = 3  # small numbers for one operand that are told apart
LEAVING = 5  # results of a loop or call that a box lists
TIMES = "\N{MULTIPLICATION SIGN}"


def folded_scene(record: Record, look: Look, folded: Folded) -> Scene:
    """What there is to draw of a folded run."""
    return _Folding(record, look, folded).build()


class _Folding:
    """A folded run on its way to the picture."""

    def __init__(self, record: Record, look: Look, folded: Folded) -> None:
        self.record, self.look, self.folded = record, look, folded
        self.base = Scenery(record, look)
        self.boxes: list[Box] = []
        self.arrows: list[Arrow] = []
        self.groups: list[Group] = []
        self._of_part: dict[int, int] = {}
        self._of_call: dict[int, int] = {}
        self.pills: set[str] = set()
        self.small: dict[tuple[int, int], list[int]] = {}  # head and operand -> its small numbers
        for edge in folded.edges:
            if folded.boxes[edge.tail].small:
                operand = edge.head, edge.order if folded.boxes[edge.head].main >= 0 else 0
                self.small.setdefault(operand, []).append(edge.tail)
        self._boxed = {box.part for box in folded.boxes if box.kind in ("loop", "call")}
        self.group(0)

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
        self.arrows = list(dict.fromkeys(self.arrows))
        return Scene(
            self.boxes,
            self.arrows,
            self.groups,
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
        ids = self.folded.members(box.main)
        graph, base = self.record.graph, self.base
        node = graph[box.first]
        told = spread([graph.data[i] for i in ids], self.look.precision)
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
        results = [path for i in ids for path in base.paths.get(i, ())]
        return Box(
            key=self.key(k),
            kind=node.kind,
            name=clip(name, 28),
            how=how,
            value=told.value,
            slope=self.slope(list(ids)),
            note="" if isinstance(node.data, bool) else self.decisions(list(ids)),
            paths=tuple(results),
            ports=base.ports(node.op, len(node.args)) if box.kind == "operation" else 0,
            faded=not any(base.bright[i] for i in ids),
            tip=self.tip(box, told, node.text),
            group=self.group(box.part),
            times=box.times,
            lines=(told.range,) if told.range else (),
            spark=told.course,
        )

    def ids(self, box: Bundle) -> Iterator[int]:
        """The numbers of a box, looked for when the first is asked for."""
        return (i for atom in box.atoms for i in self.folded.members(atom))

    def single(self, box: Bundle) -> Box:
        """A number that is drawn by itself."""
        drawn = self.base.box(self.record.graph[box.first])
        fact = self.folded.facts.table[box.main]
        group = self.within(drawn.group) if fact.single and not fact.leaf else self.group(box.part)
        fields = {name: getattr(drawn, name) for name in drawn.__slots__}
        return Box(**{**fields, "group": group})

    def whole(self, k: int, box: Bundle) -> Box:
        """A loop or a call in one box: what came of it."""
        graph, base = self.record.graph, self.base
        leaving = {edge for edge in self.folded.facts.ways if self.folded.home[edge[0]] == k}
        atoms = sorted({tail for tail, head, _ in leaving if self.folded.home[head] != k})
        ends = {self.folded.facts.atoms.of[i]: path for path, i in graph.outputs.items()}
        atoms += [atom for atom in box.atoms if atom in ends and atom not in atoms]
        lines = []
        for atom in atoms:
            node = graph[self.folded.facts.atoms.lasts[atom]]
            lines.append(f"{clip(node.label, 24)} = {number(node.data, self.look.precision)}")
        if len(lines) > LEAVING:
            lines[LEAVING - 1 :] = [f"and {len(lines) - LEAVING + 1} more"]
        ids = self.folded.ids(box)
        paths = [path for atom, path in ends.items() if atom in box.atoms]
        part = self.folded.parts[box.part]
        return Box(
            key=self.key(k),
            kind=box.kind,
            name="",
            how=Expression("", clip(box.text, 48), ""),
            value=f"{box.nodes:,} numbers",
            paths=tuple(paths),
            faded=not any(base.bright[i] for i in ids),
            tip=f"{box.text}\n{box.nodes:,} numbers" + at(part.span),
            group=self.group(part.parent),
            times=box.times,
            lines=tuple(lines),
        )

    def slope(self, ids: list[int]) -> str | None:
        """Between which bounds the derivatives are."""
        slopes = self.base.slopes
        shown = [i for i in ids if self.base.live[i] and not isinstance(self.record.graph.data[i], bool)]
        if slopes is None or not shown:
            return None
        known = [float(slope) for i in shown if (slope := slopes[i]) is not None]
        if len(known) < len(shown):
            return "?"
        digits = max(2, self.look.precision - 1)
        low, high = number(min(known), digits), number(max(known), digits)
        return low if low == high else f"{low} … {high}"

    def decisions(self, ids: list[int]) -> str:
        """How often what was decided by the numbers came true."""
        ways = [branch.taken for i in ids for branch in self.base.decided.get(i, ())]
        if not ways or len(set(ways)) == 1:
            return "" if not ways else "always taken" if ways[0] else "never taken"
        return f"taken {sum(ways):,} of {len(ways):,} times"

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
        faded = not any(self.base.bright[i] for i in (head.first, head.last))
        order = edge.order if ordered and not edge.carried else None
        main = not tail.small and self.record.graph[tail.first].op not in LEAVES and not edge.carried
        kind = "carried" if edge.carried else "data"
        self.arrows.append(Arrow(key, self.key(edge.head), order, kind, faded, tip, main))

    def local(self, edge: Edge) -> str:
        """How the first and the last number of a box move with this operand, for hovering."""
        head, args, told = self.folded.boxes[edge.head], self.record.graph.args, []
        for i in (head.first, head.last) if head.kind in ("number", "operation") else ():
            for place, slope in enumerate(self.base.local(i)):
                if edge.order in (0, place + 1) and self.folded.box_of(args[i][place]) == edge.tail:
                    told.append(slope)
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
        told = spread(
            [data[i] for box in bundles for i in self.folded.members(box.main)], self.look.precision
        )
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
        group = self.group(self.folded.parts[head.part].parent if head.main < 0 else head.part)
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
            group = self.group(self.folded.parts[box.part].parent if box.main < 0 else box.part)
            self.boxes.append(Box(f"leak{index}", "leak", f"{how}{often}", tip=tip, group=group))
            self.arrows.append(Arrow(self.key(k), f"leak{index}", kind="leak", tip=tip))

    def fail(self, error: Failure) -> None:
        """The expression that raised, and what met in it."""
        met = dict.fromkeys(self.folded.box_of(i) for i in error.args)
        kept = [k for k in met if k >= 0 and not self.folded.boxes[k].small]
        group = self.group(self.folded.boxes[kept[-1]].part) if kept else 0
        how, says = Expression("", clip(error.text, 60), ""), clip(raising(error), 60)
        self.boxes.append(Box("failure", "failure", how=how, value=says, tip=raising(error), group=group))
        self.arrows += [Arrow(self.key(k), "failure", kind="failure") for k in kept]

    # -- groups -------------------------------------------------------------------------------

    def group(self, part: int) -> int:
        """The group of a part that is not itself a box."""
        while part > 0 and part in self._boxed:
            part = self.folded.parts[part].parent
        part = max(part, 0)
        if part not in self._of_part:
            row = self.folded.parts[part]
            parent = self.group(row.parent) if row.parent >= 0 else 0
            self._of_part[part] = len(self.groups)
            tip = "\n".join([row.text, *row.calls]) + at(row.span)
            self.groups.append(Group(" ".join(self.caption(part)), parent, tip, row.kind == "loop"))
        return self._of_part[part]

    def caption(self, part: int) -> Iterator[str]:
        """A call or loop, with how often it was entered and turned."""
        row = self.folded.parts[part]
        yield clip(row.text, 56)
        if row.turns > 1:
            yield f"{TIMES} {row.turns:,}"
        if row.kind == "loop" and row.runs > 1:
            yield f"in {row.runs:,} runs"
        if row.levels > 1:
            yield f"calling itself {row.levels} deep"

    def once(self, part: int) -> bool:
        """Whether a part is a call that happened once, in calls that happened once."""
        row = self.folded.parts[part]
        return row.kind == "call" and row.turns == 1 and (row.parent < 0 or self.once(row.parent))

    def within(self, call: int) -> int:
        """The group of one single call."""
        row = self.record.calls[call] if self.record.calls else None
        if row is None or row.parent < 0:
            if self.look.iteration is None:
                return 0
            if -1 not in self._of_call:
                self._of_call[-1] = len(self.groups)
                self.groups.append(Group(f"iteration {self.look.iteration}", 0, "", True))
            return self._of_call[-1]
        part = self.folded.facts.parts.of_call[call]
        if self.once(part):
            return self.group(part)  # what is folded on this path belongs to this one call
        if call not in self._of_call:
            parent = self.within(row.parent)
            self._of_call[call] = len(self.groups)
            self.groups.append(Group(clip(row.text, 56), parent, row.function))
        return self._of_call[call]
