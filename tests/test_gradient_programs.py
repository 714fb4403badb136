"""The gradient of whole programs is their derivative in high precision."""

from __future__ import annotations

import cmath
import itertools
import math
import statistics
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from types import ModuleType
from typing import Any

import mpmath
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracer import Trace, trace
from tracer.tape import KIND

NUMBERS = st.integers(-24, 24).map(lambda n: n / 8)
_number = itertools.count()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("programs")


def compiled(folder: Path, text: str) -> Any:
    """The function `f` of a program that has a file of its own."""
    path = folder / f"program_{next(_number)}.py"
    path.write_text(text, encoding="utf-8")
    module = ModuleType(path.stem)
    exec(compile(text, str(path), "exec"), vars(module))
    return module.f


@st.composite
def programs(draw: st.DrawFn) -> tuple[str, list[float]]:
    """A straight line of smooth steps, each bounded, over some inputs."""
    count = draw(st.integers(1, 3))
    names = ["a", "b", "c"][:count]
    lines = []
    for k in range(draw(st.integers(1, 10))):
        x, y = draw(st.sampled_from(names)), draw(st.sampled_from(names))
        number = draw(NUMBERS)
        step = draw(
            st.sampled_from(
                [
                    f"{x} + {y}",
                    f"{x} - {number} * {y}",
                    f"{x} * {y} / 8.0",
                    f"{x} / (1.5 + {y} * {y})",
                    f"(2.0 + {x} * {x}) ** (m.sin({y}) / 2.0)",
                    f"m.sin({x}) * m.cos({y} + {number})",
                    f"m.exp(-{x} * {x})",
                    f"m.sqrt(1.0 + {x} * {x})",
                    f"m.log(0.5 + {x} ** 2)",
                    f"m.tanh({x} / 2.0) - m.atan({y})",
                    f"m.atan2({x}, 3.0 + {y} ** 2)",
                    f"m.hypot({x}, 1.0 + {y} * {y})",
                    f"-{x} + m.erf({y})",
                    f"abs(4.0 + {x} * {x})",
                ]
            )
        )
        lines.append(f"    v{k} = {step}")
        names.append(f"v{k}")
    inputs = [draw(NUMBERS) for _ in range(count)]
    text = f"def f({', '.join(names[:count])}):\n" + "\n".join(lines) + f"\n    return {names[-1]}\n"
    return text, inputs


@given(programs())
def test_the_gradient_of_a_program_is_its_derivative(folder: Path, program: tuple[str, list[float]]) -> None:
    text, inputs = program
    function = compiled(folder, "import math as m\n" + text)
    exact: dict[str, Any] = {"m": mpmath}
    exec(text, exact)
    t = trace(function, *inputs)
    slopes = t.gradient()
    assert list(slopes) == list(t.gradient())
    with mpmath.workdps(50):
        point = tuple(map(mpmath.mpf, inputs))
        for position, i in enumerate(t.inputs.values()):
            order = tuple(int(k == position) for k in range(len(inputs)))
            truth = (
                mpmath.diff(exact["f"], point, order)
                if len(inputs) > 1
                else mpmath.diff(exact["f"], point[0])
            )
            assert slopes[i] == pytest.approx(float(truth), rel=1e-9, abs=1e-9)


def _slopes(t: Trace, output: Any = None) -> list[float | None]:
    column = t.gradient(output)
    return [column[i] for i in t.inputs.values()]


@given(x=NUMBERS, y=NUMBERS.filter(lambda y: abs(y) > 0.2))
def test_a_real_result_of_complex_steps_has_exact_slopes(x: float, y: float) -> None:
    def f(x: float, y: float) -> float:
        z = complex(x, y)
        w = z * z + 2j * z.conjugate() - cmath.exp(z / 4.0)
        return abs(w) + 3.0 * w.real - cmath.phase(z) + (z**0.5).imag + cmath.polar(w)[0] + cmath.sqrt(z).real

    def exact(x: Any, y: Any) -> Any:
        z = mpmath.mpc(x, y)
        w = z * z + 2j * mpmath.conj(z) - mpmath.exp(z / 4)
        return 2 * abs(w) + 3 * w.real - mpmath.arg(z) + (z ** mpmath.mpf(0.5)).imag + mpmath.sqrt(z).real

    if y > 0 or x > 0.2:
        found = _slopes(trace(f, x, y))
        with mpmath.workdps(50):
            truth = [mpmath.diff(exact, (mpmath.mpf(x), mpmath.mpf(y)), n) for n in ((1, 0), (0, 1))]
        assert found == pytest.approx([float(v) for v in truth], rel=1e-9, abs=1e-9)


