"""The pictures of long runs in the README are what the tool draws."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
PROGRAMS = "tests/bench/programs"


@pytest.mark.parametrize(
    ("program", "function"), [("loan", "total_paid"), ("simpson", "simpson"), ("mlp", "loss")]
)
def test_a_picture_of_a_long_run_shows_what_the_tool_draws(tracer, here, program, function):
    tracer("trace", ROOT / PROGRAMS / f"{program}.py", function)
    drawn, kept = here / f"{function}.svg", ROOT / "docs" / f"{function}.svg"
    assert f"docs/{function}.svg" in README
    words = [
        sorted(re.findall(r"<text[^>]*>([^<>]*\w[^<>]*)<", p.read_text(encoding="utf-8")))
        for p in (drawn, kept)
    ]
    command = f"tracer trace {PROGRAMS}/{program}.py {function} -o docs/{function}.svg"
    assert words[0] == words[1], f"the picture has changed; to renew it: {command}"


@pytest.mark.parametrize(
    ("program", "function", "arguments", "boxes"),
    [
        ("fibonacci", "fib", [12], 10),
        ("quicksort", "main", [100], 20),
        ("mandelbrot", "mandelbrot", [8, 6], 50),
        ("newton", "newton", [], 20),
        ("loan", "total_paid", [], 30),
        ("matrix", "main", [5], 20),
        ("simpson", "simpson", ["n=200"], 40),
        ("mlp", "loss", [], 40),
        ("nbody", "main", [5], 150),
    ],
)
def test_a_long_run_becomes_few_boxes(tracer, here, program, function, arguments, boxes):
    tracer("trace", ROOT / PROGRAMS / f"{program}.py", function, *arguments, "-o", "run.dot")
    text = (here / "run.dot").read_text()
    assert 3 < len(re.findall(r"^ *\w+ \[.*label=", text, re.MULTILINE)) <= boxes + 3  # and graph, node, edge
