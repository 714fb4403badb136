"""Bad input on the command line: the message has a place and a hint, the exit code says what kind it is,
no traceback of ours is shown and no file is half written.
"""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SAMPLES = ROOT / "samples"

ZOO = """
import asyncio
from math import sin
class Ball:
    def speed(self): return 1.0
async def later(): return 1.0
made = eval("lambda x: x")
def total_paid(amount, rate=0.1):
    return amount * rate
"""


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["no_such.py", "f"], "there is no file no_such.py"),
        ([".", "f"], "is a folder"),
        (["broken.py", "f"], "broken.py:1:7\n    def f(:\n          ^\n"),
        (["latin.py", "f"], "byte 0xfc"),
        (["zoo.py", "total_piad"], "did you mean total_paid?"),
        (["zoo.py", "Ball"], "is a class"),
        (["zoo.py", "Ball.speed"], "no object is at hand"),
        (["zoo.py", "later"], "async"),
        (["zoo.py", "sin"], "no Python source"),
        (["zoo.py", "made"], "source of made cannot be found"),
    ],
)
@pytest.mark.parametrize("command", ["trace", "source"])
def test_what_cannot_be_traced_exits_with_3(tracer, prog, here, command, arguments, words):
    prog("def f(:\n", "broken.py")
    (here / "latin.py").write_bytes(b"x = '\xfc'\n")
    prog(ZOO, "zoo.py")
    result = tracer(command, *arguments, code=3)
    assert words in result.stderr
    assert "Traceback" not in result.output
    assert not list(here.glob("*.svg"))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "missing a required argument: 'amount'"),
        (["1", "2", "3"], "too many positional arguments"),
        (["1", "z=2"], "got an unexpected keyword argument 'z'"),
    ],
)
def test_arguments_that_do_not_fit_exit_with_2_and_show_what_would(tracer, prog, here, arguments, words):
    result = tracer("trace", prog(ZOO), "total_paid", *arguments, code=2)
    assert f"total_paid(amount, rate=0.1): {words}" in result.stderr
    assert "a command line that would work: tracer trace prog.py total_paid 1.0" in result.stderr
    assert not list(here.glob("*.svg"))


def test_an_argument_that_is_no_literal_exits_with_2_and_a_hint(tracer, prog):
    result = tracer("trace", prog(ZOO), "total_paid", "many", code=2)
    assert "the argument many is not a Python literal" in result.stderr
    assert "\"'many'\"" in result.stderr


@pytest.mark.parametrize(
    "option", ["--thme=dark", "-x", "--precision=0", "--limit=-3", "--direction=UP", "-inf"]
)
def test_an_unknown_option_or_value_exits_with_2(tracer, prog, option):
    tracer("trace", prog(ZOO), "total_paid", "1", option, code=2)


def test_a_file_that_fails_on_import_shows_its_own_traceback(tracer, prog, here):
    prog("def fail():\n    return 1 / 0\n", "helper_that_fails.py")
    path = prog("print('so far')\nimport helper_that_fails\nhelper_that_fails.fail()\ndef f(): return 1.0\n")
    result = tracer("trace", path, "f", code=3)
    assert result.stdout == "so far\n"
    lines = result.stderr.splitlines()
    assert lines[0] == "Traceback (most recent call last):"
    assert [line.split(", line")[0].rpartition(os.sep)[2] for line in lines if line.startswith("  File")] == [
        'prog.py"',
        'helper_that_fails.py"',
    ]
    assert "ZeroDivisionError: division by zero" in lines
    assert "prog.py raised ZeroDivisionError while it was imported" in result.stderr
    assert not list(here.glob("*.svg"))


def test_a_function_that_raises_is_drawn_as_far_as_it_came(tracer, here):
    result = tracer("trace", SAMPLES / "quadratic.py", "roots", "1.0", "0.0", "1.0", code=1)
    lines = result.stderr.splitlines()
    assert lines[0] == "Traceback (most recent call last):"
    assert sum(line.startswith("  File") for line in lines) == 1
    assert lines[-1] == "ValueError: no real roots: the discriminant is -4.0"
    assert result.stdout.startswith("roots(1.0, 0.0, 1.0) raised ValueError")
    assert "saved roots.svg" in result.stdout
    assert "</svg>" in (here / "roots.svg").read_text(encoding="utf-8")


def test_the_traceback_of_a_chain_of_exceptions_is_the_users_own(tracer, prog):
    path = prog(
        "def g(x): return 1.0 / x\n"
        "def f(x=0.0):\n"
        "    try:\n        return g(x)\n"
        "    except ZeroDivisionError as error:\n        raise ValueError('no') from error\n"
    )
    result = tracer("trace", path, "f", code=1)
    assert "direct cause" in result.stderr
    places = [line.split(" in ")[1] for line in result.stderr.splitlines() if line.startswith("  File")]
    assert places == ["f", "g", "f"]


