"""What rewritten code calls instead of each kind of callee, on both tapes."""

import collections
import functools
import itertools
import math
import os.path
import statistics

import pytest
from faithful import load
from tapes import BUILT, tracer_with

MODULE = load("""
from collections import deque
from functools import lru_cache, singledispatch

def function(x):
    return x * 2.0

class Own:
    def method(self, x):
        return x + 1.0

    def __call__(self, x):
        return x * 3.0

class Queue(deque):
    pass

@singledispatch
def dispatched(x):
    return x + 1.0

@lru_cache
def cache(x):
    return x + 1.0
""")


def hooks_with(kind):
    parts = tracer_with(kind)
    made = parts["run.hooks"].Hooks(parts["tape"].Tape(transparent=True))
    made.start()
    return made


@pytest.fixture(params=BUILT)
def hooks(request):
    made = hooks_with(request.param)
    yield made
    made.end()


UNCHANGED = [
    len,
    str,
    [].append,
    {}.get,
    "".join,
    collections.deque().popleft,
    ValueError,
    dict.fromkeys,
    print,
]
CHANGED = [
    *(math.sqrt, max, sorted, map, functools.reduce, itertools.groupby, [].sort, type, locals),
    *(statistics.fmean, os.path.join, round, MODULE.function, MODULE.dispatched, MODULE.cache),
    *(functools.partial(MODULE.function), functools.partial(math.sqrt), MODULE.Own(), MODULE.Own().method),
]


@pytest.mark.parametrize("f", UNCHANGED, ids=lambda f: f.__name__)
def test_what_only_moves_numbers_stays_as_it_is(hooks, f):
    assert hooks @ f is f
    assert hooks(f) is f


@pytest.mark.parametrize("f", CHANGED, ids=lambda f: getattr(f, "__name__", type(f).__name__))
def test_what_computes_or_calls_is_converted(hooks, f):
    assert hooks @ f is not f


@pytest.mark.parametrize("f", [math.sqrt, MODULE.function, MODULE.cache, sorted], ids=lambda f: f.__name__)
def test_a_callee_is_converted_once(hooks, f):
    assert hooks @ f is hooks @ f is hooks(f)


def test_a_class_of_the_users_stays_and_its_methods_are_converted(hooks):
    assert hooks @ MODULE.Own is MODULE.Own
    own = MODULE.Own()
    method = hooks @ own.method
    assert method.__self__ is own
    assert method.__func__ is not MODULE.Own.method
    assert type(vars(MODULE.Own)["__call__"]).__name__ == "PatchedFunction"


def test_a_method_of_c_is_decided_for_each_class_that_has_it(hooks):
    for _ in range(2):
        given, own = collections.deque(), MODULE.Queue()
        for f in (given.append, own.append):
            (hooks @ f)(1.0)
        assert hooks @ given.append == given.append
        assert hooks @ own.append != own.append  # it may do something else with numbers


@pytest.mark.parametrize("kind", BUILT)
def test_when_the_run_is_over_classes_are_as_before_and_nothing_is_converted(kind):
    hooks = hooks_with(kind)
    assert hooks @ MODULE.Own is MODULE.Own
    hooks.end()
    assert type(vars(MODULE.Own)["__call__"]).__name__ == "function"
    assert hooks @ MODULE.function is MODULE.function


@pytest.mark.parametrize("kind", BUILT)
def test_a_rewritten_function_outlives_the_run(kind):
    hooks = hooks_with(kind)
    function = hooks @ MODULE.function
    hooks.end()
    assert function(3.0) == 6.0
    assert type(function(3.0)) is float
