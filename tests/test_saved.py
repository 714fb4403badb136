"""A saved trace says exactly what the record said, and a broken one says what is wrong."""

import copy
import decimal
import json
import math
import struct
from collections import namedtuple
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tracer
from tracer.analyses.gradient import gradient
from tracer.columns import Columns
from tracer.errors import TraceError
from tracer.graph import Graph, Site
from tracer.record import Branch, Call, Failure, Leak, Loop, Record
from tracer.saved import Described, dump, dumps, load, loads
from tracer.source.text import Span

SCHEMA = json.loads((Path(tracer.__file__).parent / "schema" / "trace-1.schema.json").read_text("utf-8"))
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)

SPAN = Span("f.py", 2, 8, 2, 13)


def record(data: list[Any] | None = None, result: Any = None, **changes: Any) -> Record:
    """Numbers of which each is the sum of the two before it."""
    data = [2.0, 3.0, 5.0] if data is None else data
    graph = Graph(
        names=("literal", "input", "add"),
        columns=Columns(
            codes=[1 if i < 2 else 2 for i in range(len(data))],
            args=[() if i < 2 else (i - 2, i - 1) for i in range(len(data))],
            data=data,
            site_ids=[0 if i < 2 else 1 for i in range(len(data))],
            sites=[Site(None, "a", "a", "f"), Site(SPAN, "a + b", None, "f")],
            controls=range(min(1, len(data))),
        ),
        outputs={"result": len(data) - 1} if data else {},
    )
    fields = {
        "function": "f",
        "call": "f(2.0, 3.0)",
        "result": result,
        "text": "shown",
        "inputs": dict.fromkeys(("a", "b")[: len(data)], 0),
        "graph": graph,
        "sources": {"f.py": "def f(a, b):\n    return a + b\n"},
    }
    return Record(**{**fields, **changes})


def everything() -> Record:
    """A record in which every table has a row."""
    return record(
        calls=(Call("f", "f(2.0, 3.0)", SPAN, -1, 0, 0, 3), Call("g", "g(é)", None, 0, 1, 2, 2, SPAN)),
        loops=(Loop("while a", SPAN, 1, (2, 2, 3)),),
        branches=(Branch(2, True, 3, SPAN), Branch(0, False, 1, None)),
        leaks=(Leak((0, 2), "int()", SPAN, "int(a)", 7),),
        error=Failure("ZeroDivisionError", "division by zero", SPAN, "a / b", (0, 1)),
    )


def bits(x: Any) -> Any:
    """What tells two numbers apart that == does not: type, sign of zero, payload of nan."""
    if isinstance(x, float):
        return type(x), struct.pack(">d", x)
    if isinstance(x, complex):
        return complex, bits(x.real), bits(x.imag)
    return type(x), x if isinstance(x, int) else repr(x)


any_bits = st.binary(min_size=8, max_size=8).map(lambda raw: struct.unpack(">d", raw)[0])
floats = st.one_of(st.floats(), any_bits, st.sampled_from([math.nan, -math.nan, math.inf, -0.0, 5e-324]))
numbers = st.one_of(
    floats,
    st.integers(),
    st.integers(min_value=2**53 - 2, max_value=2**53 + 2),
    st.integers(min_value=-1, max_value=1).map(lambda sign: sign * 7**6000),
    st.booleans(),
    st.builds(complex, floats, floats),
    st.fractions(),
    st.decimals(),
)
keys = st.one_of(st.integers(), st.booleans(), st.text(), st.fractions(), st.none())
results = st.recursive(
    st.one_of(numbers, st.text(), st.none(), st.just(object())),
    lambda part: st.one_of(
        st.lists(part, max_size=4),
        st.lists(part, max_size=4).map(tuple),
        st.dictionaries(keys, part, max_size=4),
        st.sets(keys, max_size=4),
        st.frozensets(keys, max_size=4),
    ),
    max_leaves=8,
)


@given(st.lists(numbers, max_size=8), results)
def test_a_saved_record_loads_as_the_record_that_was_saved(data: list[Any], result: Any) -> None:
    before = record(data, result)
    text = dumps(before)
    after = loads(text)
    assert dumps(after) == text
    assert [bits(x) for x in after.graph.data] == [bits(x) for x in data]
    assert dict(after.graph.outputs) == dict(before.graph.outputs)


@given(st.lists(numbers, max_size=4), results)
def test_a_saved_record_meets_the_published_schema(data: list[Any], result: Any) -> None:
    VALIDATOR.validate(json.loads(dumps(record(data, result))))


def test_the_schema_is_itself_valid() -> None:
    VALIDATOR.check_schema(SCHEMA)


