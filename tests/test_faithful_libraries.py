"""The examples in the documentation of real libraries give the same traced as plain."""

import ast
import copy
import decimal
import doctest
import gc
import importlib
import inspect
import itertools
import random
import signal

import pytest
from faithful import assert_faithful, observe

from tracer.errors import SourceError, UnsupportedError
from tracer.options import RunOptions
from tracer.run import driver, run
from tracer.tape import LimitReached

# module -> how many of its examples can be run twice, at the least
MODULES = {
    **{"statistics": 40, "fractions": 3, "heapq": 1, "difflib": 20, "collections": 8},
    **{"more_itertools.recipes": 60, "toolz.itertoolz": 50, "toolz.dicttoolz": 20, "toolz.functoolz": 20},
    "mpmath.calculus.polynomials": 4,
}
# For modules whose documentation has no examples, and recipes from the documentation of itertools.
CALLS = """
import bisect, calendar, cmath, colorsys, datetime, decimal, fractions, functools, heapq, itertools, math, random, statistics
import collections, operator, string, struct, json, textwrap
def windowed(xs, n):
    queue = collections.deque(itertools.islice(xs, n - 1), maxlen=n)
    for x in itertools.islice(xs, n - 1, None):
        queue.append(x)
        yield tuple(queue)
def convolve(signal, kernel):
    kernel = tuple(kernel)[::-1]
    n = len(kernel)
    padded = itertools.chain(itertools.repeat(0, n - 1), signal, itertools.repeat(0, n - 1))
    return list(map(lambda w: sum(map(operator.mul, kernel, w)), windowed(iter(list(padded)), n)))
def powerset(xs): return list(itertools.chain.from_iterable(itertools.combinations(xs, r) for r in range(len(xs) + 1)))
def sieve(n):
    data = bytearray((0, 1)) * (n // 2)
    for p in range(3, math.isqrt(n) + 1, 2):
        if data[p]: data[p * p :: p + p] = bytes(len(range(p * p, n, p + p)))
    return [2, *itertools.compress(itertools.count(), data)]
def polynomial(roots): return functools.reduce(convolve, [(1, -r) for r in roots])
def factor(n):
    for p in itertools.takewhile(lambda p: p * p <= n, itertools.count(2)):
        while not n % p:
            yield p
            n //= p
    if n > 1: yield n
def pi(digits):
    decimal.getcontext().prec = digits + 2
    three = decimal.Decimal(3)
    lasts, t, s, n, na, d, da = 0, three, 3, 1, 0, 0, 24
    while s != lasts: lasts, n, na, d, da, t = s, n + na, na + 8, d + da, da + 32, t; t = (t * n) / d; s += t
    return +s
def median_of_medians(xs):
    groups = [sorted(xs[i : i + 5]) for i in range(0, len(xs), 5)]
    return statistics.median(g[len(g) // 2] for g in groups)
"""
EXPRESSIONS = """
colorsys.rgb_to_hsv(0.2, 0.4, 0.4); colorsys.hsv_to_rgb(0.5, 0.5, 0.4); colorsys.rgb_to_hls(0.2, 0.4, 0.6); colorsys.rgb_to_yiq(0.1, 0.7, 0.3)
calendar.monthrange(2024, 2); calendar.month(2024, 2); calendar.weekday(2024, 5, 17); calendar.monthcalendar(2023, 3); calendar.isleap(1900)
fractions.Fraction.from_float(0.375); statistics.NormalDist.from_samples([1.5, 2.5, 4.0])
heapq.nsmallest(2, [3, 1, 2], key=lambda v: -v); textwrap.shorten("Hello world of words", width=12)
windowed(iter([1, 2, 3, 4.5]), 3); convolve([1.0, 2.0, 3.0], [0.5, 0.25]); powerset([1, 2, 3]); sieve(50); polynomial([5, -4, 3])
factor(99953 * 12); pi(20); median_of_medians([5, 2, 9, 1, 7, 3, 8, 4, 6, 0]); statistics.quantiles([1, 2.5, 7, 9], n=3, method="inclusive")
random.Random(4).sample([1, 2, 3, 4], 2); random.Random(2).betavariate(2.0, 3.0); statistics.pvariance([0.0, 0.25, 0.25, 1.25])
"""
EACH = 1.0  # seconds an example may take plain and traced
EXAMPLES = 100  # of one module
MOST = 200  # of what an endless iterator yields


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
    try:
        first = arguments()
        before, second, third = (copy.deepcopy(first) for _ in range(3))
    except Exception:  # an argument that cannot be made, or only once
        return None
    if any(hasattr(x, "__next__") for x in (*first[0], *first[1].values())):
        return None  # the example itself draws from it

    def plain(given):
        random.seed(1)
        result = function(*given[0], **given[1])
        return list(itertools.islice(result, MOST)) if hasattr(result, "__next__") else result

    def traced():
        random.seed(1)
        outcome = run(function, second[0], second[1], options=RunOptions(limit=300_000))
        outcome.record.graph.check()
        if outcome.error is not None:
            raise outcome.error
        return outcome.record.result

    try:
        signal.setitimer(signal.ITIMER_REAL, EACH)
        if observe(lambda: plain(before)) != observe(lambda: plain(third)):
            return None  # no two plain calls are alike
        return observe(lambda: plain(first)), observe(traced)
    except (TooSlow, SourceError, UnsupportedError, LimitReached):
        return None
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


@pytest.fixture(autouse=True)
def _bounded(monkeypatch):
    """Examples may be endless, or take long, and those of decimal set the context."""

    def stop(*_):
        raise TooSlow

    def first(result, limit=None):
        return drawn(itertools.islice(result, MOST) if hasattr(result, "__next__") else result, limit)

    drawn = driver.drawn
    monkeypatch.setattr(driver, "drawn", first)
    monkeypatch.setattr(gc, "callbacks", [])  # where the clock could strike and nobody would hear it
    before = signal.signal(signal.SIGALRM, stop)
    with decimal.localcontext():
        yield
    signal.signal(signal.SIGALRM, before)


@pytest.mark.parametrize(("name", "least"), MODULES.items())
def test_the_examples_of_a_library_come_to_the_same(name, least):
    seen = [(text, compare(*example)) for text, *example in itertools.islice(calls(name), EXAMPLES)]
    assert [(text, both) for text, both in seen if both is not None and both[0] != both[1]] == []
    assert sum(both is not None for _, both in seen) >= least


@pytest.mark.parametrize("line", [line for line in EXPRESSIONS.splitlines() if line])
def test_functions_of_the_standard_library_and_recipes_come_to_the_same(line):
    for expression in line.split(";"):
        name, _, rest = expression.strip().partition("(")
        if rest.endswith(")"):
            assert_faithful(CALLS, f"{name}({rest}")
