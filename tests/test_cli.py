"""The command line: what it prints and what it writes."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SAMPLES = ROOT / "samples"
FUNCTIONS = [
    ("day_one", "exhibit_a"),
    ("day_one", "exhibit_b"),
    ("day_one", "exhibit_c"),
    ("day_one", "exhibit_d"),
    ("loan", "table"),
    ("neuron", "neuron"),
    ("newton", "square_root"),
    ("orbit", "orbit"),
    ("polynomial", "horner"),
    ("polynomial", "recursive"),
    ("projectile", "distance"),
    ("quadratic", "roots"),
]


# -- the main job -----------------------------------------------------------------------------


def test_the_first_command_draws_and_says_what_it_found(tracer, here):
    result = tracer("trace", SAMPLES / "day_one.py", "exhibit_b")
    assert result.stdout == (
        "exhibit_b() = 4.0\n"
        "\n"
        "  literal  value  gradient\n"
        "  a          2.0      -3.0\n"
        "  b         -3.0       2.0\n"
        "  c         10.0       1.0\n"
        "\n"
        "2 operations captured on 3 literals\n"
        "saved exhibit_b.svg\n"
    )
    assert result.stderr == ""
    assert "</svg>" in (here / "exhibit_b.svg").read_text(encoding="utf-8")


@pytest.mark.parametrize(("sample", "function"), FUNCTIONS)
def test_every_sample_runs_without_arguments(tracer, here, sample, function):
    result = tracer("trace", SAMPLES / f"{sample}.py", function, "-o", "out.txt", "-o", "out.json")
    assert "operations captured" in result.stdout
    assert (here / "out.txt").read_text(encoding="utf-8").strip()
    assert json.loads((here / "out.json").read_text(encoding="utf-8"))


def test_inputs_are_listed_with_value_and_gradient(tracer):
    result = tracer("trace", SAMPLES / "neuron.py", "neuron", "2.0", "0.5", "bias=6.7", "--precision", "3")
    assert result.stdout.splitlines()[:8] == [
        "neuron(2.0, 0.5, bias=6.7) = 0.8336546070121553",
        "",
        "  input  value  gradient",
        "  x1       2.0    -0.915",
        "  x2       0.5     0.305",
        "  w1      -3.0     0.610",
        "  w2       1.0     0.153",
        "  bias     6.7     0.305",
    ]
    assert "gradient" not in tracer("trace", SAMPLES / "neuron.py", "neuron", "--no-grad").stdout


def test_a_long_list_of_inputs_is_cut_and_says_so(tracer, prog):
    path = prog("def total(xs):\n    return sum(xs)\n")
    result = tracer("trace", path, "total", [float(i) for i in range(100)], "-o", "t.txt")
    assert "  and 76 more\n" in result.stdout


def test_a_very_long_result_is_cut_and_says_so(tracer, prog):
    result = tracer("trace", prog("def f(n=2.0): return [n] * 5000\n"), "f", "-o", "t.txt")
    assert "(25000 characters)" in result.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ["-3", "2.0"],
        ["-o", "f.txt", "-3", "2.0", "--theme", "dark"],
        ["--limit", "50", "-3", "--strict", "2.0"],
        ["-3", "b=2.0", "--precision", "4"],
        ["--", "-3", "2.0"],
        ["-3", "--no-grad", "--", "2.0"],
    ],
)
def test_a_negative_number_is_an_argument(tracer, prog, arguments):
    path = prog("def f(a, b): return a - b\n")
    assert tracer("trace", path, "f", *arguments).stdout.startswith("f(-3, ")


@pytest.mark.parametrize("text", ["-.5", "-1e-3", "-2+3j", "-0o17", "-0x1f", "-1_000"])
def test_every_kind_of_negative_number_is_an_argument(tracer, prog, text):
    path = prog("def f(a): return a * 1\n")
    assert f" = {eval(text)!r}\n" in tracer("trace", path, "f", text, "-o", "f.dot").stdout


def test_static_and_class_methods_have_dotted_names(tracer, prog, here):
    path = prog(
        "class Ball:\n"
        "    @staticmethod\n    def drop(h): return (2 * h / 9.81) ** 0.5\n"
        "    @classmethod\n    def double(cls, x): return cls.drop(x) * 2\n"
    )
    tracer("trace", path, "Ball.drop", "1.0")
    assert (here / "Ball.drop.svg").exists()
    assert "= 0.9030" in tracer("trace", path, "Ball.double", "1.0").stdout


def test_several_outputs_of_one_run(tracer, here, prog):
    path = prog("print('once')\ndef f(x=2.0): return x * x\n")
    names = ["a.svg", "b.dot", "c.json", "d.txt", "E.PNG"]
    result = tracer("trace", path, "f", *(word for name in names for word in ("-o", name)))
    assert result.stdout.count("once") == 1
    assert all((here / name).stat().st_size > 100 for name in names[:3])
    assert (here / "E.PNG").read_bytes().startswith(b"\x89PNG")
    assert (here / "d.txt").exists()


@pytest.mark.parametrize(
    ("form", "start"), [("svg", b"<"), ("png", b"\x89PNG"), ("dot", b"digraph"), ("json", b"{"), ("txt", b"")]
)
def test_standard_output_carries_the_view_alone(tracer, here, prog, form, start):
    path = prog("print('loading')\ndef f(x=2.0):\n    print('run' + 'ning')\n    return x * x\n")
    result = tracer("trace", path, "f", "-o", "-", "--format", form)
    assert result.stdout_bytes.startswith(start)
    assert b"captured" not in result.stdout_bytes
    assert b"running" not in result.stdout_bytes
    assert "loading\nrunning\nf() = 4.0\n" in result.stderr
    assert sorted(p.name for p in here.iterdir() if p.is_file()) == ["prog.py"]


def test_a_saved_trace_is_drawn_again_without_its_source(tracer, here, prog):
    path = prog("def f(x=2.0): return x * x\n")
    tracer("trace", path, "f", "-o", "f.json", "-o", "f.svg", "-o", "f.txt")
    (here / path).unlink()
    result = tracer("show", "f.json", "-o", "again.svg", "-o", "again.txt")
    assert result.stdout.startswith("f() = 4.0\n")
    assert (here / "again.svg").read_bytes() == (here / "f.svg").read_bytes()
    assert (here / "again.txt").read_bytes() == (here / "f.txt").read_bytes()
    assert tracer("show", "f.json").stdout.endswith("saved f.svg\n")


def test_environment_variables_share_the_options_names(tracer, here, monkeypatch):
    tracer("trace", SAMPLES / "newton.py", "square_root", "-o", "a.dot")
    monkeypatch.setenv("TRACER_THEME", "dark")
    monkeypatch.setenv("TRACER_DIRECTION", "LR")
    monkeypatch.setenv("TRACER_PRECISION", "3")
    monkeypatch.setenv("TRACER_NO_GRAD", "1")
    tracer("trace", SAMPLES / "newton.py", "square_root", "-o", "b.dot")
    monkeypatch.undo()
    os.chdir(here)
    options = ["--theme", "dark", "--direction", "lr", "--precision", "3", "--no-grad"]
    tracer("trace", SAMPLES / "newton.py", "square_root", "-o", "c.dot", *options)
    a, b, c = ((here / name).read_text(encoding="utf-8") for name in ("a.dot", "b.dot", "c.dot"))
    assert a != b == c


def test_live_only_leaves_out_what_the_result_does_not_need(tracer, here, prog):
    path = prog("def f(x=2.0):\n    unused = x * 12345.0\n    return x + 1.0\n")
    tracer("trace", path, "f", "-o", "all.dot")
    tracer("trace", path, "f", "-o", "live.dot", "--live-only")
    assert "12345" in (here / "all.dot").read_text(encoding="utf-8")
    assert "12345" not in (here / "live.dot").read_text(encoding="utf-8")


def test_open_shows_the_first_picture(tracer, monkeypatch):
    shown = []
    monkeypatch.setattr("typer.launch", lambda path: shown.append(path) or 0)
    tracer("trace", SAMPLES / "day_one.py", "exhibit_b", "--open")
    assert [Path(path).name for path in shown] == ["exhibit_b.svg"]
    assert (
        "--open" in tracer("trace", SAMPLES / "day_one.py", "exhibit_b", "-o", "-", "--open", code=2).stderr
    )


def test_verify_prints_a_certificate(tracer):
    result = tracer("trace", SAMPLES / "orbit.py", "orbit", "--verify")
    assert "traced and plain run are identical" in result.stdout
    assert "1 left the graph" in result.stdout


def test_verify_exits_with_6_when_the_runs_differ(tracer, prog):
    path = prog("calls = []\ndef f(x=2.0):\n    calls.append(x)\n    return x * len(calls)\n")
    result = tracer("trace", path, "f", "--verify", code=6)
    assert "NOT identical" in result.stdout
    assert "result is" in result.stdout


def test_verify_does_not_wait_for_a_run_that_never_ends(tracer, prog):
    path = prog("def f(x=1.0):\n    while True:\n        x += 1.0\n")
    result = tracer("trace", path, "f", "--verify", "--limit", "50", "--no-grad", code=6)
    assert "not compared: the limit of 50" in result.stdout


def test_a_leak_is_listed_and_strict_makes_it_an_error(tracer, prog, here):
    path = prog("def f(n=3.0):\n    return [1.0, 2.0, 3.0, 4.0][int(n)] * 2.0\n")
    result = tracer("trace", path, "f")
    assert "where a number left the graph:\n  prog.py:2:" in result.stdout
    strict = tracer("trace", path, "f", "--strict", code=6)
    assert "--strict" in strict.stderr
    assert (here / "f.svg").exists()
    tracer("trace", SAMPLES / "day_one.py", "exhibit_b", "--strict")


# -- the other commands -----------------------------------------------------------------------


def test_list_shows_what_can_be_traced_and_runs_nothing(tracer, prog):
    path = prog('raise SystemExit\ndef f(a, b=2.0) -> float:\n    "A sum."\n\ndef g(): ...\n')
    assert tracer("list", path).stdout == "f(a, b=2.0) -> float           A sum.\ng()\n"
    assert "no function" in tracer("list", prog("x = 1\n")).stdout
    assert "exhibit_b() -> float" in tracer("list", SAMPLES / "day_one.py").stdout


def test_source_prints_the_rewritten_code(tracer):
    text = tracer("source", SAMPLES / "newton.py", "square_root").stdout
    assert "(__tracer__ @ abs)(guess * guess - a)" in text
    compile(text, "source", "exec")


def test_version_and_help(tracer):
    assert tracer("--version").stdout.startswith("tracer")
    for command in ("trace", "list", "source", "show"):
        assert "Usage: tracer" in tracer(command, "--help").stdout.replace("Usage: root", "Usage: tracer")


def test_python_dash_m_is_the_same_command(process):
    done = process("trace", SAMPLES / "day_one.py", "exhibit_b")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("exhibit_b() = 4.0\n")
    assert process("--help").stdout.count("Usage: tracer ") == 1


def test_the_shell_completes_functions():
    words = f"tracer trace {SAMPLES / 'day_one.py'} exhibit_"
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "_TRACER_COMPLETE": "complete_bash"}
    environment |= {"COMP_WORDS": words, "COMP_CWORD": "3"}
    done = subprocess.run(
        [sys.executable, "-m", "tracer"], capture_output=True, encoding="utf-8", env=environment, check=False
    )
    assert done.stdout.split() == ["exhibit_a", "exhibit_b", "exhibit_c", "exhibit_d"]


# -- on a terminal ----------------------------------------------------------------------------


@pytest.mark.skipif(os.name == "nt", reason="needs a pseudo-terminal")
@pytest.mark.parametrize(("seconds", "shown"), [(0.0, False), (1.6, True)])
def test_progress_appears_on_a_terminal_after_a_second(prog, here, seconds, shown):
    path = prog(f"import time\ndef f(x=1.0):\n    time.sleep({seconds})\n    return x\n")
    ours, theirs = os.openpty()
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TERM": "xterm"}
    command = [sys.executable, "-m", "tracer", "trace", path, "f", "-o", "f.txt"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=theirs, cwd=here, env=environment) as child:
        os.close(theirs)
        words = b""
        while True:
            try:
                part = os.read(ours, 4096)
            except OSError:  # Linux: the other end is closed
                break
            if not part:
                break
            words += part
        out, _ = child.communicate(timeout=30)
    os.close(ours)
    assert child.returncode == 0
    assert (b"running f" in words) is shown
    assert b"running" not in out


@pytest.mark.parametrize("level", ["none", "operation"])
def test_an_exception_hangs_on_the_number_it_speaks_of(tracer, prog, here, level):
    program = "def f(x):\n    for k in range(3):\n        y = x - k\n        if y < 0:\n"
    program += "            raise ValueError(f'{y} is too small')\n    return y\n"
    tracer("trace", prog(program), "f", "1.0", "--fold", level, "-o", "f.dot", code=1)
    arrows = re.findall(r"(\w+) -> failure", (here / "f.dot").read_text())
    assert len(arrows) == 1
    assert re.search(rf"^ *{arrows[0]} .*>y<", (here / "f.dot").read_text(), re.MULTILINE)
