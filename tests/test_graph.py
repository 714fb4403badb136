"""The frozen record answers what it was made from, and a broken one is refused."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracer.columns import Columns, Site
from tracer.errors import TraceError
from tracer.graph import Graph
from tracer.source.text import Span

SITES = [Site(Span("f.py", 1, 0, 1, 1), "a", "a", "f"), Site(None, "a + b", None, "f")]
NAMES = ("input", "add", "opaque")


def graph(shape: list[tuple[int, ...]], outputs: dict[str, int] | None = None, **columns: Any) -> Graph:
    """A graph of that shape: what has operands is a sum."""
    n = len(shape)
    whole: dict[str, Any] = {
        "names": NAMES,
        "codes": [1 if operands else 0 for operands in shape],
        "args": shape,
        "data": [float(i) for i in range(n)],
        "site_ids": [1 if operands else 0 for operands in shape],
        "sites": SITES,
    }
    whole.update(columns)
    names, outputs = whole.pop("names"), {"result": n - 1} if outputs is None else outputs
    return Graph(names=names, columns=Columns(**whole), outputs=whole.pop("outputs", outputs))


@st.composite
def shapes(draw: st.DrawFn) -> list[tuple[int, ...]]:
    """Operands of up to 12 nodes, each older than its node."""
    n = draw(st.integers(1, 12))
    return [tuple(draw(st.lists(st.integers(0, i - 1), max_size=3))) if i else () for i in range(n)]


@given(shapes())
def test_operands_older_than_their_node_make_a_sound_graph(args: list[tuple[int, ...]]) -> None:
    made = graph(args)
    assert made.check() is made
    assert [node.args for node in made] == args


@given(shapes(), st.data())
def test_ancestors_are_the_nodes_themselves_and_all_their_operands(
    args: list[tuple[int, ...]], data: st.DataObject
) -> None:
    ids = data.draw(st.lists(st.integers(0, len(args) - 1)))
    found = graph(args).ancestors(ids)
    assert found >= set(ids)
    assert all(j in found for i in found for j in args[i])
    assert all(i in ids or any(i in args[k] for k in found) for i in found)


@given(shapes(), st.data())
def test_live_is_what_an_output_was_made_from(args: list[tuple[int, ...]], data: st.DataObject) -> None:
    ids = st.integers(0, len(args) - 1)
    outputs = data.draw(st.lists(ids, max_size=3))
    controls = data.draw(st.lists(ids, max_size=3))
    made = graph(args, {f"result[{k}]": i for k, i in enumerate(outputs)}, controls=controls)
    assert made.live() == made.ancestors(outputs)
    assert made.live(control=True) == made.live() | made.ancestors(controls)


def test_without_an_output_nothing_is_live() -> None:
    assert graph([(), (), (0, 1)], {}).live() == set()


def test_depth_is_unlimited() -> None:
    chain = graph([(), *((i,) for i in range(50_000))])
    assert len(chain.check().live()) == 50_001


def test_a_node_is_made_on_demand_and_knows_its_place() -> None:
    made = graph([(), (), (0, 1)])
    node = made[2]
    assert (node.id, node.op, node.args, node.data) == (2, "add", (0, 1), 2.0)
    assert (node.text, node.name, node.label, node.span) == ("a + b", None, "a + b", None)
    assert (made[0].label, made[0].span) == ("a", SITES[0].span)
    assert made[-1] == node == made[1:][1] == [*made][2]
    assert len(made) == 3


def test_a_number_out_of_range_is_an_index_error() -> None:
    with pytest.raises(IndexError):
        graph([()])[1]


def test_kind_tells_leaves_operations_and_the_opaque_apart() -> None:
    made = graph([(), (0,), (0,)], codes=[0, 1, 2])
    assert [node.kind for node in made] == ["input", "operation", "opaque"]


@pytest.mark.parametrize(
    ("columns", "why"),
    [
        ({"codes": [0, 0]}, "differ in length"),
        ({"site_ids": [0, 0, 1, 1]}, "differ in length"),
        ({"codes": [0, 0, 3]}, "node 2 has an unknown operation"),
        ({"codes": [0, 0, -1]}, "node 2 has an unknown operation"),
        ({"site_ids": [2, 0, 1]}, "node 0 has an unknown place"),
        ({"args": [(), (), (0, 2)]}, "node 2 depends on a node that is not older"),
        ({"args": [(), (), (-1, 0)]}, "node 2 depends on a node that is not older"),
        ({"codes": [0, 0, 0]}, "node 2 is a leaf with operands"),
        ({"outputs": {"result[0]": 3}}, "output result\\[0\\] is not a node"),
    ],
)
def test_a_broken_graph_is_refused_with_the_reason(columns: dict[str, Any], why: str) -> None:
    with pytest.raises(TraceError, match=why):
        graph([(), (), (0, 1)], **columns).check()