def test_a_limit_stops_a_function_that_never_ends(tracer, prog, here):
    path = prog("def f(x=1.0):\n    while True:\n        x = x + 1.0\n")
    result = tracer("trace", path, "f", "--limit", "20", code=1)
    assert "20" in result.stderr.splitlines()[-1]
    assert "tracer.tape" not in result.stderr
    assert (here / "f.svg").exists()


@pytest.mark.skipif(os.name == "nt", reason="Windows sends Ctrl-C to a whole console")
def test_ctrl_c_stops_the_run_and_keeps_the_picture(prog, here):
    path = prog(  # what runs in the background may have been told to ignore Ctrl-C
        "import signal, time\nsignal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "def f(x=1.0):\n    x = x * 2.0\n    print('ready', flush=True)\n"
        "    while True:\n        time.sleep(0.01)\n"
    )
    child = subprocess.Popen(
        [sys.executable, "-m", "tracer", "trace", path, "f"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        cwd=here,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    with child:
        assert child.stdout.readline() == "ready\n"
        time.sleep(0.1)
        child.send_signal(signal.SIGINT)
        out, err = child.communicate(timeout=30)
    assert child.returncode == 1
    assert err.splitlines()[-1] == "KeyboardInterrupt"
    assert str(ROOT / "tracer") not in err
    assert "raised KeyboardInterrupt" in out
    assert (here / "f.svg").exists()


def test_a_result_that_is_no_number_is_drawn_as_far_as_numbers_go(tracer, prog, here):
    path = prog("def f(x=2.0):\n    y = x * 3.0\n    return 'big' if y > 5.0 else None\n")
    result = tracer("trace", path, "f")
    assert result.stdout.startswith("f() = 'big'\n")
    assert "6.0" in (here / "f.svg").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("output", "words"),
    [
        ("f.gif", "no view for .gif"),
        ("picture", "a name without a suffix"),
        ("missing/f.svg", "there is no folder missing"),
        ("folder.svg", "folder.svg"),
        ("file.txt/f.svg", "there is no folder file.txt"),
    ],
)
def test_an_output_that_cannot_be_written_exits_with_5(tracer, prog, here, output, words):
    (here / "folder.svg").mkdir()
    (here / "file.txt").write_text("in the way")
    result = tracer("trace", prog("def f(x=2.0): return x\n"), "f", "-o", output, code=5)
    assert words in result.stderr


def test_a_folder_that_refuses_the_file_exits_with_5_and_leaves_nothing(tracer, prog, here, monkeypatch):
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    file = prog("def f(x=2.0): return x\n")
    before = sorted(here.iterdir())
    monkeypatch.setattr(os, "replace", refuse)
    result = tracer("trace", file, "f", "-o", "f.txt", code=5)
    assert "cannot write" in result.stderr
    assert sorted(here.iterdir()) == before


def test_a_wrong_suffix_is_refused_before_anything_runs(tracer, prog):
    result = tracer("trace", prog("print('ran')\ndef f(): return 1.0\n"), "f", "-o", "f.bmp", code=5)
    assert "ran" not in result.stdout
    assert ".svg" in result.stderr


@pytest.mark.skipif(os.name == "nt", reason="the engines are shell scripts")
@pytest.mark.parametrize(
    ("engine", "words"),
    [
        (None, "cannot be run"),
        ("echo 'no good' >&2; exit 3", "failed: no good"),
        ("sleep 20", "within 0.5 seconds"),
    ],
)
def test_an_engine_that_is_missing_failing_or_too_slow_exits_with_5(
    tracer, prog, here, monkeypatch, engine, words
):
    script = here / "engine"
    if engine:
        script.write_text(f"#!/bin/sh\ncat > /dev/null\n{engine}\n", encoding="utf-8")
        script.chmod(0o700)
    monkeypatch.setenv("TRACER_DOT", str(script))
    monkeypatch.setenv("TRACER_TIMEOUT", "0.5")
    (here / "f.svg").write_text("what was here before", encoding="utf-8")
    result = tracer("trace", prog("def f(x=2.0): return x * x\n"), "f", code=5)
    assert words in result.stderr
    assert "hint:" in result.stderr
    assert (here / "f.svg").read_text(encoding="utf-8") == "what was here before"


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"{}", 4), (b"not json", 4), (b"\xff\xfe", 4), (b"[1, 2]", 4), (b"", 4), (None, 4)],
)
def test_a_saved_trace_that_is_broken_exits_with_4(tracer, here, content, code):
    if content is not None:
        (here / "t.json").write_bytes(content)
    result = tracer("show", "t.json", code=code)
    assert "Traceback" not in result.output
    assert result.stderr.startswith("t.json ")
    assert not list(here.glob("*.svg"))