def test_every_table_comes_back() -> None:
    before = everything()
    VALIDATOR.validate(dump(before))
    after = loads(dumps(before))
    assert json.loads(dumps(before)) == dump(before)
    assert dumps(after) == dumps(before)
    for name in (
        "function",
        "call",
        "text",
        "inputs",
        "sources",
        "calls",
        "loops",
        "branches",
        "leaks",
        "error",
    ):
        assert getattr(after, name) == getattr(before, name)
    assert [*after.graph] == [*before.graph]
    assert after.graph.controls == before.graph.controls


def test_dump_is_what_the_text_says() -> None:
    assert dump(loads(dumps(everything()))) == dump(everything())
    assert dumps(everything()).isascii()


@pytest.mark.parametrize(
    "result",
    [
        None,
        1.5,
        2**70,
        "text \ud800",
        [1, 2.0, True, None],
        (1,),
        ([], (), {}, set(), frozenset({1})),
        {"a": 1, 2: [Fraction(1, 3)], (1, "k"): {Decimal("1.50")}},
        {"b", "a", 3},
    ],
)
def test_a_plain_result_comes_back_equal_and_of_the_same_types(result: Any) -> None:
    after = loads(dumps(record(result=result))).result
    assert after == result
    assert type(after) is type(result)
    assert isinstance(result, set) or repr(after) == repr(result)


def test_the_order_of_a_set_does_not_show() -> None:
    assert dumps(record(result={"a", "b", "c"})) == dumps(record(result={"c", "b", "a"}))


def test_another_result_is_honestly_only_described() -> None:
    class Plan:
        def __repr__(self) -> str:
            return "<Plan of 3 steps>"

    Point = namedtuple("Point", "x y")
    for result, text in [(Plan(), "<Plan of 3 steps>"), (Point(1, 2), "Point(x=1, y=2)")]:
        after = loads(dumps(record(result=result))).result
        assert after == Described(text)
        assert repr(after) == text
    assert loads(dumps(record(result=[1, Plan()]))).result == [1, Described("<Plan of 3 steps>")]
    assert isinstance(loads(dumps(record(result={Plan(), Plan()}))).result, Described)


def test_what_is_described_shows_no_address_and_may_refuse() -> None:
    class Shy:
        def __repr__(self) -> str:
            raise RuntimeError("no")

    assert "0x" not in dumps(record(result=object()))
    assert loads(dumps(record(result=Shy()))).result == Described("<Shy>")


def test_a_result_that_contains_itself_is_saved() -> None:
    ring: list[Any] = [1]
    ring.append(ring)
    deep: list[Any] = []
    for _ in range(10_000):
        deep = [deep]
    for result in (ring, deep):
        text = dumps(record(result=result))
        assert dumps(loads(text)) == text


def test_numpy_numbers_keep_their_type() -> None:
    numpy = pytest.importorskip("numpy")
    data = [numpy.float32(0.1), numpy.float64(-0.0), numpy.int8(-3), numpy.uint64(2**64 - 1)]
    data += [numpy.bool_(True), numpy.complex64(1 - 2j), numpy.float16("nan"), numpy.longdouble(0.1)]
    text = dumps(record(data))
    VALIDATOR.validate(json.loads(text))
    after = loads(text).graph.data
    assert [type(x) for x in after[:-1]] == [type(x) for x in data[:-1]]
    assert [repr(x) for x in after] == [repr(x) for x in data]
    assert isinstance(after[-1], Described)
    assert dumps(loads(text)) == text


def test_an_operation_of_the_future_is_opaque() -> None:
    document = dump(record())
    document["operations"] = ["input", "wavelet"]
    after = load(document)
    assert after.graph[2].op == "wavelet"
    assert gradient(after.graph) == [None, None, 1.0]


def test_a_big_record_is_small_and_soon_read() -> None:
    data = [math.sqrt(i) for i in range(20_000)]
    text = dumps(record(data))
    assert len(text) < 45 * len(data)
    assert list(loads(text).graph.data) == data


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "not JSON"),
        ("{", "not JSON"),
        (b"\xff\xfe\xfa", "not JSON"),
        ('{"format": NaN}', "not JSON: NaN"),
        ("[" * 100_000, "not JSON"),
        ("[]", "not a saved trace"),
        ("{}", "not a saved trace"),
        ('{"format": "perfetto"}', "not a saved trace"),
        ('{"format": "tracer"}', "'version' is missing"),
        ('{"format": "tracer", "version": "1"}', "'version' is '1'"),
        ('{"format": "tracer", "version": 2}', "version 2 of the format, this tracer reads version 1"),
        ('{"format": "tracer", "version": 1}', "'spans' is missing"),
    ],
)
def test_what_is_no_trace_is_refused_with_the_reason(text: str | bytes, why: str) -> None:
    with pytest.raises(TraceError, match=why):
        loads(text)


