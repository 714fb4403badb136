"""One walk into objects finds, names, replaces and puts back, and nothing of the user's runs."""

import copy
import functools
from collections import Counter, OrderedDict, defaultdict, deque, namedtuple
from dataclasses import dataclass
from fractions import Fraction
from types import FunctionType, MappingProxyType, SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tapes import BUILT, tracer_with

from tracer.analyses.compare import Comparison
from tracer.objects.storages import Reach, data, everything
from tracer.objects.walker import Replacer, walk

DATA = Reach(data)
Pair = namedtuple("Pair", "low high")


@dataclass
class Point:
    x: object
    y: object


@dataclass(frozen=True, slots=True)
class Slotted:
    u: object
    v: object


class Hostile:
    """Any code of it that runs fails."""

    __slots__ = ("kept",)

    def __init__(self, kept):
        object.__setattr__(self, "kept", kept)

    def refuse(self, *_):
        raise AssertionError("code of the user's ran")

    __getattribute__ = __getattr__ = __setattr__ = __iter__ = __len__ = __eq__ = refuse
    __bool__ = __repr__ = __getitem__ = __setitem__ = __reduce_ex__ = refuse
    __hash__ = None


class List(list):
    """A list whose methods lie."""

    def __iter__(self):
        raise AssertionError("code of the user's ran")

    __len__ = __getitem__ = __setitem__ = __iter__

    def __deepcopy__(self, memo):
        made = memo[id(self)] = List()
        list.extend(made, [copy.deepcopy(x, memo) for x in list.__iter__(self)])
        return made


numbers = st.one_of(
    st.integers(-(10**20), 10**20), st.floats(), st.complex_numbers(), st.fractions().filter(lambda q: q != 0)
)
hashable = st.recursive(
    st.one_of(numbers, st.text(max_size=3), st.none(), st.booleans()),
    lambda inner: st.one_of(
        st.tuples(inner, inner), st.builds(Pair, inner, inner), st.frozensets(inner, max_size=3)
    ),
    max_leaves=4,
)
structures = st.recursive(
    hashable,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.lists(inner, max_size=3).map(deque),
        st.lists(inner, max_size=3).map(List),
        st.tuples(inner, inner, inner),
        st.builds(Pair, inner, inner),
        st.dictionaries(hashable, inner, max_size=3),
        st.dictionaries(hashable, inner, max_size=3).map(OrderedDict),
        st.dictionaries(hashable, inner, max_size=3).map(lambda d: defaultdict(list, d)),
        st.sets(hashable, max_size=3),
        st.builds(Point, inner, inner),
        st.builds(Slotted, inner, inner),
        st.builds(slice, inner, inner, inner),
        inner.map(lambda x: [x, x]),  # shared
        inner.map(lambda x: _cycle(x)),
    ),
    max_leaves=12,
)


def _cycle(x):
    loop = [x]
    loop.append((loop, {"again": loop, "x": x}))
    return loop


def _in_place(x):
    """What can be changed in place, by path."""
    kinds = (list, deque, dict, set, Point, Slotted)
    return {path: id(y) for path, y in walk(x, DATA, "x") if issubclass(type(y), kinds)}


def _texts(x):
    return [
        (path, type(y).__name__, repr(y) if type(y) in (int, float, complex, Fraction, str, bool) else "")
        for path, y in walk(x, DATA, "x", atoms=frozenset())
    ]


@pytest.mark.parametrize("kind", BUILT)
@given(x=structures)
def test_what_goes_in_as_inputs_comes_back_as_it_was(kind, x):
    parts = tracer_with(kind)
    tape = parts["tape"].Tape(transparent=True)
    before, places = _texts(x), _in_place(x)
    inputs = parts["run.inputs"].Inputs(tape, "f", None)
    inside = inputs(x, "x")
    assert list(inputs.names.values()) == list(range(len(tape)))  # each number has a path of its own
    back = parts["run.unwrap"].Unwrap()(inside)
    assert _texts(back) == before
    assert _in_place(back) == places


@pytest.mark.parametrize("kind", BUILT)
@given(x=structures)
def test_arguments_of_opaque_calls_are_put_back(kind, x):
    parts = tracer_with(kind)
    tape = parts["tape"].Tape(transparent=True)
    handle, closed = parts["tape"].Handle, parts["run.unwrap"].DATA
    inside = parts["run.inputs"].Inputs(tape, "f", None)([x], "x")
    before = [id(y) for _, y in walk(inside, closed, "") if issubclass(type(y), handle)]
    numbers = parts["run.unwrap"].UnwrapArguments()
    numbers(inside)
    numbers.undo()
    after = [id(y) for _, y in walk(inside, closed, "") if issubclass(type(y), handle)]
    parts["run.unwrap"].Unwrap()(inside)  # hypothesis looks at it again
    assert after == before


