"""The examples in the documentation of real libraries give the same traced as plain."""

import ast
import copy
import doctest
import importlib
import inspect
import itertools
import random
import signal

import pytest
from faithful import assert_nothing_left, observe

from tracer.errors import TracerError
from tracer.run import run
from tracer.run.driver import ITEMS
from tracer.tape.reference import LimitReached

STANDARD = (
    *("statistics", "fractions", "heapq", "bisect", "colorsys", "calendar", "random", "textwrap", "difflib"),
    *("functools", "collections", "datetime", "decimal", "cmath", "string", "json", "struct", "ast", "enum"),
    *("copy", "dataclasses", "operator", "itertools", "numbers", "shlex", "html", "ipaddress", "keyword"),
    *("locale", "math", "pprint", "quopri", "base64", "fnmatch", "glob", "posixpath", "urllib.parse"),
)
INSTALLED = ("more_itertools.recipes", "more_itertools.more", "toolz.itertoolz", "toolz.dicttoolz", "toolz.functoolz")
MPMATH = tuple(
    f"mpmath.{name}"
    for name in ("calculus.quadrature", "calculus.polynomials", "functions.functions", "functions.zeta", "identification")
)
EACH = 3.0  # seconds a call may take plain and traced
MOST = 1000  # of what an endless iterator yields


class TooSlow(BaseException):
    """The example takes longer than a test may."""


def calls(name):
    """(text, function, makers of its arguments for each run) of each call in a module's examples."""
    module = importlib.import_module(name)
    seen = set()
    for test in doctest.DocTestFinder(exclude_empty=True).find(module, module=module):
        names = {**test.globs, "print": _silent, "input": _silent}
        for example in test.examples:
            try:
                tree = ast.parse(example.source)
            except SyntaxError:
                continue
            for node in ast.walk(tree):
                text = ast.unparse(node) if isinstance(node, ast.Call) else ""
                if text and text not in seen:
                    seen.add(text)
                    try:
                        function = eval(ast.unparse(node.func), names)
                    except Exception:  # an example of an error, or of something not there
                        continue
                    if inspect.isfunction(inspect.unwrap(getattr(function, "__func__", function))):
                        yield text, function, (lambda node=node, names=names: _arguments(node, names))
            try:
                exec(compile(tree, "<example>", "exec"), names)
            except Exception:  # an example of an error
                continue


def _silent(*args, **options):
    """What an example prints is of no interest here."""


def _arguments(call, names):
    parts = [*call.args, *(k.value for k in call.keywords)]
    if any(isinstance(a, ast.Starred) for a in parts) or not all(k.arg for k in call.keywords):
        raise LookupError("star arguments")
    args = tuple(eval(ast.unparse(a), names) for a in call.args)
    return args, {k.arg: eval(ast.unparse(k.value), names) for k in call.keywords}


def compare(function, arguments):
    """What was seen plain and traced, or None where the example cannot be run twice."""

    drawn = False

    def plain():
        nonlocal drawn
        random.seed(1)
        result = function(*first[0], **first[1])
        drawn = hasattr(result, "__next__")
        return list(itertools.islice(result, ITEMS))[:MOST] if drawn else result

    def traced():
        random.seed(1)
        outcome = run(function, second[0], second[1], limit=300_000)
        outcome.record.graph.check()
        if outcome.error is not None:
            raise outcome.error
        return outcome.record.result[:MOST] if drawn else outcome.record.result

    try:
        signal.setitimer(signal.ITIMER_REAL, EACH)
        first = arguments()
        if any(hasattr(x, "__next__") for x in (*first[0], *first[1].values())):
            return None  # the example itself draws from it
        second = copy.deepcopy(first)
        return observe(plain), observe(traced)
    except (TooSlow, TracerError, LimitReached, LookupError):
        return None
    except Exception:  # an argument that cannot be made
        return None
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


@pytest.fixture(autouse=True)
def _clock():
    def stop(*_):
        raise TooSlow

    before = signal.signal(signal.SIGALRM, stop)
    yield
    signal.signal(signal.SIGALRM, before)


def differences(name):
    """How many examples were run, and what differed."""
    count, found = 0, []
    for text, function, arguments in calls(name):
        seen = compare(function, arguments)
        if seen is not None:
            count += 1
            if seen[0] != seen[1]:
                found.append((text, seen))
    return count, found
