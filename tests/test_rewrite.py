"""Each pass of the rewriting does what its example says, and the run offers every hook it calls."""

import ast
import importlib
import inspect
import pkgutil
import textwrap

import pytest
from faithful import load

import tracer.rewrite
from tracer.errors import UnsupportedError
from tracer.rewrite import rewritten_source
from tracer.rewrite.passes import NAME, BodyPass, Draft, Pass
from tracer.rewrite.pipeline import PASSES
from tracer.run.hooks import Detached, Hooks
from tracer.tape import Tape

TRUTHS = {
    "indices, patterns and booleans are no literals, and -2 is one": (
        "def f(x):\n    return x * 2.0 + -3 + x[1] + [4][0] + 'a' + True",
        ["x * __literal_0__ + __literal_1__ + x[1] + [__literal_2__][0] + 'a' + True"],
    ),
    "arguments stay as they are": (
        "def f(x):\n    return g(x, *y, k=x)",
        ["(__tracer__ @ g)(x, *y, k=x)"],
    ),
    "only the conversion method itself returns a number": (
        "def __hash__(self):\n    def g():\n        return self\n    return self.x",
        ["return self\n", "return __tracer__.conversion_result(self.x)"],
    ),
    "None in a pattern stays": (
        "def f(x):\n    match x:\n        case True | None:\n            return x",
        ["case __tracer__.bool_type(__tracer__.true) | None:"],
    ),
    "a format without a width takes its arguments as they are": (
        "def f(w, x):\n    return '%*d' % (w, x), '%d' % x",
        ["'%*d' % __tracer__.format_arguments((w, x)), '%d' % x"],
    ),
    "an attribute that is read, or of another name, stays": (
        "def f(c, n):\n    c.prec = n\n    c.other = c.prec",
        ["__tracer__.attribute_target(c).prec = n", "c.other = c.prec"],
    ),
}


def the_function(text):
    return next(v for v in vars(load(text)).values() if hasattr(v, "__code__"))


def flat(text):
    """Without indentation."""
    return "\n".join(line.strip() for line in text.splitlines())


@pytest.mark.parametrize("truth", TRUTHS)
def test_a_pass_leaves_the_rest_as_it_is(truth):
    text, wanted = TRUTHS[truth]
    made = flat(rewritten_source(the_function(text)))
    for part in wanted:
        assert flat(part) in made


def example(each):
    """What a pass makes of its example."""
    return ast.unparse(each(Draft(None, class_name="C")).visit(ast.parse(each.before)))


@pytest.mark.parametrize("each", PASSES, ids=lambda each: each.__name__)
def test_a_pass_does_what_its_example_says(each):
    for attribute in ("before", "after"):
        assert hasattr(each, attribute), f"{where(each)} has no `{attribute}`, the text of its example"
    assert example(each) == ast.unparse(ast.parse(each.after)), f"{where(each)} does not make it so"


@pytest.mark.parametrize("each", PASSES, ids=lambda each: each.__name__)
def test_a_pass_declares_the_hooks_of_its_example_and_no_others(each):
    called = {
        node.attr
        for node in ast.walk(ast.parse(example(each)))
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) == NAME
    }
    assert called <= each.hooks(), f"{where(each)} writes {NAME}.{called - each.hooks()} past `Hook`"
    assert called == each.hooks(), f"the example of {where(each)} does not show {each.hooks() - called}"


def test_every_pass_stands_in_the_pipeline():
    for module in pkgutil.iter_modules(tracer.rewrite.__path__):
        importlib.import_module(f"tracer.rewrite.{module.name}")
    passes = {*Pass.__subclasses__(), *BodyPass.__subclasses__()} - {BodyPass}
    missing = [where(each) for each in passes if each not in PASSES]
    assert not missing, f"not in PASSES of tracer/rewrite/pipeline.py: {', '.join(missing)}"


@pytest.mark.parametrize("offered", [Detached, Hooks], ids=lambda offered: offered.__name__)
def test_the_run_offers_every_hook_that_a_pass_calls(offered):
    for each in PASSES:
        for name in each.hooks():
            assert hasattr(offered, name), (
                f"{where(each)} calls {NAME}.{name}, which {where(offered)} does not have"
            )


def test_every_hook_is_called_by_a_pass():
    emitted = {name for each in PASSES for name in each.hooks()}
    offered = {name for name in vars(Detached) if not name.startswith("_")}
    assert offered <= emitted, f"no pass calls what {where(Detached)} offers: {offered - emitted}"


def where(x):
    path = inspect.getsourcefile(x)
    return f"{x.__name__} ({path[path.index('tracer/') :]})"


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
        rewritten_source(module.f)
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
    made = rewritten_source(module.f)
    assert "for y in __mark_iteration_0__ | xs" in made
    lines = {
        position[0]
        for position in Hooks(Tape(transparent=True))(module.f).__code__.co_positions()
        if position[0] is not None
    }
    assert lines <= set(range(1, len(text.splitlines()) + 1))
