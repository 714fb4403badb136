"""Programs that nobody wrote: whatever they do plain, they do traced, and every text is true."""

import ast
import math

from faithful import both, load
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from tracer.run import run

NAMES = ("a", "b", "c", "n", "i")
LITERALS = st.one_of(
    st.integers(-9, 20).map(str),
    st.sampled_from(["0.5", "2.0", "-0.0", "1e10", "3.25", "1e308", "0.1", "2j", "True", "10 ** 20"]),
)
names = st.sampled_from(NAMES)


def _joined(*parts):
    return st.tuples(*(st.just(p) if isinstance(p, str) else p for p in parts)).map("".join)


def _expressions(inner):
    operator = st.sampled_from(["+", "-", "*", "/", "//", "%", "**", "&", "<<"])
    compare = st.sampled_from(["<", "<=", "==", "!=", ">", ">="])
    return st.one_of(
        _joined("(", inner, " ", operator, " ", inner, ")"),
        _joined("(", inner, " ", operator, " ", inner, ")"),
        _joined("(-", inner, ")"),
        _joined("(", inner, " ", compare, " ", inner, ")"),
        _joined("(", inner, " ", compare, " ", inner, " ", compare, " ", inner, ")"),
        _joined("(", inner, " if ", inner, " else ", inner, ")"),
        _joined("(", inner, " and ", inner, " or not ", inner, ")"),
        _joined("math.", st.sampled_from(["sqrt", "sin", "exp", "floor", "fabs"]), "(", inner, ")"),
        _joined(
            st.sampled_from(["abs", "float", "int", "round", "bool", "complex", "str", "repr"]),
            "(",
            inner,
            ")",
        ),
        _joined(st.sampled_from(["max", "min", "divmod", "pow"]), "(", inner, ", ", inner, ")"),
        _joined("sum([", inner, ", ", inner, "])"),
        _joined("sorted([", inner, ", ", inner, "], key=lambda q: -q)"),
        _joined("[", inner, " for k in range(3) if k != ", inner, "]"),
        _joined("{", inner, ": ", inner, "}"),
        _joined("(", inner, ", ", inner, ")[", inner, "]"),
        _joined("xs[", inner, "]"),
        _joined("xs[", inner, ":", inner, "]"),
        _joined("len(", inner, ")"),
        _joined("helper(", inner, ", ", inner, ")"),
        _joined("helper(", inner, ")"),
        _joined("Box(", inner, ") + ", inner),
        _joined("f'{", inner, "!r} {", inner, "}'"),
        _joined("(lambda q, r=", inner, ": q + r)(", inner, ")"),
        _joined("type(", inner, ").__name__"),
        _joined("(z := ", inner, ")"),
    )


expressions = st.recursive(st.one_of(names, names, LITERALS), _expressions, max_leaves=6)


def _indent(block):
    return "\n".join("    " + line for line in block.splitlines())


def _statements(inner):
    block = st.lists(inner, min_size=1, max_size=3).map("\n".join).map(_indent)
    return st.one_of(
        _joined("if ", expressions, ":\n", block, "\nelse:\n", block),
        _joined("for i in range(3):\n    turns.pop()\n", block),
        _joined(
            *("for i, a in enumerate([", expressions, ", ", expressions, "]):\n    turns.pop()\n", block),
            *("\nelse:\n", block),
        ),
        _joined("i = 0\nwhile i < 3:\n    i += 1\n    turns.pop()\n", block),
        _joined(
            "try:\n", block, "\nexcept (ArithmeticError, ValueError) as e:\n    out.append(str(e))\n", block
        ),
        _joined("try:\n", block, "\nexcept TypeError as e:\n    out.append(str(e))\nfinally:\n", block),
        _joined("with Box(", expressions, ") as c:\n", block),
        _joined(
            "def inner(q, *r, s=",
            expressions,
            "):\n    nonlocal n\n",
            block,
            "\n    return q\na = inner(",
            expressions,
            ")",
        ),
    )


