"""The scene of a folded run: a box for each bundle, arrows between them, frames around them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain, islice

from ...analyses.fold import Bundle, Edge, Folded
from ...analyses.subject import Subject
from ...columns import combine
from ...ops import LEAVES
from ...options import ViewOptions
from ...record import Failure, Leak, Record
from ..number_text import TIMES, clip, exact, number
from ..record_text import hover, raising
from .box_data import BoxData
from .caption import note
from .expression import Expression
from .frames import Frames
from .scene import Arrow, Box, Scene, ranks
from .summary_text import SummaryText, slope_text, value_text

__all__ = ["SceneBuilder"]

TEXT = 36  # characters of source that are shown as written
LISTED = 3  # small numbers for one operand that are listed one by one
SHOWN = 5  # results of a loop or call, or hover texts of one arrow, that are listed
LEAKING = 8  # boxes of one leak that get an arrow
FAR = 10  # steps over which an arrow is too long to follow: the number is shown again instead


class SceneBuilder:
    """A folded run on its way to a scene."""

    def __init__(self, subject: Subject, options: ViewOptions, folded: Folded) -> None:
        self.record, self.options, self.folded = subject.record, options, folded
        self.graph = subject.record.graph
        self.data = BoxData(subject, options, folded)
        self.frames = Frames(self.data)
        self.boxes: list[Box] = []
        self.arrows: list[Arrow] = []
        self.pills: set[str] = set()
        self.into: dict[int, list[Edge]] = defaultdict(list)  # by head
        self.small: dict[tuple[int, int], list[int]] = defaultdict(list)  # head and operand -> small tails
        for edge in folded.edges:
            self.into[edge.head].append(edge)
            if folded.boxes[edge.tail].small:
                self.small[self._operand(edge)].append(edge.tail)
        forward = [(e.tail, e.head) for e in folded.edges if not e.carried and e.tail != e.head]
        single = any(fact.single for fact in folded.facts.table)
        self.rank = ranks(range(len(folded.boxes)), forward) if single else {}

    def build(self) -> Scene:
        """The whole scene."""
        folded = self.folded
        shown = [k for k, box in enumerate(folded.boxes) if not (box.small or box.unused)]
        for k in shown or range(len(folded.boxes)):
            box = folded.boxes[k]
            self.boxes.append(self.data.marked(self.box(k), self._ids(box)))
            edges = (edge for edge in self.into[k] if edge.carried or edge.tail != k)
            self.arrows += self._operands(k) if self._single(box) else _merged(map(self.arrow, edges))
        for leak, boxes in self._leaks():
            self.leave(leak, boxes)
        if self.record.error is not None:
            self.fail(self.record.error)
        return Scene(
            self.boxes,
            self.arrows,
            self.frames.table,
            self.data.subject.name,
            note(self.folded, self.options, len(self.boxes)),
            tuple(map(str, self.data.nan_origins.values())),
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
            return self.data.box(self.graph[box.first], self.frames.around(box))
        return self.part(k, box) if box.main < 0 else self.bundle(k, box)

    def bundle(self, k: int, box: Bundle) -> Box:
        """Many numbers of one operation or line: from where to where they go."""
        data, precision = self.data, self.options.precision
        node, known = self.graph[box.first], data.summaries[box.main]
        values = value_text(known.course, precision)
        slopes = slope_text(known.slopes, max(2, precision - 1)) if self.options.grad else None
        fact = self.folded.facts.table[box.main]
        name, how = data.own_name(node), None
        if fact.leaf:
            name = re.split(r"[.\[{]", name)[0] or node.text
        elif box.kind == "line":
            name, how = "", Expression("", clip(box.text, 48), "")
        else:
            how = data.expression(node)
            if str(how) != node.text and len(node.text) <= TEXT:
                how = Expression(node.text, "", "")  # operands differ from time to time, the text does not
        return Box(
            key=self.key(k),
            kind=node.kind,
            name=clip(name, 28),
            how=how,
            value=values.value,
            slope=slopes[0] if slopes is not None else None,
            note="" if isinstance(node.data, bool) else data.decision(box.main, many=True),
            paths=tuple(data.paths.get(box.main, ())),
            ports=data.ports(node.op, len(node.args)) if any(e.order for e in self.into[k]) else 0,
            faded=not data.relevant[box.main],
            tip=self.tip(box, values, node.text),
            frame=self.frames.of(box.part),
            times=box.times,
            lines=(values.range,) if values.range else (),
            course=values.course,
            slope_course=slopes[1] if slopes is not None else (),
        )

    def part(self, k: int, box: Bundle) -> Box:
        """A loop or a call in one box: what came of it."""
        data, facts, home = self.data, self.folded.facts, self.folded.home
        atoms = sorted({tail for tail, head, _ in facts.edges if home[tail] == k != home[head]})
        atoms += [atom for atom in box.atoms if atom in data.paths and atom not in atoms]
        nodes = [self.graph[facts.atoms.lasts[atom]] for atom in atoms]
        lines = [f"{clip(n.label, 24)} = {number(n.data, self.options.precision)}" for n in nodes]
        if len(lines) > SHOWN:
            lines[SHOWN - 1 :] = [f"and {len(lines) - SHOWN + 1} more"]
        part = self.folded.parts[box.part]
        return Box(
            key=self.key(k),
            kind=box.kind,
            how=Expression("", clip(box.text, 48), ""),
            value=f"{box.nodes:,} numbers",
            paths=tuple(path for atom in box.atoms for path in data.paths.get(atom, ())),
            faded=not self._relevant(box),
            tip=hover(box.text, f"{box.nodes:,} numbers", span=part.span),
            frame=self.frames.of(part.parent),
            times=box.times,
            lines=tuple(lines),
        )

    def tip(self, box: Bundle, values: SummaryText, text: str) -> str:
        """Everything about a bundle, for hovering."""
        lines = [box.text, "" if text == box.text else text, f"{TIMES} {box.times:,}"]
        data = self.graph.data
        lines += [f"first {exact(data[box.first])}", f"last {exact(data[box.last])}", values.range]
        return hover(*lines, span=self.graph[box.first].span)

    def _single(self, box: Bundle) -> bool:
        return box.main >= 0 and self.folded.facts.table[box.main].single

    def _relevant(self, box: Bundle) -> bool:
        return any(self.data.relevant[atom] for atom in box.atoms)

    def _ids(self, box: Bundle) -> Iterator[int]:
        """The numbers of a box, looked for when the first is wanted."""
        return (i for atom in box.atoms for i in self.folded.facts.atoms.members(atom))

    # -- arrows -------------------------------------------------------------------------------

    def _operand(self, edge: Edge) -> tuple[int, int]:
        return edge.head, edge.order if self.folded.boxes[edge.head].main >= 0 else 0

    def _operands(self, k: int) -> Iterator[Arrow]:
        """The arrows into a single number: one for each operand."""
        data, box = self.data, self.folded.boxes[k]
        head, faded = self.graph[box.first], not self._relevant(box)
        ordered, slopes = data.ports(head.op, len(head.args)) > 0, data.local(head.id)
        carried = {edge.tail for edge in self.into[k] if edge.carried}
        for position, i in enumerate(head.args):
            tail, node = self.folded.box_of(i), self.graph[i]
            if tail < 0:
                continue  # it is left out
            back = tail in carried
            key = self.start(i, k, f"n{head.id}_{position}")
            tip = f"{data.name(node)} → {data.name(head)}"
            tip += f"\nlocal ∂ {slopes[position]}" if slopes else ""
            order = position + 1 if ordered and not back else None
            main = node.op not in LEAVES and key == self.key(tail) and not back
            yield Arrow(key, self.key(k), order, "carried" if back else "data", faded, tip, main)

    def start(self, i: int, k: int, key: str) -> str:
        """The key of the box where an arrow from number `i` to box `k` starts.

        A small number, and one that is drawn far away, gets a box of its own beside `k`, named `key`.
        """
        tail = self.folded.box_of(i)
        box, user = self.folded.boxes[tail], self.folded.boxes[k]
        far = not box.small and self._single(box) and self.rank.get(k, 0) - self.rank.get(tail, 0) > FAR
        if not box.small and not far:
            return self.key(tail)
        node = self.graph[i]
        says = _named(self.data.pill_name(node), number(node.data, self.options.precision))
        frame, tip, faded = self.frames.around(user), self.data.tip(node), not self._relevant(user)
        pill = Box(key, node.kind, says, pill=True, repeated=far, faded=faded, tip=tip, frame=frame)
        self.boxes.append(self.data.marked(pill, (i,)))
        return key

    def arrow(self, edge: Edge) -> Arrow:
        """The arrow into a bundle; from small numbers, with the pill it starts at."""
        tail, head = self.folded.boxes[edge.tail], self.folded.boxes[edge.head]
        node = self.graph[head.first]
        ordered = head.kind in ("number", "operation") and self.data.ports(node.op, len(node.args)) > 0
        order = edge.order if ordered and edge.order and not edge.carried else None
        key = self.pill(edge, head) if tail.small else self.key(edge.tail)
        often = f" {TIMES} {edge.times:,}" if edge.times > 1 else ""
        tip = f"{self._name(tail)} → {self._name(head)}{often}" + self.local(edge)
        main = not tail.small and self.graph[tail.first].op not in LEAVES and not edge.carried
        kind = "carried" if edge.carried else "data"
        return Arrow(key, self.key(edge.head), order, kind, not self._relevant(head), tip, main)

    def local(self, edge: Edge) -> str:
        """The slopes of the first and the last number of a box by this operand, for hovering."""
        head, args, slopes = self.folded.boxes[edge.head], self.graph.args, list[str]()
        for i in (head.first, head.last) if head.kind in ("number", "operation") else ():
            for position, slope in enumerate(self.data.local(i)):
                if edge.order in (0, position + 1) and self.folded.box_of(args[i][position]) == edge.tail:
                    slopes.append(slope)
        if len(set(slopes)) > 1:
            slopes = [f"first {slopes[0]}", f"last {slopes[-1]}"]
        return f"\nlocal ∂ {', '.join(dict.fromkeys(slopes))}" if slopes else ""

    def pill(self, edge: Edge, head: Bundle) -> str:
        """The small numbers for one operand of a bundle, in one box beside it."""
        tails = self.small[self._operand(edge)]
        alone = len(tails) == 1
        key = f"{self.key(edge.head)}_{tails[0] if alone else f'o{edge.order}'}"
        if key in self.pills:
            return key
        self.pills.add(key)
        data, precision = self.data, self.options.precision
        bundles = [self.folded.boxes[k] for k in tails]
        values = value_text(combine([data.summaries[box.main].course for box in bundles]), precision)
        node = self.graph[bundles[0].first]
        name, value = data.pill_name(node), values.range or values.value
        if not alone:
            numbers = [number(self.graph.data[box.first], precision) for box in bundles]
            value = ", ".join(numbers) if len(numbers) <= LISTED else f"{len(numbers)} numbers, {value}"
            name = ""
        elif bundles[0].times > 1 and name == number(node.data):
            name = ""
        tips = [
            data.tip(self.graph[box.first]) if box.times == 1 else f"{node.text}\n{TIMES} {box.times:,}"
            for box in bundles[:LISTED]
        ]
        frame = self.frames.around(head)
        pill = Box(key, node.kind, _named(name, value), pill=True, tip="\n".join(tips), frame=frame)
        self.boxes.append(data.marked(pill, chain.from_iterable(map(self._ids, bundles))))
        return key

    def _name(self, box: Bundle) -> str:
        return clip(self.data.name(self.graph[box.first]) if box.main >= 0 else box.text, 40)

    # -- leaks and the exception --------------------------------------------------------------

    def _leaks(self) -> Iterator[tuple[Leak, tuple[int, ...]]]:
        """The leaks that are drawn, those of the same boxes and the same kind as one, with their boxes."""
        found: dict[tuple[str, tuple[int, ...]], list[Leak]] = {}
        for leak in self.record.leaks:
            boxes = tuple(k for k in dict.fromkeys(self.folded.box_of(i) for i in leak.ids) if k >= 0)
            if boxes:
                found.setdefault((leak.how, boxes), []).append(leak)
        for (_, boxes), leaks in found.items():
            texts = dict.fromkeys(leak.text for leak in leaks)
            count, ids = sum(leak.count for leak in leaks), (*chain(*(leak.ids for leak in leaks)),)
            yield replace(leaks[0], ids=ids, count=count, text="\n".join(islice(texts, SHOWN))), boxes

    def leave(self, leak: Leak, boxes: tuple[int, ...]) -> None:
        """A marker for numbers that left the graph, and an arrow to it from each of their boxes."""
        key = f"leak{sum(box.kind == 'leak' for box in self.boxes)}"
        more = f", {len(boxes)} numbers" if len(boxes) > LEAKING else ""
        often = f" {TIMES}{leak.count:,}" if leak.count > max(1, len(boxes)) else ""
        tip = hover(leak.text, f"leaves the graph: {leak.how}{often}", span=leak.span)
        first = {self.folded.box_of(i): i for i in reversed(leak.ids)}
        for position, k in enumerate(boxes[-LEAKING:]):
            tail = self.start(first[k], k, f"{key}_{position}")
            went = f"{self._name(self.folded.boxes[k])} leaves the graph"
            self.arrows.append(Arrow(tail, key, kind="leak", tip=went))
        frame = self.frames.around(self.folded.boxes[boxes[-1]])
        self.boxes.append(Box(key, "leak", f"{leak.how}{often}{more}", tip=tip, frame=frame))

    def fail(self, error: Failure) -> None:
        """The expression that raised, with its operands."""
        operands = [(i, k) for i in _failed(self.record) if (k := self.folded.box_of(i)) >= 0]
        frame = self.frames.around(self.folded.boxes[operands[-1][1]]) if operands else 0
        how = Expression("", clip(error.text, 60), "") if error.text else None
        ports, value = self.data.ports("", len(error.args)), raising(error)
        tip = hover(error.text, value, span=error.span)
        self.boxes.append(
            Box("failure", "failure", how=how, value=clip(value, 60), ports=ports, tip=tip, frame=frame)
        )
        for position, (i, k) in enumerate(operands):
            tail = self.start(i, k, f"failure_{position}")
            self.arrows.append(Arrow(tail, "failure", position + 1 if ports else None, "failure"))


def _failed(record: Record) -> tuple[int, ...]:
    """The operands of the expression that raised; if unknown, what last left the graph inside it."""
    error = record.error
    if error is None or error.args or error.span is None:
        return error.args if error is not None else ()
    inside = (leak for leak in record.leaks if leak.span is not None and error.span.contains(leak.span))
    return tuple(dict.fromkeys(i for leak in inside for i in leak.ids[-1:]))


def _named(name: str, value: str) -> str:
    """What a pill says: `name = value`, or the value alone if the name says no more."""
    return f"{clip(name, 24)} = {value}" if name and name != value else value


def _merged(arrows: Iterable[Arrow]) -> Iterator[Arrow]:
    """One arrow for all that would be drawn the same; its hover text has those of the first few."""
    found: dict[Arrow, dict[str, None]] = {}
    for arrow in arrows:
        found.setdefault(arrow._replace(tip=""), {})[arrow.tip] = None
    for arrow, tips in found.items():
        more = [f"and {len(tips) - SHOWN} more"] if len(tips) > SHOWN else []
        yield arrow._replace(tip="\n".join([*islice(tips, SHOWN), *more]))
