"""Every row of the table: its partials are the derivatives, its spellings compute it."""

from __future__ import annotations

import cmath
import decimal
import fractions
import inspect
import itertools
import json
import math
import random
import shutil
import statistics
import subprocess
from collections.abc import Callable, Sequence
from typing import Any

import mpmath
import pytest

from tracer import trace
from tracer.errors import UnsupportedError
from tracer.ops import (
    BINARY,
    CALLS,
    CODES,
    CONJUGATE,
    FLAT,
    HELD,
    OPS,
    PRIMITIVES,
    ROWS,
    UFUNCS,
    UNARY,
    Op,
    register,
)
from tracer.ops import generic as functions
from tracer.ops.row import STEPS, WHOLE

SAMPLES = 12
MODULES = {m.__name__: m for m in (math, cmath, statistics, fractions, decimal)}


def _nth_root(x: Any) -> Any:
    return mpmath.sign(x) * mpmath.cbrt(abs(x))


def _same(x: Any) -> Any:
    return x


def _variance(lost: int) -> Callable[..., Any]:
    return lambda *xs: mpmath.fsum((x - mpmath.fsum(xs) / len(xs)) ** 2 for x in xs) / (len(xs) - lost)


# What each row is, in high precision.
EXACT: dict[str, Callable[..., Any]] = {
    "add": lambda x, y: x + y,
    "sub": lambda x, y: x - y,
    "mul": lambda x, y: x * y,
    "truediv": lambda x, y: x / y,
    "pow": lambda x, y: x**y,
    "powmod": lambda x, y: x**y,
    "fpow": lambda x, y: x**y,
    "mod": lambda x, y: x - y * mpmath.floor(x / y),
    "fmod": lambda x, y: x - y * int(x / y),
    "remainder": lambda x, y: x - y * mpmath.nint(x / y),
    "atan2": mpmath.atan2,
    "copysign": lambda x, y: abs(x) * mpmath.sign(y),
    "log": lambda x, y=mpmath.e: mpmath.log(x) / mpmath.log(y),
    "ldexp": lambda x, i: x * mpmath.mpf(2) ** i,
    "neg": lambda x: -x,
    "pos": _same,
    "float": _same,
    "Decimal": _same,
    "Fraction": lambda x, y: x / y,
    "root of a fraction": lambda x, y: mpmath.sqrt(x / y),
    "abs": abs,
    "fabs": abs,
    "cbrt": _nth_root,
    "exp2": lambda x: mpmath.mpf(2) ** x,
    "log2": lambda x: mpmath.log(x, 2),
    "lgamma": mpmath.loggamma,
    "ln": mpmath.log,
    "square": lambda x: x * x,
    "reciprocal": lambda x: 1 / x,
    "sign": mpmath.sign,
    "logaddexp": lambda x, y: mpmath.log(mpmath.exp(x) + mpmath.exp(y)),
    "logaddexp2": lambda x, y: mpmath.log(mpmath.mpf(2) ** x + mpmath.mpf(2) ** y, 2),
    "fma": lambda x, y, z: x * y + z,
    **{
        name: getattr(mpmath, name)
        for name in ("sqrt", "exp", "expm1", "log10", "log1p", "degrees", "radians")
    },
    **{name: getattr(mpmath, name) for name in ("sin", "cos", "tan", "asin", "acos", "atan", "erf", "erfc")},
    **{name: getattr(mpmath, name) for name in ("sinh", "cosh", "tanh", "asinh", "acosh", "atanh", "gamma")},
    **{f"cmath.{name}": getattr(mpmath, name) for name in ("sqrt", "exp", "log10", "sin", "cos", "tan")},
    **{f"cmath.{name}": getattr(mpmath, name) for name in ("asin", "acos", "atan", "sinh", "cosh", "tanh")},
    **{f"cmath.{name}": getattr(mpmath, name) for name in ("asinh", "acosh", "atanh")},
    "cmath.log": lambda x, y=mpmath.e: mpmath.log(x) / mpmath.log(y),
    # any number of operands
    "sum": lambda *xs: mpmath.fsum(xs),
    "fsum": lambda *xs: mpmath.fsum(xs),
    "prod": lambda *xs: mpmath.fprod(xs),
    "min": min,
    "max": max,
    "hypot": lambda *xs: mpmath.sqrt(mpmath.fsum(x * x for x in xs)),
    "dist": lambda *xs: mpmath.sqrt(mpmath.fsum((p - q) ** 2 for p, q in _halves(xs))),
    "sumprod": lambda *xs: mpmath.fsum(p * q for p, q in _halves(xs)),
    "mean": lambda *xs: mpmath.fsum(xs) / len(xs),
    "harmonic_mean": lambda *xs: len(xs) / mpmath.fsum(1 / x for x in xs),
    "variance": _variance(1),
    "pvariance": _variance(0),
    "stdev": lambda *xs: mpmath.sqrt(_variance(1)(*xs)),
    "pstdev": lambda *xs: mpmath.sqrt(_variance(0)(*xs)),
}
# Slopes that are a matter of definition, or tested below.
BY_DEFINITION = {
    *(
        "numerator",
        "as_integer_ratio[0]",
        "item",
        "invert",
        "real",
        "imag",
        "nextafter",
        "heaviside",
        "complex",
        "polygamma",
        "modf[0]",
        "frexp[0]",
    ),
    *("cmath.phase", "cmath.rect"),
}
CONVENTIONS = (None, FLAT, HELD, CONJUGATE)
SMOOTH = [op for op in ROWS if op.partials not in CONVENTIONS and op.name not in BY_DEFINITION]