@pytest.mark.parametrize(
    ("path", "value", "why"),
    [
        (("nodes", "op", 0), 9, "unknown operation"),
        (("nodes", "op"), [0, 0], "differ in length"),
        (("nodes", "op", 1), True, "'op' holds True"),
        (("nodes", "args", 2), [0, 2], "not older"),
        (("nodes", "args", 2), [0, 9], "not a list of nodes"),
        (("nodes", "args", 1), [0], "leaf with operands"),
        (("nodes", "data", 2), "5.0", "is not a number"),
        (("nodes", "data", 2), {"float": 1}, "is not a number"),
        (("nodes", "data", 2), {"fraction": [1, 0]}, "is not a number"),
        (("nodes", "data", 2), {"complex": [{"complex": [[], 1]}]}, "is not a number"),
        (("nodes", "data", 2), {"nan": "7ff8"}, "is not a number"),
        (("nodes", "data", 2), {"int": "ten"}, "is not a number"),
        (("nodes", "data", 2), {"decimal": "one"}, "is not a number"),
        (("nodes", "data", 2), {"numpy": ["object", 1]}, "is not a number"),
        (("nodes", "site", 0), -1, "unknown place"),
        (("nodes",), [], "'nodes' is \\[\\]"),
        (("operations", 0), None, "'operations' holds None"),
        (("sites", "span", 0), 5, "no span 5"),
        (("sites", "name", 0), 5, "'name' holds 5"),
        (("spans", 0), ["f.py", 1], "is not a span"),
        (("outputs", "result"), 9, "not a node"),
        (("inputs", "a"), 9, "not a list of nodes"),
        (("controls", 0), 9, "not a list of nodes"),
        (("calls", "parent", 1), 1, "call 1"),
        (("calls", "stop", 0), 4, "call 0"),
        (("loops", "call", 0), 2, "loop 0 ran in no call"),
        (("loops", "iterations", 0), [2, 1], "out of order"),
        (("loops", "iterations", 0), [2, 9], "not a list of nodes"),
        (("branches", "id", 0), 3, "branch 0"),
        (("leaks", "ids", 0), ["a"], "not a list of nodes"),
        (("error", "args"), [4], "not a list of nodes"),
        (("error", "message"), None, "'message' is None"),
        (("sources", "f.py"), 1, "'f.py' is 1"),
        (("result",), {"set": [[1]]}, "is not a result"),
        (("result",), {"dict": [[1]]}, "is not a result"),
        (("result",), {"tuple": 3}, "is not a number"),
        (("result",), {}, "is not a number"),
    ],
)
def test_a_broken_trace_says_what_is_broken(path: tuple[str | int, ...], value: Any, why: str) -> None:
    document = copy.deepcopy(dump(everything()))
    holder: Any = document
    for key in path[:-1]:
        holder = holder[key]
    holder[path[-1]] = value
    with pytest.raises(TraceError, match=why):
        loads(json.dumps(document))


def test_a_trace_with_a_part_missing_says_which() -> None:
    whole = dump(everything())
    for key in whole:
        part = {k: v for k, v in whole.items() if k != key}
        with pytest.raises(
            TraceError, match="not a saved trace" if key == "format" else f"'{key}' is missing"
        ):
            load(part)
        if key in ("nodes", "sites", "calls", "loops", "branches", "leaks", "error"):
            for column in whole[key]:
                rest = {k: v for k, v in whole[key].items() if k != column}
                with pytest.raises(TraceError, match=f"'{column}' is missing"):
                    load({**whole, key: rest})


json_values = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(-3, 9), st.floats(), st.sampled_from(["", "repr", "numpy"])
    ),
    lambda part: st.one_of(
        st.lists(part, max_size=3),
        st.dictionaries(st.sampled_from(["repr", "set", "dict", "int", "nan", "numpy"]), part, max_size=2),
    ),
    max_leaves=5,
)


@given(st.data())
def test_whatever_a_file_holds_only_a_trace_error_is_raised(data: st.DataObject) -> None:
    document = json.loads(dumps(everything()))
    holder, key = document, data.draw(st.sampled_from(sorted(document)))
    while isinstance(holder[key], (dict, list)) and holder[key] and data.draw(st.booleans()):
        holder = holder[key]
        key = data.draw(st.sampled_from(sorted(holder) if isinstance(holder, dict) else range(len(holder))))
    holder[key] = data.draw(json_values)
    try:
        after = load(document)
    except TraceError:
        return
    assert dumps(loads(dumps(after))) == dumps(after)


def test_a_broken_decimal_is_told_whatever_the_context_lets_pass() -> None:
    document = copy.deepcopy(dump(everything()))
    document["nodes"]["data"][2] = {"decimal": "one"}
    with decimal.localcontext(decimal.ExtendedContext), pytest.raises(TraceError, match="is not a number"):
        loads(json.dumps(document))
