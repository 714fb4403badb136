"""A run reads as one would write it on paper."""

import re
import textwrap
from typing import Any

from fold_programs import transcript

from tracer import trace
from tracer.columns import Columns
from tracer.graph import Graph, Site
from tracer.options import ViewOptions
from tracer.record import Branch, Call, Failure, Leak, Loop, Record
from tracer.saved import dumps
from tracer.source.text import Span
from tracer.views import render

BARE = ViewOptions(grad=False)


def span(source: str, text: str, nth: int = 1) -> Span:
    """Where a text stands in a source, for the nth time."""
    start = -1
    for _ in range(nth):
        start = source.index(text, start + 1)
    lines, inside = source[:start].split("\n"), text.split("\n")
    column = len(lines[-1])
    end = len(inside[-1]) + (column if len(inside) == 1 else 0)
    return Span("f.py", len(lines), column, len(lines) + len(inside) - 1, end)


class Builder:
    """Puts a record together, number by number."""

    def __init__(self, source: str) -> None:
        self.source = textwrap.dedent(source).lstrip()
        self.ops: list[str] = []
        self.args: list[tuple[int, ...]] = []
        self.data: list[Any] = []
        self.sites: list[Site] = []
        self.inputs: dict[str, int] = {}

    def add(self, op: str, text: str, data: Any, *args: int, name: str | None = None, nth: int = 1) -> int:
        self.ops.append(op)
        self.args.append(args)
        self.data.append(data)
        self.sites.append(Site(span(self.source, text, nth), text, name, "f"))
        return len(self.data) - 1

    def input(self, name: str, data: Any) -> int:
        self.inputs[name] = self.add("input", name, data, name=name)
        return self.inputs[name]

    def record(self, output: int | None = None, **changes: Any) -> Record:
        names = list(dict.fromkeys(self.ops))
        n = len(self.data)
        graph = Graph(
            names=names,
            columns=Columns(
                codes=[names.index(op) for op in self.ops],
                args=self.args,
                data=self.data,
                site_ids=range(n),
                sites=self.sites,
            ),
            outputs={} if output is None else {"result": output},
        )
        result = None if output is None else self.data[output]
        whole = Span("f.py", 1, 0, len(self.source.splitlines()), len(self.source.splitlines()[-1]))
        fields: dict[str, Any] = {
            "function": "f",
            "call": "f()",
            "result": result,
            "text": repr(result),
            "inputs": self.inputs,
            "graph": graph.check(),
            "sources": {"f.py": self.source},
            "calls": (Call("f", "f()", whole, -1, 0, 0, n),),
        }
        return Record(**{**fields, **changes})


def told(record: Record, options: ViewOptions = BARE) -> str:
    return transcript(record, options)


def page(text: str) -> str:
    return textwrap.dedent(text).lstrip()


def lesson() -> Builder:
    b = Builder(
        """
        def f(a, b):
            c = 10.0
            d = a * b
            e = d + c
            return e
        """
    )
    b.input("a", 2.0)
    b.input("b", -3.0)
    b.add("literal", "10.0", 10.0, name="c")
    b.add("mul", "a * b", -6.0, 0, 1, name="d")
    b.add("add", "d + c", 4.0, 3, 2, name="e")
    return b


def test_inputs_named_literals_and_operations_have_a_line_each() -> None:
    assert told(lesson().record(4)) == page(
        """
        f()
        a = 2.0   (input)
        b = -3.0  (input)
        c = 10.0
        d = a * b = 2.0 * -3.0 = -6.0
        e = d + c = -6.0 + 10.0 = 4.0
        result = 4.0
        """
    )


def test_the_column_at_the_right_says_how_the_result_moves() -> None:
    assert told(lesson().record(4), ViewOptions()) == page(
        """
        f()                             ∂ result
        a = 2.0   (input)               ∂ -3.0
        b = -3.0  (input)               ∂ 2.0
        c = 10.0                        ∂ 1.0
        d = a * b = 2.0 * -3.0 = -6.0   ∂ 1.0
        e = d + c = -6.0 + 10.0 = 4.0   ∂ 1.0
        result = 4.0
        """
    )


