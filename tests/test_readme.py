"""The README tells the truth: its commands and examples are run, its pictures are those the tool makes."""

import doctest
import re
import shlex
import shutil
from pathlib import Path

import pytest
import typer

from tracer.cli import app

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
CONSOLE = re.findall(r"```console\n(.*?)```", README, re.DOTALL)
SESSIONS = [
    session
    for block in CONSOLE
    for session in re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", block, re.MULTILINE)
]
COMMANDS = typer.main.get_command(app).commands
PYTHON = re.findall(r"```python\n(>>>.*?)```", README, re.DOTALL)
PICTURES = {
    "exhibit_b": "samples/day_one.py exhibit_b",
    "distance": "samples/projectile.py distance",
    "square_root": "samples/newton.py square_root",
    "neuron": "samples/neuron.py loss --color gradient",
    "total_paid": "tests/bench/programs/loan.py total_paid",
    "simpson": "tests/bench/programs/simpson.py simpson",
    "loss": "tests/bench/programs/mlp.py loss",
    "nbody": "tests/bench/programs/nbody.py main 1000",
}


@pytest.mark.parametrize(("command", "output"), SESSIONS, ids=[command for command, _ in SESSIONS])
def test_a_command_prints_what_the_readme_says(tracer, here, command, output):
    shutil.copytree(ROOT / "samples", here / "samples", ignore=shutil.ignore_patterns("__pycache__"))
    program, *arguments = shlex.split(command)
    assert program == "tracer"
    shown = tracer(*arguments).stdout
    # the last column of a table is padded; blanks at the end of a line cannot be seen
    assert [line.rstrip() for line in shown.splitlines()] == output.splitlines()


def test_the_commands_in_the_text_work(tracer, here):
    shutil.copytree(ROOT / "samples", here / "samples", ignore=shutil.ignore_patterns("__pycache__"))
    commands = re.findall(r"`tracer (trace samples/[^`]*)`", README)
    assert commands
    for command in commands:
        tracer(*shlex.split(command))


@pytest.mark.parametrize("text", PYTHON, ids=["trace", "value"])
def test_a_python_example_gives_what_the_readme_says(here, text):
    example = doctest.DocTestParser().get_doctest(text, {"__name__": "__main__"}, "README", "README.md", 0)
    results = doctest.DocTestRunner().run(example)
    assert results.attempted > 5
    assert results.failed == 0
    assert here.exists()


def test_the_first_screen_has_both_commands():
    screen = README[: README.index("## What it follows")]
    assert "    python -m pip install . && tracer trace samples/day_one.py exhibit_b\n" in screen
    assert '    python -m pip install -e ".[test]" && python -m pytest\n' in screen


def test_the_source_shown_is_that_of_the_sample():
    shown = re.search(r"```python\n(def exhibit_b.*?)```", README, re.DOTALL)[1]
    sample = (ROOT / "samples" / "day_one.py").read_text(encoding="utf-8")
    assert shown in re.sub(r'    """(?:(?!""").)*"""\n', "", sample, flags=re.DOTALL)


@pytest.mark.parametrize(("name", "drawing"), PICTURES.items())
def test_a_picture_shows_what_the_tool_draws(tracer, here, name, drawing):
    sample, *options = drawing.split()
    tracer("trace", ROOT / sample, *options, "-o", f"{name}.svg")
    drawn, kept = here / f"{name}.svg", ROOT / "docs" / f"{name}.svg"
    assert f"docs/{name}.svg" in README
    # the words of a picture; where they stand may differ from one version of the engine to the next
    words = [sorted(re.findall(r">([^<>]*\w[^<>]*)<", p.read_text(encoding="utf-8"))) for p in (drawn, kept)]
    command = f"tracer trace {drawing} -o docs/{name}.svg"
    assert words[0] == words[1], f"the picture has changed; to renew it: {command}"


@pytest.mark.parametrize("name", re.findall(r"\]\(([\w./]+)\)", README))
def test_a_link_of_the_readme_leads_somewhere(name):
    assert (ROOT / name).exists()


def test_every_option_is_in_the_readme():
    flags = {flag for command in COMMANDS.values() for option in command.params for flag in option.opts}
    shown = set(re.findall(r"--[a-z-]+", README))
    assert {flag for flag in flags if flag.startswith("--")} - {"--help", "--output"} <= shown
