"""Which number matters, by which way, how near a decision was: laws and small cases."""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from tracer import Trace, TraceError, trace

RATE = 0.05


def energy(mass: float, speed: float) -> float:
    half = mass * speed**2
    return half / 2.0 + RATE * mass


def test_numbers_are_ranked_by_what_one_percent_of_them_does() -> None:
    found = trace(energy, 3.0, 4.0).sensitivity()
    assert [(i.name, i.kind) for i in found] == [
        *(("2", "literal"), ("speed", "input"), ("mass", "input"), ("2.0", "literal"), ("RATE", "constant")),
    ]
    sizes = [abs(i.elasticity or 0.0) for i in found]
    assert sizes == sorted(sizes, reverse=True)


def test_an_elasticity_is_what_a_small_change_does() -> None:
    t = trace(energy, 3.0, 4.0)
    speed = next(i for i in t.sensitivity() if i.name == "speed")
    assert speed.elasticity is not None
    moved = energy(3.0, 4.0 * 1.0001) / t.result - 1
    assert speed.elasticity == pytest.approx(moved / 0.0001, rel=1e-3)
    assert speed.span is not None
    assert speed.span.line == next(
        n for n, line in enumerate(_own_lines(), 1) if line.startswith("def energy")
    )


def _own_lines() -> list[str]:
    return Path(__file__).read_text(encoding="utf-8").splitlines()


def test_a_global_that_is_used_often_is_one_row() -> None:
    def f(x: float) -> float:
        for _ in range(3):
            x = x + RATE
        return x

    (rate,) = [i for i in trace(f, 1.0).sensitivity() if i.kind == "constant"]
    assert (rate.name, rate.gradient, len(rate.ids)) == ("RATE", 3.0, 3)


def test_of_a_result_of_0_the_largest_gradient_comes_first() -> None:
    found = trace(lambda a, b: 2.0 * a - b, 1.0, 2.0).sensitivity()
    assert [i.elasticity for i in found] == [None] * 3
    assert found[0].gradient == 2.0


def test_what_only_moves_in_steps_says_so() -> None:
    found = {i.name: i for i in trace(lambda a, b: math.floor(a) * b, 2.5, 3.0).sensitivity()}
    assert (found["a"].gradient, found["a"].note) == (0.0, "steps")
    assert found["b"].note == ""


def test_what_is_unknown_comes_last_and_says_so() -> None:
    def f(a: float, b: float) -> float:
        return float.fromhex(a.hex()) + math.gcd(int(b), 4) * b

    t = trace(f, 2.5, 3.0)
    assert t.sensitivity()[-1].note in ("unknown", "steps")


def test_paths_sum_to_the_gradient() -> None:
    def f(a: float, b: float) -> float:
        c = a * b
        d = c + a
        return c * d + math.sin(a)

    t = trace(f, 1.5, -0.5)
    flow = t.paths("a", k=100)
    assert len(flow) == 4
    assert flow.subtotal == pytest.approx(flow.total)
    assert flow.total == t.gradient()[t.inputs["a"]]
    sizes = [abs(p.derivative) for p in flow]
    assert sizes == sorted(sizes, reverse=True)
    for path in flow:
        assert path.derivative == pytest.approx(math.prod(s.real for s in path.slopes))
        assert (path.ids[0], path.ids[-1]) == (t.inputs["a"], t.graph.outputs["result"])
        assert all(i in t.graph[j].args for i, j in zip(path.ids, path.ids[1:], strict=False))
        assert path.share == pytest.approx(path.derivative / flow.total)


def test_the_paths_that_are_listed_are_the_greatest() -> None:
    def f(x: float) -> float:
        for k in range(12):
            x = x * 2.0 + x / (k + 3.0)
        return x

    t = trace(f, 1.0)
    assert [p.derivative for p in t.paths("x", k=3)] == pytest.approx(
        sorted((p.derivative for p in t.paths("x", k=5000)), reverse=True)[:3]
    )