def test_an_expression_is_one_line_with_the_parentheses_it_needs() -> None:
    b = Builder("def f(p, g):\n    return (p - g) / -(\n        g ** 2  # why\n    )\n")
    p, g = b.input("p", 5.0), b.input("g", -2.0)
    two = b.add("literal", "2", 2)
    top = b.add("sub", "p - g", 7.0, p, g)
    power = b.add("pow", "g ** 2", 4.0, g, two)
    negative = b.add("neg", "-(\n        g ** 2  # why\n    )", -4.0, power)
    whole = "(p - g) / -(\n        g ** 2  # why\n    )"
    b.add("truediv", whole, -1.75, top, negative)
    assert "return (p - g) / -g ** 2 = (5.0 - -2.0) / -(-2.0) ** 2 = -1.75\n" in told(b.record(6))


def test_a_comparison_says_what_it_decided() -> None:
    b = Builder("def f(x):\n    if not abs(x) < 1e-12 and x > 0:\n        return x\n")
    x = b.input("x", 1.0178)
    tiny, zero = b.add("literal", "1e-12", 1e-12), b.add("literal", "0", 0)
    absolute = b.add("abs", "abs(x)", 1.0178, x)
    first = b.add("lt", "abs(x) < 1e-12", False, absolute, tiny)
    second = b.add("gt", "x > 0", True, x, zero)
    branches = (
        Branch(first, False, first + 1, span(b.source, "abs(x) < 1e-12")),
        Branch(second, True, second + 1, span(b.source, "x > 0")),
        Branch(x, True, second + 1, span(b.source, "x", 3)),
    )
    assert told(b.record(x, branches=branches)) == page(
        """
        f()
        x = 1.0178  (input)
        if not abs(x) < 1e-12: abs(1.0178) < 1e-12 is False
        and x > 0: 1.0178 > 0 is True
        if x: 1.0178 is True
        result = 1.0178
        """
    )


def test_a_call_is_announced_and_what_happened_in_it_is_indented() -> None:
    b = Builder("def f(x):\n    return g(x) * 2.0\n\ndef g(y):\n    return y + 1.0\n")
    x, one = b.input("x", 3.0), b.add("literal", "1.0", 1.0)
    two = b.add("literal", "2.0", 2.0)
    inner = b.add("add", "y + 1.0", 4.0, x, one)
    b.add("mul", "g(x) * 2.0", 8.0, inner, two)
    calls = (
        Call("f", "f(3.0)", Span("f.py", 1, 0, 2, 21), -1, 0, 1, 5),
        Call("g", "g(x)", Span("f.py", 4, 0, 5, 18), 0, 1, 3, 4, span(b.source, "g(x)")),
    )
    assert told(b.record(4, calls=calls)) == page(
        """
        f()
        x = 3.0  (input)
        g(x):
            return y + 1.0 = 3.0 + 1.0 = 4.0
        return g(x) * 2.0 = 4.0 * 2.0 = 8.0
        result = 8.0
        """
    )


def test_the_turns_of_a_loop_are_numbered() -> None:
    b = Builder("def f(n, x):\n    while x < n:\n        x = x + x\n    return x * n\n")
    n, x = b.input("n", 3.0), b.input("x", 1.0)
    iterations = []
    for value in (1.0, 2.0):
        b.add("lt", "x < n", True, x, n)
        iterations.append(len(b.data))
        x = b.add("add", "x + x", 2 * value, x, x, name="x")
    b.add("lt", "x < n", False, x, n)
    end = b.add("mul", "x * n", 12.0, x, n)
    loop = Loop("while x < n", span(b.source, "while x < n:\n        x = x + x"), 0, tuple(iterations))
    assert told(b.record(end, loops=(loop,))) == page(
        """
        f()
        n = 3.0  (input)
        x = 1.0  (input)
        while x < n:
            [0]  1.0 < 3.0 is True
                 x = x + x = 1.0 + 1.0 = 2.0
            [1]  2.0 < 3.0 is True
                 x = x + x = 2.0 + 2.0 = 4.0
            end  4.0 < 3.0 is False
        return x * n = 4.0 * 3.0 = 12.0
        result = 12.0
        """
    )