@given(structures)
def test_a_structure_is_identical_to_an_equal_one(x):
    comparison = Comparison()
    comparison.compare(x, _copied(x), "x")
    assert comparison.differences == []


def _copied(x):
    """The same made anew, sets in another order."""

    class Copy(Replacer):
        def other(self, y, _):
            if type(y) in (set, frozenset):
                members = list(y)
                return type(y)(reversed(members))
            return y

    return Copy(Reach(everything))(copy.deepcopy(x), "")


def test_no_code_of_the_users_runs():
    x = List([Hostile(1.5), {"k": Hostile([2.5])}])

    class Doubled(Replacer):
        def other(self, y, _):
            return y * 2 if type(y) is float else y

    Doubled(Reach(everything), frozenset())(x)
    kept = vars(Hostile)["kept"].__get__
    first, second = list.__iter__(x)
    assert kept(first) == 3.0
    assert kept(second["k"]) == [5.0]


def test_the_names_of_the_paths():
    class Plain:
        def __init__(self):
            self.a = 1

    x = [Plain(), {"k": (2,)}, Pair(3, {4}), Slotted(5, deque([6])), MappingProxyType({"m": 7})]
    found = {path: y for path, y in walk(x, DATA, "x", atoms=frozenset()) if type(y) is int}
    assert found == {
        "x[0].a": 1,
        "x[1]['k'][0]": 2,
        "x[2].low": 3,
        "x[2].high{4}": 4,
        "x[3].u": 5,
        "x[3].v[0]": 6,
        "x[4]['m']": 7,
    }


def test_what_functions_keep_is_found_and_replaced():
    kept = 1.5

    def f(x=2.5, *, y=(3.5,)):
        return kept, x, y

    class Halved(Replacer):
        def other(self, y, _):
            return y / 2 if type(y) is float else y

    part = functools.partial(f, 4.5, y=5.5)
    Halved(Reach(everything), frozenset())(part)
    assert f() == (0.75, 1.25, (1.75,))
    assert part() == (0.75, 2.25, 2.75)
    assert isinstance(f, FunctionType)


def test_deep_structures_need_no_recursion():
    def deep(number):
        x = (number,)
        for i in range(50_000):
            x = (x, i) if i % 2 else [x]
        return x

    class Other(Replacer):
        def other(self, y, _):
            return 9.0 if type(y) is float else y

    x = Other(DATA, frozenset())(deep(1.5))
    comparison = Comparison()
    comparison.compare(x, deep(9.0), "x")
    assert comparison.differences == []
    comparison.compare(x, deep(1.5), "x")
    assert len(comparison.differences) == 1


@pytest.mark.parametrize(
    ("plain", "traced"),
    [
        (Slotted(1.0, 2.0), Slotted(1.0, 3.0)),
        (SimpleNamespace(a=1), SimpleNamespace(a=1, b=2)),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
        ({1, 2}, {1, 2.0}),
        ({(1, frozenset({2}))}, {(1, frozenset({2.0}))}),
        ({Slotted(1, 2), Slotted(1, 3)}, {Slotted(1, 2), Slotted(1, 4)}),
        ([0.0], [-0.0]),
        ([1.0, 2.0], [1.0]),
        (Counter({1: 2}), Counter({1: 2.0})),
    ],
)
def test_what_differs_is_found(plain, traced):
    comparison = Comparison()
    comparison.compare(plain, traced, "result")
    assert len(comparison.differences) == 1
    comparison = Comparison()
    comparison.compare(plain, plain, "result")
    assert comparison.differences == []


def test_sets_are_identical_in_any_order():
    for make in (set, frozenset):
        plain, traced = make([0, 8, 16]), make([16, 8, 0])
        assert list(plain) != list(traced)
        comparison = Comparison()
        comparison.compare([{"k": plain}], [{"k": traced}], "result")
        assert comparison.differences == []


def test_what_is_compared_by_its_text_is_named():
    comparison = Comparison()
    comparison.compare([1.0, lambda: 1], [1.0, lambda: 2], "result")
    assert comparison.by_text == ["result[1] (function)"]


def test_arrays_are_compared_by_their_bytes():
    numpy = pytest.importorskip("numpy")
    plain, traced = numpy.zeros(5000), numpy.zeros(5000)
    traced[2500] = 1e-300
    comparison = Comparison()
    comparison.compare(plain, traced, "result")
    assert len(comparison.differences) == 1
