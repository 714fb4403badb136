"""`tracer grad`: which number matters, as a table, as JSON, and by exit code."""

import json
from pathlib import Path

SAMPLES = Path(__file__).parent.parent / "samples"


def rows(text):
    """The lines of the table, split into cells."""
    lines = text.splitlines()
    head = next(i for i, line in enumerate(lines) if "gradient" in line)
    return [line.split() for line in lines[head + 1 :] if line.startswith(" ") and len(line.split()) > 4]


def test_numbers_are_ranked_with_their_places(tracer, prog):
    prog("def f(x, rate=0.05):\n    return x * (1.0 + rate) ** 10\n")
    result = tracer("grad", "prog.py", "f", "100.0")
    assert result.stdout.startswith("f(100.0) = 162.889")
    table = rows(result.stdout)
    assert [row[0] for row in table] == ["1.0", "x", "10", "rate"]
    assert table[1] == ["x", "input", "100.0", "1.62889", "1", "%", "prog.py:1:7"]
    assert "1.0 at line 2: a 1 % change moves the result by 9.52 %" in result.stdout


def test_the_largest_gradient_first_by_option(tracer, prog):
    prog("def f(x, y):\n    return x * 1000.0 + y * y\n")
    assert rows(tracer("grad", "prog.py", "f", "0.001", "5.0", "--by", "gradient").stdout)[0][0] == "x"
    assert rows(tracer("grad", "prog.py", "f", "0.001", "5.0").stdout)[0][0] == "y"


def test_json_has_all_of_it(tracer, prog):
    prog("import math\ndef f(x):\n    return [x, math.floor(x) + math.inf * x]\n")
    found = json.loads(tracer("grad", "prog.py", "f", "2.5", "--of", "result[1]", "--json").stdout)
    assert (found["output"], found["value"]) == ("result[1]", {"float": "inf"})
    x = next(n for n in found["numbers"] if n["name"] == "x")
    assert (x["gradient"], x["kind"], x["place"]) == ("inf", "input", "prog.py:2:7")
    assert [e["text"] for e in found["obstacles"]] == ["math.floor(x)"]
    assert found["nan_origins"] == ["inf born: math.inf"] or found["nan_origins"][0].startswith(
        "inf born at line 3"
    )


def test_strict_fails_where_a_derivative_ends(tracer, prog):
    prog("import math\ndef smooth(x):\n    return x * x\ndef steps(x):\n    return math.floor(x) * x\n")
    tracer("grad", "prog.py", "smooth", "2.5", "--strict-grad")
    result = tracer("grad", "prog.py", "steps", "2.5", "--strict-grad", code=6)
    assert "math.floor(x) moves in steps" in result.stdout


def test_what_is_not_there_is_refused(tracer, prog):
    prog("def f(x):\n    return [x, x * 2.0]\ndef g(x):\n    return None\ndef h(x):\n    return x / 0\n")
    assert (
        "did you mean 'result[" in tracer("grad", "prog.py", "f", "1.0", "--of", "result[7]", code=4).output
    )
    assert "no number that was traced" in tracer("grad", "prog.py", "g", "1.0", code=4).output
    assert "ZeroDivisionError" in tracer("grad", "prog.py", "h", "1.0", code=1).output


def test_a_run_says_where_nan_first_appeared(tracer, prog):
    prog("def f(x):\n    big = x * 1e308\n    big = big * 10.0\n    return big - big\n")
    lines = tracer("trace", "prog.py", "f", "2.0").stdout.splitlines()
    assert "inf born at line 2: 2.0 * 1e+308" in lines
    assert "NaN born at line 4: inf - inf" in lines


def test_negative_numbers_are_arguments(tracer, prog):
    prog("def f(x):\n    return x ** 2\n")
    result = tracer("grad", "prog.py", "f", "-3.0")
    assert ["x", "input", "-3.0", "-6.0", "2", "%"] in [row[:6] for row in rows(result.stdout)]
    assert "unknown" in result.stdout


def test_every_sample_has_numbers_that_matter(tracer):
    for sample, function in (
        ("loan", "table"),
        ("projectile", "distance"),
        ("neuron", "loss"),
        ("orbit", "orbit"),
    ):
        assert rows(tracer("grad", SAMPLES / f"{sample}.py", function).stdout)


