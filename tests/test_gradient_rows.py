"""The second derivative of every row, through the graph of its gradient, against mpmath at 50 digits."""

from __future__ import annotations

from typing import Any

import mpmath
import pytest
from test_ops import EXACT, SMOOTH, _count, _points, _value

from tracer.analyses.derivation import derive
from tracer.analyses.gradient import gradient
from tracer.analyses.outputs import Seed
from tracer.columns import Columns
from tracer.graph import Graph, Site
from tracer.ops import Op

KINKED = {"min", "max", "abs", "fabs", "mod", "fmod", "remainder", "copysign", "float", "pos"}


def one_step(op: Op, xs: list[Any]) -> Graph:
    """A graph of inputs and one operation over them."""
    count = len(xs)
    return Graph(
        names=["input", op.name],
        columns=Columns(
            codes=[0] * count + [1],
            args=[()] * count + [tuple(range(count))],
            data=[*xs, _value(op, xs)],
            site_ids=[0] * (count + 1),
            sites=[Site(None, "", None, "")],
        ),
        outputs={"result": count},
    ).check()


@pytest.mark.parametrize(
    "op", [op for op in SMOOTH if not op.name.startswith("cmath")], ids=lambda op: op.name
)
def test_the_second_derivative_of_a_row_is_that_of_its_gradient(op: Op) -> None:
    count = _count(op)
    for xs in _points(op, count)[:4]:
        graph = one_step(op, xs)
        derived, values = derive(graph, Seed(count), {str(i): i for i in range(count)})
        derived.check()
        for i in range(count):
            first = gradient(graph)[i]
            assert values[str(i)] == pytest.approx(first, rel=1e-14)
            second = gradient(derived, derived.outputs[str(i)])
            for j in range(count):
                if op.name in KINKED:
                    truth = 0.0
                else:
                    order = [0] * count
                    order[i] += 1
                    order[j] += 1
                    with mpmath.workdps(50):
                        truth = float(mpmath.diff(EXACT[op.name], tuple(map(mpmath.mpf, xs)), tuple(order)))
                if op.name == "ldexp" and j == 1:
                    continue  # by a whole number
                assert second[j] == pytest.approx(truth, rel=1e-9, abs=1e-9), (i, j)
