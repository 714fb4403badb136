"""A file named on the command line is read, listed and imported as Python would, with clear refusals."""

import ast
import math
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracer import program
from tracer.errors import SourceError, UnsupportedError
from tracer.program import ArgumentsError, LoadError


@pytest.fixture
def write(tmp_path):
    def write(text, name="prog.py"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


def chosen(path, name, *texts):
    with program.load(path) as module:
        return program.arguments(program.find(module, path, name), module, path, name, texts)


# -- reading ----------------------------------------------------------------------------------


def test_a_syntax_error_has_its_place_line_and_caret(write):
    with pytest.raises(SourceError) as caught:
        program.outline(write("x = 1\ndef f(:\n    pass\n"))
    lines = str(caught.value).splitlines()
    assert lines[0].endswith("prog.py:2:7")
    assert lines[1] == "    def f(:"
    assert lines[2] == "          ^"
    assert "is not Python" in lines[3]


def test_the_caret_of_a_syntax_error_counts_characters(write):
    with pytest.raises(SourceError) as caught:
        program.outline(write("größe = 'ü' §\n"))
    lines = str(caught.value).splitlines()
    assert lines[1][lines[2].index("^")] == "§"


def test_what_only_the_compiler_refuses_is_a_syntax_error_too(write):
    with pytest.raises(SourceError, match="outside function"):
        program.outline(write("return 3\n"))


@pytest.mark.parametrize("text", [b"x = 1\0\n", b"x = (" * 300, b"x = '\n"])
def test_no_text_makes_the_reader_itself_fail(write, text):
    with pytest.raises(SourceError):
        program.outline(write(text))


def test_a_file_that_is_not_utf8_says_which_byte_and_what_to_do(write):
    with pytest.raises(SourceError) as caught:
        program.outline(write(b"a = 1\nname = 'gr\xfc\xdfe'\n"))
    assert "prog.py:2:11" in str(caught.value)
    assert "0xfc" in caught.value.message
    assert "coding: latin-1" in caught.value.hint


def test_a_file_may_name_its_encoding(write):
    path = write("# -*- coding: latin-1 -*-\nNAME = 'größe'\ndef f(): return NAME\n".encode("latin-1"))
    with program.load(path) as module:
        assert module.NAME == "größe"
    with pytest.raises(SourceError, match="unknown encoding"):
        program.outline(write(b"# coding: klingon\n"))


def test_a_missing_file_suggests_its_neighbour(write):
    path = write("", "newton.py")
    with pytest.raises(SourceError) as caught:
        program.outline(path.with_name("newtn.py"))
    assert "no file" in caught.value.message
    assert "newton.py" in caught.value.hint
    with pytest.raises(SourceError):
        program.outline(path / "x.py")


def test_a_folder_is_not_a_file(tmp_path):
    with pytest.raises(SourceError, match="is a folder"):
        program.outline(tmp_path)


# -- listing ----------------------------------------------------------------------------------


def test_the_outline_lists_what_can_be_traced_and_runs_nothing(write):
    path = write(
        '''
raise SystemExit("never imported")
def plain(a, b: float = 2.0, *, c) -> float:
    """First line.

    >>> x = 2
    >>> round(plain(1.0,
    ...     c=x), 2)
    3.0
    """
def no_doc(x=1, /): pass
async def later(): pass
def _private(): pass
short = lambda x, y=1: x
class Ball:
    """A ball."""
    @staticmethod
    def drop(height): "Falls. >>> drop(1.0)"
    @classmethod
    def of(cls, size=1.0): ...
    def speed(self): ...
    class Inner:
        @classmethod
        def deep(cls, /, a): ...
if plain:
    def conditional(): ...
if __name__ == "__main__":
    def hidden(): ...
'''
    )
    offers = program.outline(path)
    assert [(o.name, o.signature, o.example, o.ready) for o in offers] == [
        ("plain", "(a, b: float = 2.0, *, c) -> float", True, True),
        ("no_doc", "(x=1, /)", False, True),
        ("_private", "()", False, True),
        ("short", "(x, y=1)", False, False),
        ("Ball.drop", "(height)", False, False),
        ("Ball.of", "(size=1.0)", False, True),
        ("Ball.Inner.deep", "(a)", False, False),
        ("conditional", "()", False, True),
    ]
    assert offers[0].summary == "First line."


# -- importing --------------------------------------------------------------------------------


def test_a_loaded_file_is_a_module_of_its_own_name_with_its_folder_first(write):
    write("VALUE = 7\n", "neighbour_of_prog.py")
    path = write(
        "from __future__ import annotations\nimport sys\nfrom dataclasses import dataclass\n"
        "from neighbour_of_prog import VALUE\nPATH = sys.path[0]\nME = sys.modules[__name__]\n"
        "@dataclass\nclass P:\n    x: float\n"
    )
    before = list(sys.path)
    with program.load(path) as module:
        assert module.__name__ == "prog"
        assert str(path.parent.resolve()) == module.PATH
        assert module.ME is module
        assert module.P(1.0).x == 1.0
        assert module.VALUE == 7
    assert sys.path == before
    assert "prog" not in sys.modules


@pytest.mark.parametrize("name", ["json.py", "tracer.py", "math.py"])
def test_a_file_may_be_named_like_a_module_in_use(write, name):
    known = sys.modules[name.removesuffix(".py")]
    with program.load(write("def f(x=1.0): return x\n", name)) as module:
        assert module.f() == 1.0
        assert sys.modules[name.removesuffix(".py")] is known


@pytest.mark.parametrize("text", ["1 / 0", "raise SystemExit(3)", "import no_such_module_at_all"])
def test_what_a_file_raises_on_import_is_kept(write, text):
    path = write(text)
    with pytest.raises(LoadError) as caught, program.load(path):
        pass
    assert isinstance(caught.value.error, ZeroDivisionError | SystemExit | ImportError)
    assert caught.value.exit_code == 3
    assert "prog" not in sys.modules


def test_a_file_without_a_suffix_is_python_too(write):
    path = write("def f(): return 2\n", "script")
    with program.load(path) as module:
        assert module.f() == 2


# -- finding ----------------------------------------------------------------------------------

ZOO = """
import functools, math, random
from math import sin
class Ball:
    size = 3
    @staticmethod
    def drop(h): return h
    @classmethod
    def of(cls, size): return cls, size
    def speed(self): return 1
    @property
    def mass(self): return 1
async def later(): pass
async def stream(): yield 1
def total_paid(a): return a
made = eval("lambda x: x")
@functools.lru_cache
def cached(x): return x
one = Ball()
number = 3.0
"""


def test_a_function_is_found_by_its_name(write):
    path = write(ZOO)
    with program.load(path) as module:
        assert program.find(module, path, "total_paid") is module.total_paid
        assert program.find(module, path, "Ball.drop")(3) == 3
        assert program.find(module, path, "Ball.of")(3) == (module.Ball, 3)
        assert program.find(module, path, "one.speed")() == 1
        assert program.find(module, path, "cached") is module.cached


@pytest.mark.parametrize(
    ("name", "kind", "words"),
    [
        ("totalpaid", SourceError, "did you mean total_paid?"),
        ("Total_Paid", SourceError, "did you mean total_paid?"),
        ("drop", SourceError, "did you mean Ball.drop?"),
        ("xyzzy", SourceError, "it has "),
        ("Ball.nothing", SourceError, "no function Ball.nothing"),
        ("total_paid.a", SourceError, "no function"),
        ("Ball", UnsupportedError, "is a class"),
        ("Ball.speed", UnsupportedError, "no object is at hand"),
        ("Ball.size", UnsupportedError, "is an int"),
        ("Ball.mass", UnsupportedError, "is a property"),
        ("later", UnsupportedError, "async"),
        ("stream", UnsupportedError, "async"),
        ("sin", UnsupportedError, "built into Python"),
        ("made", UnsupportedError, "source of made cannot be found"),
        ("number", UnsupportedError, "is a float"),
        ("math", UnsupportedError, "is a module"),
    ],
)
def test_what_cannot_be_traced_is_refused_in_plain_words(write, name, kind, words):
    path = write(ZOO)
    with program.load(path) as module, pytest.raises((SourceError, UnsupportedError)) as caught:
        program.find(module, path, name)
    assert type(caught.value) is kind
    assert words in str(caught.value)
    assert caught.value.exit_code == 3


# -- arguments --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "value"),
    [("2.0", 2.0), ("-3", -3), (" -.5", -0.5), ("1e-3", 1e-3), ("2+3j", 2 + 3j), ("[1, 2.5]", [1, 2.5])],
)
def test_an_argument_is_a_python_literal(write, text, value):
    assert chosen(write("def f(x): return x"), "f", text) == ((value,), {})


@given(st.recursive(st.integers() | st.floats(allow_nan=False) | st.text() | st.booleans(), st.lists))
def test_whatever_repr_writes_can_be_given_as_an_argument(value):
    text = repr(value).replace("inf", "1e999")
    assert program.arguments(lambda x: x, math, "f.py", "f", [text]) == ((value,), {})


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
    for offer in program.outline(write(EXAMPLES)):
        ast.parse(f"def f{offer.signature}: pass")