def test_paths_through_complex_numbers_sum_too() -> None:
    def f(x: float) -> float:
        z = complex(x, 2.0)
        return abs(z * z.conjugate() + z)

    flow = trace(f, 1.5).paths("x", k=10)
    assert flow.subtotal == pytest.approx(flow.total)


def test_a_long_run_has_paths_in_linear_time() -> None:
    def f(x: float) -> float:
        for _ in range(20_000):
            x = x * 1.00001 + x * 1e-7
        return x

    assert len(trace(f, 1.0).paths("x", k=2)[0].ids) == 2 + 2 * 20_000 - 1


@pytest.mark.parametrize(
    ("ask", "message", "hint"),
    [
        (lambda t: t.gradient(2), "there is no output 2: there are 2 outputs", "there is result"),
        (lambda t: t.gradient(-3), "there is no output -3", "result"),
        (lambda t: t.gradient("result[9]"), "there is no output 'result", "did you mean 'result"),
        (lambda t: t.paths("first"), "there is no input 'first'", "did you mean 'fist'?"),
        (lambda t: t.paths(99), "there is no node 99: there are", None),
        (lambda t: t.paths("other", "result[0]"), "no path leads from other to result", "t.dead()"),
    ],
)
def test_what_does_not_exist_is_told_with_what_does(
    ask: Callable[[Trace], Any], message: str, hint: str
) -> None:
    def f(fist: float, other: float) -> list[float]:
        return [fist * 2.0, other * 3.0]

    with pytest.raises(TraceError) as caught:
        ask(trace(f, 1.0, 2.0))
    assert message in caught.value.message
    assert hint is None or hint in (caught.value.hint or "")


def test_a_node_of_another_run_is_refused() -> None:
    t, other = trace(lambda a: a * 2.0 + 1.0, 1.0), trace(energy, 3.0, 4.0)
    for node in (other.graph[-1], other.graph[1]):
        with pytest.raises(TraceError, match="is not a node of this trace"):
            t.gradient(node)
        with pytest.raises(TraceError, match="is not a node of this trace"):
            t.paths(node)
    with pytest.raises(TraceError, match=r"by its position, its name or a node, not by 0\.5"):
        t.gradient(0.5)  # type: ignore[arg-type]  # that is what is tested


def test_a_result_without_numbers_has_no_gradient() -> None:
    with pytest.raises(TraceError, match="holds no number that was traced"):
        trace(lambda x: None, 1.0).gradient()
    with pytest.raises(TraceError, match="holds no number that the graph could follow"):
        trace(lambda x: f"{x:.2f}", 1.0).gradient()


def test_a_complex_result_asks_for_its_part() -> None:
    t = trace(lambda x: complex(x, 2.0 * x) ** 2, 3.0)
    with pytest.raises(TraceError, match=r'"result.real", "result.imag"'):
        t.gradient()
    x = t.inputs["x"]
    assert t.gradient("result.real")[x] == pytest.approx(-18.0)
    assert t.gradient("result.imag")[x] == pytest.approx(24.0)
    assert t.jacobian() == {
        "result.real": {"x": pytest.approx(-18.0)},
        "result.imag": {"x": pytest.approx(24.0)},
    }


def test_any_node_can_be_derived_and_derived_by() -> None:
    t = trace(energy, 3.0, 4.0)
    half = next(n for n in t.graph if n.name == "half")
    assert t.gradient(half)[t.inputs["mass"]] == 16.0
    assert len(t.paths(half)) == 1


def test_a_jacobian_has_a_row_an_output() -> None:
    t = trace(lambda a, b: {"sum": a + b, "product": [a * b]}, 2.0, 3.0)
    assert t.jacobian() == {
        "result['sum']": {"a": 1.0, "b": 1.0},
        "result['product'][0]": {"a": 3.0, "b": 2.0},
    }


def test_a_hessian_is_symmetric_and_right() -> None:
    def f(a: float, b: float) -> float:
        return a**3 * math.exp(b) + math.log(a) / b

    a, b = 1.3, 0.7
    found = trace(f, a, b).hessian()
    assert found["a"]["b"] == pytest.approx(found["b"]["a"])
    assert found["a"]["a"] == pytest.approx(6 * a * math.exp(b) - 1 / (a * a * b))
    assert found["a"]["b"] == pytest.approx(3 * a * a * math.exp(b) - 1 / (a * b * b))
    assert found["b"]["b"] == pytest.approx(a**3 * math.exp(b) + 2 * math.log(a) / b**3)


