"""Each pass of the rewriting does what its first line says, and nothing else."""

import ast
import textwrap

import pytest
from faithful import load

from tracer.errors import UnsupportedError
from tracer.rewrite import rewritten
from tracer.rewrite.generated import HOOKS
from tracer.run.hooks import Hooks, Resting
from tracer.tape import Tape

PASSES = {
    "literals become names of their own; indices, patterns and -2 are what they were": (
        "def f(x):\n    return x * 2.0 + -3 + x[1] + [4][0] + 'a' + True",
        ["x * __literal_0__ + __literal_1__ + x[1] + [__literal_2__][0] + 'a' + True"],
    ),
    "callees are converted, calls stay": (
        "def f(x):\n    return g(x, *y, k=x)",
        ["__tracer__", "(__tracer__ @ g)(x, *y, k=x)"],
    ),
    "identity compares plain numbers, but None as written": (
        "def f(x, y):\n    return x is y, x is None",
        ["__tracer__.plain(x) is __tracer__.plain(y), x is None"],
    ),
    "a handler looks at a plain traceback": (
        "def f(x):\n    try:\n        return x\n    except E as e:\n        return e",
        ["except E as e:\n        __tracer__.caught()\n        return e"],
    ),
    "a conversion returns the plain number": (
        "def __hash__(self):\n    def g():\n        return self\n    return self.x",
        ["return self\n", "return __tracer__.result(self.x)"],
    ),
    "True in a pattern matches what is true": (
        "def f(x):\n    match x:\n        case True | None:\n            return x",
        ["case __tracer__.boolean(__tracer__.yes) | None:"],
    ),
    "a width in a format is a true int": (
        "def f(w, x):\n    return '%*d' % (w, x), '%d' % x",
        ["'%*d' % __tracer__.bare((w, x)), '%d' % x"],
    ),
    "attributes of C objects are set through a receiver": (
        "def f(c, n):\n    c.prec = n\n    c.other = c.prec",
        ["__tracer__.receiver(c).prec = n", "c.other = c.prec"],
    ),
}


@pytest.mark.parametrize("truth", PASSES)
def test_a_pass_does_what_it_says(truth):
    text, wanted = PASSES[truth]
    module = load(text)
    function = next(v for v in vars(module).values() if hasattr(v, "__code__"))
    made = _flat(rewritten(function))
    for part in wanted:
        assert _flat(part) in made


def _flat(text):
    """Without the way a callee is looked up, and without indentation."""
    text = text.replace("__tracer__.named", "__tracer__")
    return "\n".join(line.strip() for line in text.splitlines())


def test_the_hooks_offered_are_the_hooks_emitted():
    emitted = set()
    for text, _ in PASSES.values():
        module = load(text)
        function = next(v for v in vars(module).values() if hasattr(v, "__code__"))
        tree = ast.parse(rewritten(function))
        emitted |= {
            node.attr
            for node in ast.walk(tree)
            if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "__tracer__"
        }
    hooks = Hooks(Tape(transparent=True))
    assert emitted <= set(HOOKS)
    assert set(HOOKS) - emitted <= {"no", "named"}
    for name in HOOKS:
        assert hasattr(hooks, name)
        assert hasattr(Resting(), name)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("async def f(x):\n    return x", "async"),
        ("def f(x):\n    async def g(): pass\n    return x", "async"),
        ("def f(__tracer__):\n    return __tracer__ + 1", "__tracer__"),
    ],
)
def test_what_cannot_be_rewritten_is_refused_with_its_place(text, said):
    module = load(text)
    with pytest.raises(UnsupportedError, match=said) as caught:
        rewritten(module.f)
    assert caught.value.span is not None


def test_rewritten_code_keeps_every_position_of_the_source():
    text = textwrap.dedent("""
    def f(x, xs):
        total = 0.0
        for y in xs:
            total += x * y
        return max(total, 1.0)
    """)
    module = load(text)
    made = rewritten(module.f)
    assert "for y in __mark_turn_0__ | xs" in made
    lines = {
        position[0]
        for position in Hooks(Tape(transparent=True)).function(module.f).__code__.co_positions()
        if position[0] is not None
    }
    assert lines <= set(range(1, len(text.splitlines()) + 1))