simple = st.one_of(
    _joined(names, " = ", expressions),
    _joined(names, " = ", expressions),
    _joined(names, st.sampled_from([" += ", " -= ", " *= ", " /= ", " //= ", " |= "]), expressions),
    _joined(
        "xs[",
        st.sampled_from(["0", "1", "-1", "n"]),
        "] ",
        st.sampled_from(["=", "+=", "*="]),
        " ",
        expressions,
    ),
    _joined("a, *b = ", expressions, ", ", expressions, ", ", expressions),
    _joined("out.append(", expressions, ")"),
    _joined("memo[", expressions, "] = ", expressions),
    _joined("print(", expressions, ")"),
    _joined("total.v = ", expressions),
    _joined("assert ", expressions, ", ", expressions),
    st.sampled_from(
        ["del xs[0]", "xs.append(a)", "xs.sort()", "out.extend(xs)", "c = recurse(3, a)", "b = list(gen(a))"]
    ),
)
statements = st.recursive(simple, _statements, max_leaves=6)

HEADER = """
import math
class Box:
    made = 0
    def __init__(self, v): self.v = v; Box.made += 1
    def __add__(self, o): return Box(self.v + (o.v if isinstance(o, Box) else o))
    def __enter__(self): return self.v
    def __exit__(self, kind, error, tb): return kind is KeyError
    def __repr__(self): return f"Box({self.v!r})"
def helper(p, q=2): return p * q if p > q else q - p
def recurse(k, v): return v if k <= 0 else recurse(k - 1, v * 2) + k
def gen(v):
    for k in range(3): yield v + k
memo = {}
total = Box(0)
def f(a, b, n, xs):
    c, i, z, out = a + b, 0, None, []
    turns = [0] * 20  # no program goes round for ever
"""

values = st.sampled_from(
    ["0.5", "-2.0", "3.25", "0.0", "1e300", "7", "-1", "float('inf')", "float('nan')", "1 + 2j"]
)


@given(st.lists(statements, min_size=1, max_size=6), values, values, st.integers(-1, 3))
@settings(
    max_examples=60, phases=(Phase.explicit, Phase.reuse, Phase.generate)
)  # to shrink a program takes minutes
def test_a_program_does_traced_what_it_does_plain(body, a, b, n):
    text = HEADER + _indent("\n".join(body)) + "\n    return a, b, c, n, i, z, out, xs, total\n"
    try:
        ast.parse(text)
        compile(text, "<generated>", "exec")
    except SyntaxError:
        return
    plain, traced, record = both(text, f"f({a}, {b}, {n}, [1.0, 2, {a}])")
    for what in ("error", "result", "printed", "arguments", "names"):
        assert getattr(traced, what) == getattr(plain, what), text
    record.graph.check()


straight = st.recursive(
    st.sampled_from(["a", "b", "c", "2.0", "0.5", "3"]),
    lambda inner: st.one_of(
        _joined("(", inner, " ", st.sampled_from(["+", "-", "*", "/", "//", "%"]), " ", inner, ")"),
        _joined("(-", inner, ")"),
        _joined(st.sampled_from(["math.sin", "math.atan", "abs", "float"]), "(", inner, ")"),
        _joined("max(", inner, ", ", inner, ")"),
    ),
    max_leaves=8,
)


@given(st.lists(st.tuples(st.sampled_from("pqrs"), straight), min_size=1, max_size=4))
@settings(max_examples=100)
def test_the_text_of_a_node_evaluates_to_its_number(lines):
    text = "import math\ndef f(a, b, c):\n    p = q = r = s = a\n"
    text += "".join(f"    {name}{number} = {e}\n" for number, (name, e) in enumerate(lines))
    last = f"{lines[-1][0]}{len(lines) - 1}"
    module = load(f"{text}    return {last}\n")
    inputs = {"a": 1.5, "b": -2.25, "c": 3.0}
    outcome = run(module.f, tuple(inputs.values()))
    for node in outcome.record.graph:
        if node.kind == "operation":
            assert node.span is not None
            found = eval(node.text, {"math": math, **inputs})
            assert repr(found) == repr(node.data)