def test_the_gradient_is_a_graph_that_can_be_drawn_saved_and_derived_again(tmp_path: Path) -> None:
    t = trace(energy, 3.0, 4.0)
    derived = t.gradient_graph()
    derived.graph.check()
    assert derived.result == {"∂result/∂mass": 8.05, "∂result/∂speed": 12.0}
    assert list(derived.graph)[: len(t.graph)] == list(t.graph)
    assert derived.gradient("∂result/∂speed")[t.inputs["speed"]] == 3.0
    third = derived.gradient_graph("∂result/∂speed").gradient("∂∂result/∂speed/∂speed")
    assert third[t.inputs["mass"]] == pytest.approx(1.0)
    derived.save(tmp_path / "g.dot")
    derived.save(tmp_path / "g.json")
    assert Trace.load(tmp_path / "g.json") == derived


def test_a_derivative_that_is_not_known_has_no_graph() -> None:
    derived = trace(
        lambda x, y: float.fromhex(x.hex()) * x.as_integer_ratio()[0] + abs(y), 2.5, 1.0
    ).gradient_graph()
    assert derived.result["∂result/∂y"] == 1.0


def choose(a: float, b: float) -> float:
    if a * a > 2.0 * b:
        return a
    return b


def test_a_decision_knows_its_margin_and_what_would_turn_it() -> None:
    t = trace(choose, 3.0, 4.0)
    (decision,) = t.branches
    assert decision.margin == 1.0
    assert decision.flip == {"a": pytest.approx(-1 / 6), "b": pytest.approx(0.5)}
    step = decision.flip["b"]
    assert step is not None
    assert trace(choose, 3.0, 4.0 + step * 1.001).branches[0].taken is not decision.taken


def test_a_number_tested_by_itself_has_a_margin_and_a_truth_value_none() -> None:
    def f(x: float) -> float:
        if x - 1.0:
            x = x + 1.0
        if math.isnan(x):
            return 0.0
        return x

    first, second = trace(f, 3.0).branches
    assert (first.margin, first.flip) == (2.0, {"x": -2.0})
    assert (second.margin, second.flip) == (None, {"x": None})


@pytest.mark.parametrize(
    ("x", "y", "margin"),
    [
        (10**400, 0.5, math.inf),
        (-(10**400), 0.5, -math.inf),
        (10**400, 10**400 + 1, -1.0),
        (10**400, -(10**400), math.inf),
        (10**400, math.inf, -math.inf),
        (Decimal("0.1"), 0.1, -5.551115123125783e-18),
        (Fraction(1, 10**400), 0, 5e-324),
        (Fraction(1, 3), 0, 1 / 3),
    ],
)
def test_a_margin_has_the_sign_of_the_exact_difference(x: Any, y: Any, margin: float) -> None:
    (decision,) = trace(lambda x, y: 1.0 if x > y else 2.0, x, y).branches
    assert decision.margin == margin


def test_a_decision_that_an_input_has_no_part_in_is_not_turned_by_it() -> None:
    decision = trace(lambda a, b: a if a > 1.0 else b, 3.0, 4.0).branches[0]
    assert decision.flip == {"a": -2.0, "b": None}


@pytest.mark.parametrize("kind", [int, Fraction, Decimal])
def test_margins_of_exact_numbers(kind: Any) -> None:
    assert trace(lambda a: a > kind(1), kind(3)).graph[-1].data is True
    assert trace(lambda a: a if a > kind(1) else a * 2, kind(3)).branches[0].margin == 2.0


def test_branches_are_a_sequence_as_before() -> None:
    t = trace(choose, 3.0, 4.0)
    assert len(t.branches) == 1
    assert [b.margin for b in t.branches[:1]] == [1.0]
    assert t.branches[-1].taken is True
    with pytest.raises(IndexError):
        t.branches[1]
