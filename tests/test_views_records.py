"""Records made by hand, for the tests of views."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from tracer.columns import Columns
from tracer.graph import Graph, Site
from tracer.ops import OPS
from tracer.record import Branch, Call, Failure, Leak, Loop, Record
from tracer.source.text import Span

FILE = "lesson.py"


@dataclass
class Sketch:
    """A record in the making: each method appends one number and returns its id."""

    call: str = "f()"
    names: list[str] = field(default_factory=list)
    args: list[tuple[int, ...]] = field(default_factory=list)
    data: list[Any] = field(default_factory=list)
    sites: list[Site] = field(default_factory=list)
    inputs: dict[str, int] = field(default_factory=dict)

    def put(self, op: str, data: Any, text: str, name: str | None, args: Sequence[int] = ()) -> int:
        self.names.append(op)
        self.args.append(tuple(args))
        self.data.append(data)
        line = len(self.sites) + 2
        self.sites.append(Site(Span(FILE, line, 8, line, 8 + len(text)), text, name, "f"))
        return len(self.data) - 1

    def input(self, name: str, data: Any) -> int:
        self.inputs[name] = self.put("input", data, name, name)
        return self.inputs[name]

    def literal(self, data: Any, name: str | None = None) -> int:
        return self.put("literal", data, repr(data), name)

    def constant(self, text: str, data: Any) -> int:
        return self.put("constant", data, text, None)

    def op(self, op: str, text: str, *args: int, name: str | None = None) -> int:
        function = OPS[op].function
        assert function is not None
        operands = [self.data[i] for i in args]
        data = function(operands) if op in ("sum", "prod", "fsum") else function(*operands)
        return self.put(op, data, text, name, args)

    def record(self, outputs: dict[str, int] | int | None = None, **rest: Any) -> Record:
        if isinstance(outputs, int):
            outputs = {"result": outputs}
        table = sorted(set(self.names))
        graph = Graph(
            names=table,
            columns=Columns(
                codes=[table.index(name) for name in self.names],
                args=self.args,
                data=self.data,
                site_ids=range(len(self.data)),
                sites=self.sites,
                controls=[b.id for b in rest.get("branches", ())]
                + [i for k in rest.get("leaks", ()) for i in k.ids],
            ),
            outputs=outputs or {},
        ).check()
        values = [self.data[i] for i in graph.outputs.values()]
        rest.setdefault("result", values[0] if len(values) == 1 else tuple(values) if values else None)
        whole = Call("f", self.call, None, -1, 0, 0, len(self.data))
        return Record(
            function="f",
            call=self.call,
            text=repr(rest["result"]),
            inputs=self.inputs,
            graph=graph,
            sources={},
            **{"calls": (whole,), **rest},
        )


def lesson() -> Record:
    s = Sketch("exhibit_b()")
    a, b, c = s.literal(2.0, "a"), s.literal(-3.0, "b"), s.literal(10.0, "c")
    d = s.op("mul", "a * b", a, b, name="d")
    return s.record(s.op("add", "d + c", d, c, name="e"))


def loan() -> Record:
    s = Sketch("payment(200000.0, 0.06, 30)")
    p, rate, years = s.input("principal", 200000.0), s.input("rate", 0.06), s.input("years", 30)
    twelve, one = s.literal(12), s.literal(1)
    r = s.op("truediv", "rate / 12", rate, twelve, name="r")
    n = s.op("mul", "years * 12", years, twelve, name="n")
    start = len(s.data)
    grown = s.op("add", "1 + r", one, r)
    g = s.op("pow", "(1 + r) ** n", grown, n, name="g")
    stop = len(s.data)
    top = s.op("mul", "principal * r * g", s.op("mul", "principal * r", p, r), g)
    pay = s.op("truediv", "principal * r * g / (g - 1)", top, s.op("sub", "g - 1", g, one), name="payment")
    calls = (
        Call("f", s.call, None, -1, 0, 0, len(s.data)),
        Call("growth", "growth(r, n)", None, 0, 1, start, stop),
    )
    return s.record(pay, calls=calls)


def nested() -> Record:
    s = Sketch("distance((1.0, 2.0), (4.0, 6.0))")
    p0, p1, q0, q1 = (s.input(k, v) for k, v in [("p[0]", 1.0), ("p[1]", 2.0), ("q[0]", 4.0), ("q[1]", 6.0)])
    dx = s.op("sub", "q[0] - p[0]", q0, p0, name="dx")
    x2 = s.op("mul", "x * x", dx, dx)
    dy = s.op("sub", "q[1] - p[1]", q1, p1, name="dy")
    y2 = s.op("mul", "x * x", dy, dy)
    both = s.op("add", "square(dx) + square(dy)", x2, y2)
    root = s.op("sqrt", "math.sqrt(square(dx) + square(dy))", both)
    calls = (
        Call("distance", s.call, None, -1, 0, 0, root + 1),
        Call("norm", "norm(q[0] - p[0], q[1] - p[1])", Span(FILE, 9, 0, 12, 0), 0, 1, dx, root + 1),
        Call("square", "square(dx)", Span(FILE, 5, 0, 6, 0), 1, 2, x2, x2 + 1),
        Call("square", "square(dy)", Span(FILE, 5, 0, 6, 0), 1, 2, y2, y2 + 1),
    )
    return s.record(root, calls=calls)


def branch() -> Record:
    s = Sketch("roots(1.0, -3.0, 2.0)")
    a, b, c = s.input("a", 1.0), s.input("b", -3.0), s.input("c", 2.0)
    four = s.op("mul", "4 * a", s.literal(4), a)
    squared, product = s.op("mul", "b * b", b, b), s.op("mul", "4 * a * c", four, c)
    d = s.op("sub", "b * b - 4 * a * c", squared, product, name="disc")
    test = s.op("lt", "disc < 0", d, s.literal(0))
    root = s.op("sqrt", "sqrt(disc)", d, name="root")
    two = s.op("mul", "2 * a", s.literal(2), a)
    less = s.op("sub", "-b - root", s.op("neg", "-b", b), root)
    more = s.op("add", "-b + root", s.op("neg", "-b", b), root)
    left = s.op("truediv", "(-b - root) / (2 * a)", less, two)
    right = s.op("truediv", "(-b + root) / (2 * a)", more, two)
    return s.record({"result[0]": left, "result[1]": right}, branches=(Branch(test, False, test + 1, None),))


def leak() -> Record:
    s = Sketch("pick(2, 1.5)")
    i, x = s.input("i", 2), s.input("x", 1.5)
    big = s.constant("TABLE[i]", 40.0)
    y = s.op("mul", "TABLE[i] * x", big, x, name="y")
    unused = s.op("add", "x + 1", x, s.literal(1), name="unused")
    z = s.put("opaque", 1.0, "lookup(y, 3)", "z", (y,))
    out = s.op("add", "z + y", z, y)
    leaks = (
        Leak((i,), "index", Span(FILE, 4, 0, 4, 8), "TABLE[i]", 1),
        Leak((y, unused), "text", None, "'{:.2f}'.format(y)", 3),
    )
    return s.record(out, leaks=leaks)


def failure() -> Record:
    s = Sketch("mean([])")
    total, n = s.literal(0.0, "total"), s.constant("len(xs)", 0)
    k = s.op("mul", "2 * n", s.literal(2), n, name="k")
    place = Span(FILE, 4, 11, 4, 20)
    error = Failure("ZeroDivisionError", "float division by zero", place, "total / k", (total, k))
    return s.record(None, error=error)


def square() -> Record:
    s = Sketch("square(1.1)")
    a = s.input("a", 1.1)
    return s.record(s.op("mul", "a * a", a, a, name="b"))


def wide() -> Record:
    s = Sketch("total(range(12))")
    xs = [s.input(f"xs[{i}]", i / 3) for i in range(12)]
    return s.record(s.op("sum", "sum(xs)", *xs))


def odd() -> Record:
    s = Sketch("λ('<&>', \"\\N\")")
    a, b = s.input("Größe", -1.5), s.input("d['<b>&\"\\\\N']", 10**40)
    c = s.op("mul", "Größe * d['<b>&\"\\\\N']", a, b, name="数量")
    e = s.op("add", 'ord("\\n") + ω', c, s.constant("ω", complex(1, -2.5)))
    return s.record(s.op("pow", 'f("]]>", "-->") ** 2', e, s.literal(2)))


def newton() -> Record:
    s = Sketch("newton(2.0, 10.0)")
    a, x = s.input("a", 2.0), s.input("x", 10.0)
    two, small = s.literal(2), s.literal(1e-12)
    iterations, branches = [], []
    for _ in range(4):
        iterations.append(len(s.data))
        fx = s.op("sub", "x * x - a", s.op("mul", "x * x", x, x), a, name="fx")
        test = s.op("lt", "abs(fx) < 1e-12", s.op("abs", "abs(fx)", fx), small)
        branches.append(Branch(test, False, test + 1, None))
        slope = s.op("mul", "2 * x", two, x, name="slope")
        x = s.op("sub", "x - fx / slope", x, s.op("truediv", "fx / slope", fx, slope), name="x")
    loop = Loop("for i in range(20)", Span(FILE, 1, 0, 99, 0), 0, tuple(iterations))
    return s.record(x, loops=(loop,), branches=tuple(branches))


def many() -> Record:
    s = Sketch("compound(0.01)")
    x, one = s.input("x", 0.01), s.literal(1.0)
    step = s.literal(0.5, "step")
    y = s.op("add", "x + 1.0", x, one, name="y")
    for i in range(296):
        y = s.op("mul", "y * step", y, step, name="y") if i % 2 else s.op("add", "y + x", y, x, name="y")
    return s.record(y)


def nothing() -> Record:
    return Sketch("hello()").record(None, result="hello, world")


def inputs_only() -> Record:
    s = Sketch("first([1.5, 2.5])")
    first = s.input("xs[0]", 1.5)
    s.input("xs[1]", 2.5)
    return s.record(first)


def words() -> Record:
    s = Sketch("say(3)")
    n = s.input("n", 3)
    s.op("mul", "n * 2", n, s.literal(2))
    leaks = (Leak((1,), "text", None, "str(n * 2)", 1),)
    return s.record(None, result={"a": [1, 2.0], "b": "\\text"}, leaks=leaks)


SKETCHES = (
    lesson, loan, nested, branch, leak, failure, square, wide, odd, newton, many, nothing, inputs_only, words,
)  # fmt: skip
GALLERY = {sketch.__name__: sketch for sketch in SKETCHES}


@pytest.mark.parametrize("name", GALLERY)
def test_every_sketch_is_a_sound_record(name: str) -> None:
    record = GALLERY[name]()
    assert record.graph.check() is record.graph
    assert all(0 <= call.start <= call.stop <= len(record.graph) for call in record.calls)