def test_a_real_root_of_a_negative_number_goes_through_the_complex_plane() -> None:
    def f(x: float) -> float:
        return abs(x ** (1.0 / 3.0))

    assert _slopes(trace(f, -8.0)) == pytest.approx([-1 / 12])


@pytest.mark.parametrize("kind", [int, Fraction, Decimal, float])
def test_operands_of_every_real_type_have_slopes(kind: Any) -> None:
    def f(x: Any, y: Any) -> Any:
        return x * x / y - y

    assert _slopes(trace(f, kind(6), kind(4))) == [3.0, -36 / 16 - 1.0]


def test_a_derivative_goes_through_the_fractions_of_statistics() -> None:
    def f(x: float, y: float) -> float:
        spread = statistics.variance([x, y, 1.0], 2.0) + statistics.stdev([x, y, 0.5])
        return spread + statistics.mean((x, y)) * statistics.harmonic_mean([x, y]) + Fraction(x).numerator

    def exact(x: Any, y: Any) -> Any:
        xs = [x, y, mpmath.mpf(0.5)]
        middle = mpmath.fsum(xs) / 3
        spread = ((x - 2) ** 2 + (y - 2) ** 2 + 1) / 2 + mpmath.sqrt(sum((v - middle) ** 2 for v in xs) / 2)
        return spread + (x + y) / 2 * 2 / (1 / x + 1 / y) + 4 * x

    found = _slopes(trace(f, 1.75, 0.375))
    with mpmath.workdps(50):
        truth = [mpmath.diff(exact, (mpmath.mpf(1.75), mpmath.mpf(0.375)), n) for n in ((1, 0), (0, 1))]
    assert found == pytest.approx([float(v) for v in truth], rel=1e-12)


def test_the_source_of_statistics_can_be_derived_itself() -> None:
    data = [1.5, 2.5, 2.5, 2.75, 3.25, 4.75]
    inside = _slopes(trace(statistics.stdev, data))
    middle, spread = statistics.mean(data), statistics.stdev(data)
    assert inside == pytest.approx([(x - middle) / 5 / spread for x in data], rel=1e-12)


def test_a_scalar_of_numpy_has_slopes() -> None:
    np = pytest.importorskip("numpy")

    def f(x: float) -> float:
        return (
            np.sqrt(x) * np.sin(x)
            + np.float64(x)
            + np.logaddexp(x, 1.0)
            + np.arctan2(x, 2.0)
            + np.square(x).item()
        )

    (slope,) = _slopes(trace(f, 2.0))
    truth = (
        math.sin(2) / 2 / math.sqrt(2) + math.sqrt(2) * math.cos(2) + 1 + 1 / (1 + math.exp(-1)) + 2 / 8 + 4
    )
    assert slope == pytest.approx(truth, rel=1e-14)


def test_a_method_of_decimal_has_the_slope_of_its_row() -> None:
    def f(x: Decimal) -> Decimal:
        return x.sqrt() + x.ln() + x.exp()

    (slope,) = _slopes(trace(f, Decimal("2.25")))
    assert slope == pytest.approx(0.5 / 1.5 + 1 / 2.25 + math.exp(2.25))


DEEP = 2_000_000 if KIND == "C" else 100_000


@settings(max_examples=5)
@given(st.floats(-2.0, 2.0), st.floats(-4e-6, 4e-6))
def test_a_deep_chain_is_as_exact_as_one_of_two_thousand(x: float, more: float) -> None:
    scale = 1.0 + more

    def steps(y: float, n: int) -> float:
        for _ in range(n):
            y = y * scale + 0.5
        return y

    for depth in (2_000, DEEP):
        t = trace(steps, x, depth // 2)
        assert len(t.graph) > depth
        with mpmath.workdps(30):
            truth = float(mpmath.mpf(scale) ** (depth // 2))
        assert _slopes(t)[0] == pytest.approx(truth, rel=1e-9)


def test_a_loaded_trace_has_the_same_gradient_bit_for_bit(tmp_path: Path) -> None:
    def f(x: float, y: float) -> float:
        z = complex(x, y)
        return abs(z**3) + math.gamma(x) * math.lgamma(y) + x % y

    t = trace(f, 1.7, 0.3)
    t.save(tmp_path / "t.json")
    assert list(map(repr, Trace.load(tmp_path / "t.json").gradient())) == list(map(repr, t.gradient()))