def test_a_part_of_a_complex_result_is_shown_with_its_value(tracer, prog):
    prog("def f(x):\n    return complex(x, 2.0) ** 2\n")
    assert "of result.imag = 4.0" in tracer("grad", "prog.py", "f", "1.0", "--of", "result.imag").stdout
    assert (
        json.loads(tracer("grad", "prog.py", "f", "1.0", "--of", "result.imag", "--json").stdout)["value"]
        == 4.0
    )
    assert "result.real" in tracer("grad", "prog.py", "f", "1.0", code=4).output


def test_a_gradient_of_0_says_what_it_means(tracer, prog):
    prog(
        "import math\n"
        "def f(x, n, k, unused):\n"
        "    for _ in range(n):\n"
        "        x = x * 2.0 + math.floor(k)\n"
        "    return x\n"
    )
    table = rows(tracer("grad", "prog.py", "f", "1.5", "3", "2.5", "9.0").stdout)
    notes = {row[0]: " ".join(row[3:5]) for row in table if row[1] == "input"}
    assert notes["n"] == "0.0 (steers)"
    assert notes["k"] == "0.0 (steps)"
    assert notes["unused"] == "0.0 (unused)"


def test_trace_fails_where_a_derivative_ends_by_option(tracer, prog):
    prog(
        "import math\n"
        "def smooth(x):\n    return x * x\n"
        "def steps(x):\n    return [x, math.floor(x) * x]\n"
        "def unknown(n, x):\n    return math.comb(n, 2) * x\n"
        "def text(x):\n    return f'{x:.2f}'\n"
    )
    tracer("trace", "prog.py", "smooth", "2.5", "--strict-grad")
    result = tracer("trace", "prog.py", "steps", "2.5", "--strict-grad", code=6)
    assert "prog.py:5:16: math.floor(x) moves in steps" in result.stderr
    assert "saved steps.svg" in result.stdout
    tracer("trace", "prog.py", "steps", "2.5", "--strict-grad", "--of", "result[0]")
    result = tracer("trace", "prog.py", "unknown", "4", "2.5", "--strict-grad", code=6)
    assert "math.comb(n, 2) has no known derivative" in result.stderr
    result = tracer("trace", "prog.py", "text", "2.5", "--strict-grad", code=4)
    assert "holds no number that the graph could follow" in result.stderr


def test_the_summary_takes_the_derivatives_of_what_is_named(tracer, prog):
    prog("def f(x):\n    return [x * 2.0, x * 5.0]\n")
    assert "gradient of result[0]" in tracer("trace", "prog.py", "f", "1.0").stdout
    lines = tracer("trace", "prog.py", "f", "1.0", "--of", "result[1]").stdout.splitlines()
    assert lines[2].split() == ["input", "value", "gradient", "of", "result[1]"]
    assert lines[3].split() == ["x", "1.0", "5.0"]
    assert (
        "did you mean 'result[" in tracer("trace", "prog.py", "f", "1.0", "--of", "result[5]", code=4).output
    )


def test_the_summary_names_what_spoiled_a_result_a_gradient_or_the_run(tracer, prog):
    prog(
        "import math\n"
        "def slope(x):\n    return math.sqrt(x) + 1.0\n"
        "def harmless(x):\n    return min(math.inf, x) + 1.0\n"
        "def raises(x):\n    big = x * 1e308 * 10\n    return int(big - big)\n"
    )
    lines = tracer("trace", "prog.py", "slope", "0.0").stdout.splitlines()
    assert "inf born at line 3 in the gradient: slope of sqrt(0.0)" in lines
    assert "born" not in tracer("trace", "prog.py", "slope", "0.0", "--no-grad").stdout
    assert "born" not in tracer("trace", "prog.py", "harmless", "2.0").stdout
    assert "NaN born at line 8: inf - inf" in tracer("trace", "prog.py", "raises", "2.0", code=1).stdout


def test_a_shown_trace_is_tinted_as_a_run_is(tracer, prog, here):
    prog("def f(x):\n    return [x * 2.0, x * -5.0]\n")
    options = ("--color", "gradient", "--of", "result[1]", "--theme", "dark")
    tracer("trace", "prog.py", "f", "1.0", "-o", "f.json", "-o", "f.dot", *options)
    tracer("show", "f.json", "-o", "again.dot", *options)
    assert (here / "again.dot").read_text() == (here / "f.dot").read_text()
    tracer("trace", "prog.py", "f", "1.0", "-o", "plain.dot")
    assert (here / "plain.dot").read_text() != (here / "f.dot").read_text()
