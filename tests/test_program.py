"""A file named on the command line is read, listed and imported as Python would, with clear refusals."""

import sys

import pytest

from tracer import program
from tracer.errors import SourceError, UnsupportedError
from tracer.program import LoadError
from tracer.program.loading import find, load

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
    with load(path) as module:
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
    functions = program.outline(path)
    assert [(o.name, o.signature, o.example, o.ready) for o in functions] == [
        ("plain", "(a, b: float = 2.0, *, c) -> float", True, True),
        ("no_doc", "(x=1, /)", False, True),
        ("_private", "()", False, True),
        ("short", "(x, y=1)", False, False),
        ("Ball.drop", "(height)", False, False),
        ("Ball.of", "(size=1.0)", False, True),
        ("Ball.Inner.deep", "(a)", False, False),
        ("conditional", "()", False, True),
    ]
    assert functions[0].summary == "First line."


# -- importing --------------------------------------------------------------------------------


def test_a_loaded_file_is_a_module_of_its_own_name_with_its_folder_first(write):
    write("VALUE = 7\n", "neighbour_of_prog.py")
    path = write(
        "from __future__ import annotations\nimport sys\nfrom dataclasses import dataclass\n"
        "from neighbour_of_prog import VALUE\nPATH = sys.path[0]\nME = sys.modules[__name__]\n"
        "@dataclass\nclass P:\n    x: float\n"
    )
    before = list(sys.path)
    with load(path) as module:
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
    with load(write("def f(x=1.0): return x\n", name)) as module:
        assert module.f() == 1.0
        assert sys.modules[name.removesuffix(".py")] is known


@pytest.mark.parametrize("text", ["1 / 0", "raise SystemExit(3)", "import no_such_module_at_all"])
def test_what_a_file_raises_on_import_is_kept(write, text):
    path = write(text)
    with pytest.raises(LoadError) as caught, load(path):
        pass
    assert isinstance(caught.value.__cause__, ZeroDivisionError | SystemExit | ImportError)
    assert caught.value.exit_code == 3
    assert "prog" not in sys.modules


def test_a_file_without_a_suffix_is_python_too(write):
    path = write("def f(): return 2\n", "script")
    with load(path) as module:
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
    with load(path) as module:
        assert find(module, path, "total_paid") is module.total_paid
        assert find(module, path, "Ball.drop")(3) == 3
        assert find(module, path, "Ball.of")(3) == (module.Ball, 3)
        assert find(module, path, "one.speed")() == 1
        assert find(module, path, "cached") is module.cached


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
    with load(path) as module, pytest.raises((SourceError, UnsupportedError)) as caught:
        find(module, path, name)
    assert type(caught.value) is kind
    assert words in str(caught.value)
    assert caught.value.exit_code == 3
