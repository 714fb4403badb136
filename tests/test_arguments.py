"""Arguments come from literals, from defaults or from an example, or it is said what would do."""

import ast
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracer import program
from tracer.program import ArgumentsError
from tracer.program.arguments import arguments


def chosen(path, name, *texts):
    with program.load_call(path, name, texts) as (_, args, kwargs):
        return args, kwargs


@pytest.mark.parametrize(
    ("text", "value"),
    [("2.0", 2.0), ("-3", -3), (" -.5", -0.5), ("1e-3", 1e-3), ("2+3j", 2 + 3j), ("[1, 2.5]", [1, 2.5])],
)
def test_an_argument_is_a_python_literal(write, text, value):
    assert chosen(write("def f(x): return x"), "f", text) == ((value,), {})


@given(
    st.recursive(
        st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text() | st.booleans(), st.lists
    )
)
def test_whatever_repr_writes_can_be_given_as_an_argument(value):
    assert arguments(lambda x: x, math, "f.py", "f", [repr(value)]) == ((value,), {})


def test_a_name_gives_an_argument_by_keyword(write):
    path = write("def f(a, b, c=1): return a")
    assert chosen(path, "f", "b=2", "'x=1'") == (("x=1",), {"b": 2})
    with pytest.raises(ArgumentsError, match="given twice"):
        chosen(path, "f", "b=2", "b=3")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("text", "quoted"),
        ("x.y", "quoted"),
        ("", "no characters"),
        ("-inf", "1e999"),
        ("nan", "1e999"),
        ("f(2)", "a number, a text"),
        ("2 +", "a number, a text"),
        ("b=two", "quoted"),
    ],
)
def test_what_is_no_literal_is_refused_with_a_hint(write, text, words):
    with pytest.raises(ArgumentsError, match="not a Python literal") as caught:
        chosen(write("def f(a, b=1): return a"), "f", text)
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("texts", "words"),
    [
        ((), "missing a required argument: 'a'"),
        (("1",), "missing a required argument: 'b'"),
        (("1", "2", "3"), "too many positional arguments"),
        (("1", "2", "z=3"), "unexpected keyword argument 'z'"),
        (("1", "2", "a=3"), "multiple values for argument 'a'"),
    ],
)
def test_arguments_that_do_not_fit_show_the_signature_and_a_line_that_works(write, texts, words):
    path = write("def f(a: int, b: list[float], *, c: str = 'x'): return a")
    with pytest.raises(ArgumentsError) as caught:
        chosen(path, "f", *texts)
    assert caught.value.message.startswith("f(a: int, b: list[float], *, c: str = 'x'): ")
    assert words in caught.value.message
    assert caught.value.hint.endswith(f'tracer trace {path} f 2 "[1.0, 2.0]"')
    assert chosen(path, "f", "2", "[1.0, 2.0]") == ((2, [1.0, 2.0]), {})


def test_the_line_that_works_is_taken_from_the_example(write):
    path = write('def f(a, b):\n    """>>> f(0.5, b="x")\n    1\n    """\n')
    with pytest.raises(ArgumentsError) as caught:
        chosen(path, "f", "1")
    assert caught.value.hint.endswith("""prog.py f 0.5 "b='x'\"""")


EXAMPLES = '''
from dataclasses import dataclass
@dataclass
class P:
    x: float
def direct(a, b):
    """Words.

    >>> other(1)
    >>> direct(1.0, b=-2)  # the first
    >>> direct(3.0, 4)
    """
def prepared(p, *rest, **options):
    """
        >>> xs = [1, 2]
        >>> if xs:
        ...     xs.append(3)
        >>> round(prepared(P(2.0), *xs, k=xs[0]), 2)
        3
    """
def defaults(a=1, b=2):
    """
    >>> defaults(5)
    """
def broken(a):
    """
    >>> broken(nothing)
    """
def other(x): return x
class Q:
    @classmethod
    def of(cls, x):
        """
        >>> Q.of(7)
        """
'''


def test_without_arguments_the_first_example_gives_them(write):
    path = write(EXAMPLES)
    assert chosen(path, "direct") == ((1.0,), {"b": -2})
    assert chosen(path, "Q.of") == ((7,), {})
    (p, *rest), options = chosen(path, "prepared")
    assert (p.x, rest, options) == (2.0, [1, 2, 3], {"k": 1})


def test_defaults_come_before_the_example(write):
    assert chosen(write(EXAMPLES), "defaults") == ((), {})


def test_an_example_that_cannot_be_set_up_says_why(write):
    with pytest.raises(ArgumentsError, match=r"broken\(nothing\).*NameError"):
        chosen(write(EXAMPLES), "broken")


def test_the_signature_on_the_list_is_python(write):
    for function in program.outline(write(EXAMPLES)):
        ast.parse(f"def f{function.signature}: pass")