def test_a_leak_is_told_where_it_happened() -> None:
    b = Builder("def f(a, b):\n    c = a + b\n    k = xs[a]\n    return c * k\n")
    b.input("a", 2)
    b.input("b", 3)
    b.add("add", "a + b", 5, 0, 1, name="c")
    b.add("mul", "c * k", 20, 2, 1)
    leak = Leak((0,), "index", span(b.source, "xs[a]"), "xs[a]", 7)
    lines = told(b.record(3, leaks=(leak,))).splitlines()
    assert lines[3:] == [
        "c = a + b = 2 + 3 = 5",
        "! xs[a]: 2 used as an index or a count (7 times)",
        "return c * k = 5 * 3 = 20",
        "result = 20",
    ]


def test_an_error_is_the_last_line_and_marks_the_failing_expression() -> None:
    b = Builder("def f(a, b):\n    d = a - b\n    return a / d\n")
    b.input("a", 2.0)
    b.input("b", 2.0)
    b.add("sub", "a - b", 0.0, 0, 1, name="d")
    error = Failure("ZeroDivisionError", "division by zero", span(b.source, "a / d"), "a / d", (0, 2))
    assert told(b.record(error=error)) == page(
        """
        f()
        a = 2.0  (input)
        b = 2.0  (input)
        d = a - b = 2.0 - 2.0 = 0.0
        return a / d = 2.0 / 0.0
                       ^^^^^^^^^ ZeroDivisionError: division by zero
        """
    )


def test_a_raise_is_told_as_written_with_what_it_raised() -> None:
    b = Builder("def f(a):\n    raise ValueError(f'not {a}')\n")
    b.input("a", 2.0)
    error = Failure("ValueError", "not 2.0", span(b.source, "raise ValueError(f'not {a}')"))
    assert told(b.record(error=error)).splitlines()[2:] == [
        "raise ValueError(f'not {a}')",
        "ValueError: not 2.0",
    ]


def test_an_error_without_a_place_is_told_too() -> None:
    assert told(lesson().record(error=Failure("KeyboardInterrupt", ""))).endswith("\nKeyboardInterrupt\n")


def test_live_only_leaves_out_what_the_result_does_not_depend_on() -> None:
    text = told(lesson().record(3), ViewOptions(grad=False, live_only=True))
    assert "d = a * b" in text
    assert "e = d + c" not in text
    assert "c = 10.0" not in text


def test_a_record_without_source_is_told_flat() -> None:
    text = told(lesson().record(4, sources={}, calls=()))
    assert "d = a * b = 2.0 * -3.0 = -6.0\n" in text


def test_an_operation_that_the_text_does_not_show_says_where_it_is() -> None:
    b = Builder("def f(a, b):\n    return reduce(mul, [a, b])\n")
    b.input("a", 2.0)
    b.input("b", 3.0)
    b.add("mul", "reduce(mul, [a, b])", 6.0, 0, 1)
    assert "return 2.0 * 3.0 = 6.0  (in reduce(mul, [a, b]))\n" in told(b.record(2))


def test_an_operation_of_many_operands_shows_the_first_and_the_last() -> None:
    b = Builder("def f(xs):\n    return sum(xs)\n")
    for i in range(100):
        b.inputs[f"xs[{i}]"] = b.add("input", "xs", float(i), name=f"xs[{i}]")
    b.add("sum", "sum(xs)", 4950.0, *range(100))
    assert "return sum(xs) = sum(0.0, 1.0, 2.0, …, 99.0) = 4950.0\n" in told(b.record(100))


def test_the_json_view_is_the_saved_form() -> None:
    record = lesson().record(4)
    assert render(record, ".json", BARE) == dumps(record)


def test_the_derivatives_are_those_of_the_number_that_is_named() -> None:
    t = trace(lambda x: [x * 2.0, x * 5.0, complex(x, x)], 1.5)
    for of, slope in (("result[1]", "5.0"), ("result[2].imag", "1.0")):
        lines = str(t.render(".txt", of=of)).splitlines()
        assert lines[0].endswith(f"∂ {of}")
        assert re.search(rf"x = 1\.5 .*∂ {slope}$", lines[1])