def _halves(xs: Sequence[Any]) -> Any:
    return zip(xs[: len(xs) // 2], xs[len(xs) // 2 :], strict=True)


def _count(op: Op) -> int:
    return len(op.partials) if isinstance(op.partials, tuple) else 2 if op.name == "powmod" else 4


def _points(op: Op, count: int) -> list[list[float]]:
    """Places all over the domain of a row."""
    dice = random.Random(op.name)
    points = []
    for _ in range(SAMPLES):
        intervals = [op.domain[min(i, len(op.domain) - 1)] for i in range(count)]
        points.append(
            [dice.randint(*map(int, i)) if i in (STEPS, WHOLE) else dice.uniform(*i) for i in intervals]
        )
    return points


def _spelling(op: Op, operands: Sequence[str]) -> str:
    """How an operation is written in Python over the texts of its operands."""
    if op.python:
        return op.python.format(*operands)
    callee = op.home or getattr(op.function, "__qualname__", op.name)
    module = getattr(op.function, "__module__", "builtins")
    if not op.home and module not in ("builtins", "__main__", None):
        callee = f"{module}.{callee}"
    if op.iterates == 2:
        half = len(operands) // 2
        return f"{callee}([{', '.join(operands[:half])}], [{', '.join(operands[half:])}])"
    return f"{callee}({'[' * op.iterates}{', '.join(operands)}{']' * op.iterates})"


def _value(op: Op, xs: Sequence[Any]) -> Any:
    """What Python computes for the row."""
    if op.function is None:
        return float(EXACT[op.name](*map(mpmath.mpf, xs)))
    return eval(_spelling(op, [repr(x) for x in xs]), MODULES)


@pytest.mark.parametrize("op", SMOOTH, ids=lambda op: op.name)
def test_the_partials_of_a_row_are_its_derivatives(op: Op) -> None:
    count = _count(op)
    for point in _points(op, count):
        xs: list[Any] = (
            [complex(x, 0.3 + 0.1 * x) for x in point] if op.name.startswith("cmath") else list(point)
        )
        found = op.slopes(_value(op, xs), xs)
        assert found is not None
        assert len(found) == count
        for i, slope in enumerate(found):
            with mpmath.workdps(50):
                exact = [mpmath.mpmathify(x) for x in xs]
                truth = mpmath.diff(lambda x, i=i, e=exact: EXACT[op.name](*e[:i], x, *e[i + 1 :]), exact[i])
            if isinstance(slope, complex):
                assert abs(slope - complex(truth)) <= 1e-12 * abs(complex(truth))
            else:
                assert slope == pytest.approx(float(truth), rel=1e-12, abs=1e-15)


@pytest.mark.parametrize("order", range(4))
@pytest.mark.parametrize("x", [0.02, 0.7, 1.3, 9.0, 41.5, -0.4, -2.7, -12.3])
def test_polygamma_is_that_of_the_handbook(order: int, x: float) -> None:
    with mpmath.workdps(50):
        truth = mpmath.polygamma(order + 1, mpmath.mpf(x))
    slopes = OPS["polygamma"].slopes(0.0, [order, x])
    assert slopes is not None
    assert slopes[1] == pytest.approx(float(truth), rel=1e-12)


@pytest.mark.parametrize("module", [math, cmath])
def test_every_function_of_a_module_has_a_row(module: Any) -> None:
    functions = {name: f for name, f in vars(module).items() if callable(f) and not name.startswith("_")}
    assert {name for name, f in functions.items() if id(f) not in PRIMITIVES} == set()


def test_every_row_with_partials_is_checked_against_high_precision() -> None:
    """A new row brings its truth along, or this test names it."""
    missing = {op.name for op in SMOOTH} - EXACT.keys()
    assert not missing, f"EXACT in tests/test_ops.py needs the truth of {missing}"


def test_every_function_of_numpy_that_is_named_exists_here_and_there() -> None:
    numpy = pytest.importorskip("numpy")
    for name, row in UFUNCS.items():
        assert isinstance(getattr(numpy, name), numpy.ufunc)
        assert row in OPS


@pytest.mark.parametrize("op", [*CALLS, *(op for op in ROWS if op.python)], ids=lambda op: op.name)
def test_the_python_spelling_computes_the_row(op: Op) -> None:
    count = 1 if op.function is None else _arity(op)
    whole = STEPS in op.domain or WHOLE in op.domain or op.partials is None or op.name == "invert"
    xs: Any = [5, 3, 2][:count] if whole else [0.5, 0.25, 2.0][:count]
    if op.name in ("acosh", "harmonic_mean"):
        xs = [x + 1 for x in xs]
    if op.name in ("ln", "quantize", "to_integral_value", "item"):
        return  # methods of Decimal and of numpy
    text = _spelling(op, [f"({x!r})" for x in xs])
    found = eval(text, MODULES)
    if op.function is not None:
        args = (xs,) if op.iterates == 1 else (xs[:1], xs[1:2]) if op.iterates else xs
        assert repr(found) == repr(op.function(*args))


def _arity(op: Op) -> int:
    """Return how many operands a call needs; 2 where it takes any number of them."""
    if isinstance(op.partials, tuple):
        return len(op.partials) if op.name == "fma" else min(2, len(op.partials))
    if op.converts is not None:
        return 1
    if op.function is None or callable(op.partials):
        return 2
    parameters = inspect.signature(op.function).parameters.values()
    required = [
        p for p in parameters if p.default is p.empty and p.kind not in (p.KEYWORD_ONLY, p.VAR_KEYWORD)
    ]
    return 2 if any(p.kind is p.VAR_POSITIONAL for p in required) else len(required)


@pytest.mark.parametrize("op", [op for op in ROWS if op.commutes], ids=lambda op: op.name)
def test_the_operands_of_a_row_that_commutes_may_change_places(op: Op) -> None:
    xs = [5, 3, 2, 7] if op.iterates or op.name in ("gcd", "lcm", "hypot") else [5, 3]
    values = [float(_value(op, order)) for order in itertools.permutations(xs)]
    assert values == pytest.approx([values[0]] * len(values), rel=1e-15)


@pytest.mark.parametrize("op", [op for op in SMOOTH if not op.commutes], ids=lambda op: op.name)
def test_a_row_whose_operands_may_change_places_says_so(op: Op) -> None:
    xs = [5, 3, 2, 7][: _count(op)]
    if len(xs) > 1:
        assert any(_value(op, list(order)) != _value(op, xs) for order in itertools.permutations(xs))


@pytest.mark.parametrize("op", [op for op in ROWS if op.latex], ids=lambda op: op.name)
def test_the_latex_spelling_is_well_formed(op: Op) -> None:
    text = op.latex.format("x_1", "x_2", "x_3")
    depth = 0
    for sign in text.replace(r"\{", "").replace(r"\}", ""):
        depth += (sign == "{") - (sign == "}")
        assert depth >= 0
    assert depth == 0
    assert text.count(r"\left") - text.count(r"\leftarrow") == text.count(r"\right")
    assert "x_1" in text


@pytest.mark.skipif(shutil.which("node") is None, reason="JavaScript is evaluated where there is node")
def test_the_javascript_spelling_computes_the_row() -> None:
    cases = []
    for op in ROWS:
        if op.js:
            xs = [1.75, 0.5][: op.js.count("{1}") + 1] if op.name == "acosh" else [0.75, 0.5]
            cases.append((op, xs, op.js.format(*xs)))
    script = f"console.log(JSON.stringify([{', '.join(f'Number({text})' for *_, text in cases)}]))"
    done = subprocess.run(["node", "-e", script], capture_output=True, text=True, check=True)
    for (op, xs, text), found in zip(cases, json.loads(done.stdout), strict=True):
        operands = xs if "{1}" in op.js else xs[:1]
        value = (
            _value(op, operands)
            if op.function is None
            else op.function(*([operands] if op.iterates else operands))
        )
        assert found == pytest.approx(float(value), rel=1e-12), text


def test_equal_candidates_of_max_leave_the_derivative_to_the_first() -> None:
    assert OPS["max"].slopes(2.0, [1.0, 2.0, 2.0]) == [0.0, 1.0, 0.0]


def test_a_step_has_slope_zero_and_an_opaque_call_none() -> None:
    assert OPS["floordiv"].slopes(3, [7, 2]) == [0.0, 0.0]
    assert OPS["opaque"].slopes(3.0, [7.0]) is None


def test_a_function_of_whole_numbers_has_no_derivative() -> None:
    for name in ("gcd", "lcm", "comb", "factorial", "xor", "lshift", "bit_length"):
        assert OPS[name].slopes(1, [1, 1]) is None
    assert OPS["powmod"].slopes(1, [3, 2, 2]) is None


@pytest.mark.parametrize(
    ("name", "xs", "slopes"),
    [
        ("sqrt", [0.0], [math.inf]),
        ("cbrt", [0.0], [math.inf]),
        ("asin", [1.0], [math.inf]),
        ("acos", [1.0], [-math.inf]),
        ("acosh", [1.0], [math.inf]),
        ("abs", [0.0], [0.0]),
        ("fabs", [-0.0], [0.0]),
        ("hypot", [0.0, 0.0], [0.0, 0.0]),
        ("pow", [0.0, 2.0], [0.0, 0.0]),
        ("pow", [0.0, 0.0], [0.0, None]),
        ("pow", [-2.0, 2.0], [-4.0, None]),
        ("fpow", [0.0, 0.5], [math.nan, 0.0]),
        ("atan2", [0.0, 0.0], [math.nan, math.nan]),
        ("copysign", [0.0, -1.0], [-0.0, 0.0]),
    ],
)
def test_at_a_kink_the_slope_is_the_one_that_is_documented(
    name: str, xs: list[float], slopes: list[float | None]
) -> None:
    function = OPS[name].function
    assert function is not None
    assert list(map(repr, OPS[name].slopes(function(*xs), xs) or ())) == list(map(repr, slopes))


def test_a_form_that_the_row_does_not_know_has_no_known_slope() -> None:
    assert OPS["sin"].slopes(0.0, [1.0, 2.0]) is None
    assert OPS["atan2"].slopes(0.0, [1.0]) is None
    assert OPS["log"].slopes(0.0, [1.0]) == [1.0]


def test_names_are_unique_and_codes_fit_one_byte() -> None:
    assert len(OPS) == len(ROWS) == len(CODES) < 256
    assert all(ROWS[code].name == name for name, code in CODES.items())


@pytest.mark.parametrize("op", [*BINARY, *UNARY], ids=lambda op: op.name)
def test_an_operator_shows_the_symbol_it_is_written_with(op: Op) -> None:
    assert op.symbol in op.python


@pytest.mark.parametrize("op", CALLS, ids=lambda op: op.name)
def test_a_row_of_several_results_names_the_row_of_each(op: Op) -> None:
    assert all(part in OPS for part in op.components)


def _softplus(x: float) -> float:
    return math.log1p(math.exp(x))


def _staircase(x: float) -> float:
    return float(math.floor(x))


@pytest.fixture
def table() -> Any:
    """The table as it was, after the test."""
    before = (list(ROWS), dict(OPS), dict(CODES), dict(PRIMITIVES))
    yield
    ROWS[:] = before[0]
    for kept, old in zip((OPS, CODES, PRIMITIVES), before[1:], strict=True):
        kept.clear()
        kept.update(old)  # type: ignore[arg-type]  # each gets its own


@pytest.mark.usefixtures("table")
def test_a_registered_function_is_a_row_like_any_other() -> None:
    op = register(
        _softplus, lambda z, x: 1 / (1 + math.exp(-x)), at=(0.5, -2.0)[:1], latex=r"\zeta\left({0}\right)"
    )
    assert OPS["_softplus"] is op
    assert ROWS[CODES["_softplus"]] is op
    assert PRIMITIVES[id(_softplus)] is op
    assert op.slopes(_softplus(0.0), [0.0]) == [0.5]


@pytest.mark.usefixtures("table")
def test_registering_again_replaces_the_row() -> None:
    register(_softplus, None)
    code = CODES["_softplus"]
    register(_softplus, "flat")
    assert CODES["_softplus"] == code
    assert ROWS[code].partials == FLAT


@pytest.mark.usefixtures("table")
@pytest.mark.parametrize("kinks", ["", "0 at its steps"])
def test_what_the_docstring_of_a_kink_says_moves_no_obstacle(kinks: str) -> None:
    register(_staircase, "flat", kinks=kinks)
    t = trace(lambda x: _staircase(x) * x, 2.5)
    assert [(o.op, o.why) for o in t.obstacles()] == [("_staircase", "step")]


def test_a_number_that_is_held_constant_is_no_step() -> None:
    t = trace(lambda x: x.numerator / x.denominator, (2.5).as_integer_ratio()[0])
    assert not t.obstacles()


@pytest.mark.usefixtures("table")
def test_a_wrong_partial_is_refused_with_both_numbers() -> None:
    with pytest.raises(UnsupportedError, match=r"operand 1 is 1 at \(0.5,\).*differences say 0.622459"):
        register(_softplus, lambda z, x: 1.0, at=(0.5,))
    for few in ({"partials": lambda z, x, y: 1.0}, {"partials": None, "many": lambda z, xs: [1.0]}):
        with pytest.raises(UnsupportedError, match="no partial for each of 2 operands"):
            register(math.atan2, name="angle", at=(1.0, 2.0), **few)


@pytest.mark.usefixtures("table")
def test_a_name_that_is_taken_is_refused() -> None:
    with pytest.raises(UnsupportedError, match="'sin' cannot be given"):
        register(_softplus, None, name="sin")
    with pytest.raises(UnsupportedError, match="hint: pass name="):
        register(lambda x: x, None)


@pytest.mark.usefixtures("table")
def test_a_function_of_any_number_of_operands_is_checked_at_several_points() -> None:
    def total(*xs: float) -> float:
        return sum(x * x for x in xs)

    op = register(total, None, many=lambda z, xs: [2 * x for x in xs], at=[(1.0, 2.0), (3.0,)])
    assert op.slopes(5.0, [1.0, 2.0]) == [2.0, 4.0]


@pytest.mark.usefixtures("table")
@pytest.mark.parametrize(("exp", "second"), [(functions.exp, 0.25), (math.exp, None)])
def test_a_registered_function_is_one_node_with_a_derivative(
    exp: Callable[[Any], Any], second: float | None
) -> None:
    register(_softplus, lambda z, x: 1 / (1 + exp(-x)), at=(0.5,))
    t = trace(lambda x: _softplus(x) * 2.0, 0.0)
    assert [n.op for n in t.graph if n.kind == "operation"] == ["_softplus", "mul"]
    assert t.gradient()[t.inputs["x"]] == 1.0
    assert t.hessian() == {"x": {"x": second if second is None else 2 * second}}
