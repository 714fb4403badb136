"""Every row of the table: its forward value is Python's, its partials are the derivatives."""

from __future__ import annotations

import math

import mpmath
import pytest

from tracer.ops import BINARY, CODES, OPS, ROWS, UNARY, Op

# Where a row is sampled: smooth points, away from poles and kinks.
POINTS = (0.3, 0.7, 0.95)
ABOVE_ONE = {"acosh": (1.3, 2.7, 9.5)}
WIDE = {"gamma": (-2.7, -0.4, 0.3, 5.5), "lgamma": (-2.7, 0.3, 5.5, 40.0), "tanh": (-3.0, 0.2, 18.0)}
PAIRS = ((0.7, 1.9), (2.3, 0.4), (5.1, 3.2))
EXACT = {
    "add": lambda x, y: x + y,
    "sub": lambda x, y: x - y,
    "mul": lambda x, y: x * y,
    "truediv": lambda x, y: x / y,
    "pow": lambda x, y: x**y,
    "fpow": lambda x, y: x**y,
    "mod": lambda x, y: x - y * mpmath.floor(x / y),
    "fmod": lambda x, y: x - y * int(x / y),
    "remainder": lambda x, y: x - y * mpmath.nint(x / y),
    "atan2": mpmath.atan2,
    "copysign": lambda x, y: abs(x) * mpmath.sign(y),
    "log": lambda x, y: mpmath.log(x) / mpmath.log(y),
    "neg": lambda x: -x,
    "pos": lambda x: x,
    "abs": abs,
    "float": lambda x: x,
    "fabs": abs,
    "exp2": lambda x: mpmath.mpf(2) ** x,
    "log2": lambda x: mpmath.log(x, 2),
    "lgamma": lambda x: mpmath.log(abs(mpmath.gamma(x))),
    **{name: getattr(mpmath, name) for name in ("sqrt", "cbrt", "exp", "expm1", "log10", "log1p")},
    **{name: getattr(mpmath, name) for name in ("sin", "cos", "tan", "asin", "acos", "atan")},
    **{name: getattr(mpmath, name) for name in ("sinh", "cosh", "tanh", "asinh", "acosh", "atanh")},
    **{name: getattr(mpmath, name) for name in ("erf", "erfc", "gamma", "degrees", "radians")},
}
UNARY_ROWS = [op for op in ROWS if isinstance(op.partials, tuple) and len(op.partials) == 1 and op.name in EXACT]
BINARY_ROWS = [op for op in ROWS if isinstance(op.partials, tuple) and len(op.partials) == 2 and op.name in EXACT]


@pytest.mark.parametrize("op", UNARY_ROWS, ids=lambda op: op.name)
def test_the_partial_of_a_row_of_one_operand_is_its_derivative(op: Op) -> None:
    assert op.function is not None
    for x in ABOVE_ONE.get(op.name, WIDE.get(op.name, POINTS)):
        with mpmath.workdps(50):
            slope = mpmath.diff(EXACT[op.name], mpmath.mpf(x))
        (found,) = op.slopes(op.function(x), [x]) or ()
        assert found == pytest.approx(float(slope), rel=1e-12)


@pytest.mark.parametrize("op", BINARY_ROWS, ids=lambda op: op.name)
def test_the_partials_of_a_row_of_two_operands_are_its_derivatives(op: Op) -> None:
    assert op.function is not None
    for x, y in PAIRS:
        with mpmath.workdps(50):
            slopes = [mpmath.diff(EXACT[op.name], (mpmath.mpf(x), mpmath.mpf(y)), n) for n in ((1, 0), (0, 1))]
        found = op.slopes(op.function(x, y), [x, y])
        assert found == pytest.approx([float(s) for s in slopes], rel=1e-12, abs=1e-15)


def test_every_row_with_partials_of_one_or_two_operands_is_checked_against_mpmath() -> None:
    """A new row brings its truth along, or this test names it."""
    unchecked = {
        op.name
        for op in ROWS
        if isinstance(op.partials, tuple) and len(op.partials) <= 2 and op.name not in EXACT
    }
    by_definition = {"invert", "real", "conjugate", "ldexp", "nextafter"}
    assert unchecked <= by_definition


@pytest.mark.parametrize("name", ["sum", "fsum", "prod", "hypot", "min", "max"])
def test_the_slopes_of_a_row_of_many_operands_are_its_derivatives(name: str) -> None:
    xs = [3.0, -1.5, 0.25, 4.0]
    exact = {
        "sum": lambda *v: sum(v),
        "fsum": lambda *v: sum(v),
        "prod": lambda *v: v[0] * v[1] * v[2] * v[3],
        "hypot": lambda *v: mpmath.sqrt(sum(x * x for x in v)),
        "min": lambda *v: min(v),
        "max": lambda *v: max(v),
    }[name]
    function = OPS[name].function
    assert function is not None
    found = OPS[name].slopes(function(*xs) if name == "hypot" else function(xs), xs)
    for i in range(len(xs)):
        order = tuple(int(i == j) for j in range(len(xs)))
        assert found is not None
        assert found[i] == pytest.approx(float(mpmath.diff(exact, xs, order)), rel=1e-9, abs=1e-12)


def test_equal_candidates_of_max_leave_the_derivative_to_the_first() -> None:
    assert OPS["max"].slopes(2.0, [1.0, 2.0, 2.0]) == [0.0, 1.0, 0.0]


def test_a_step_has_slope_zero_and_an_opaque_call_none() -> None:
    assert OPS["floordiv"].slopes(3, [7, 2]) == [0.0, 0.0]
    assert OPS["opaque"].slopes(3.0, [7.0]) is None


def test_a_slope_at_a_pole_is_nan_not_an_error() -> None:
    (slope,) = OPS["sqrt"].slopes(0.0, [0.0]) or ()
    assert math.isnan(slope)


def test_names_are_unique_and_codes_fit_one_byte() -> None:
    assert len(OPS) == len(ROWS) == len(CODES) < 256


@pytest.mark.parametrize("op", [*BINARY, *UNARY], ids=lambda op: op.name)
def test_an_operator_shows_the_symbol_it_is_written_with(op: Op) -> None:
    assert op.symbol in op.python
