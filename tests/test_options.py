"""An option is written down once, as a field of `tracer.options`; whatever offers it reads it there."""

import ast
import dataclasses
import re
from pathlib import Path

import pytest
import typer

from tracer import ViewError
from tracer.cli import app
from tracer.options import RunOptions, ViewOptions, choices, described
from tracer.views import VIEWS

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
NO_OPTION = {  # fields that the command line does not offer, and why
    "hurried": "the layout engine sets it",
}
FIELDS = [(kind, field) for kind in (RunOptions, ViewOptions) for field in dataclasses.fields(kind)]
READ = {  # fields that are read of what is called options or view
    node.attr
    for path in (ROOT / "tracer").rglob("*.py")
    if path.name != "options.py"
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load)
    if re.search(r"\b(options|view|RunOptions)\b", ast.unparse(node.value))
}
COMMANDS = typer.main.get_command(app).commands


def offered(command):
    """The options of a command: flag -> what it is to typer."""
    return {flag: parameter for parameter in COMMANDS[command].params for flag in parameter.opts}


def flag(field):
    return f"--{'no-' if field.default is True else ''}{field.name.replace('_', '-')}"


@pytest.mark.parametrize(("kind", "field"), FIELDS, ids=lambda x: getattr(x, "name", x))
def test_a_field_is_an_option_or_says_why_not(kind, field):
    if field.name in NO_OPTION:
        assert field.name not in described(kind)
        return
    assert field.name in described(kind), f"{field.name} needs an Option(help), or a reason in NO_OPTION"
    help_ = described(kind)[field.name][1].help
    assert help_[0].isupper()
    assert help_.endswith("."), f"the help of {field.name} is a sentence"


@pytest.mark.parametrize(("kind", "field"), FIELDS, ids=lambda x: getattr(x, "name", x))
def test_a_field_is_offered_by_its_commands_and_shown_in_the_readme(kind, field):
    if field.name in NO_OPTION:
        return
    for command in ("trace", "show") if kind is ViewOptions else ("trace", "grad"):
        parameter = offered(command)[flag(field)]
        assert parameter.default == (False if field.default is True else field.default)
        assert parameter.envvar == "TRACER_" + flag(field)[2:].replace("-", "_").upper()
    row = f"| `{flag(field)}` | {described(kind)[field.name][1].help} |"
    written = row in README.splitlines()  # by itself, or the message would show the whole page
    assert written, f"README.md needs the row {row}"


@pytest.mark.parametrize("name", [field.name for _, field in FIELDS])
def test_a_field_is_read_somewhere(name):
    assert name in READ, f"no module of tracer reads the option {name}"


def test_no_two_options_of_a_run_and_a_view_have_one_name():
    names = [field.name for _, field in FIELDS]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("suffix", VIEWS)
def test_every_view_is_a_format_and_a_suffix(tracer, suffix):
    tracer("trace", "no_such.py", "f", "-o", "-", "--format", suffix[1:], code=3)  # not a wrong option
    shown = re.sub(r"[│\s]+", " ", tracer("trace", "--help").stdout)
    assert f" {suffix}" in shown


def test_choices_are_those_of_the_type():
    found = {name: choices(kind) for name, (kind, _) in described(ViewOptions).items() if choices(kind)}
    assert found["direction"] == ("LR", "TB", None)
    assert set(found) == {"direction", "theme", "color", "fold"}
    with pytest.raises(ViewError, match="did you mean 'dark'"):
        ViewOptions(theme="darc")
