"""A module imports only from layers below its own; siblings leave each other alone."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent / "tracer"
LAYERS = {
    **dict.fromkeys(["objects", "source", "lazy"], 0),
    "errors": 1,
    **dict.fromkeys(["ops", "options"], 2),
    "tape": 3,
    "columns": 4,
    "graph": 5,
    "record": 6,
    **dict.fromkeys(["saved", "program", "rewrite", "analyses"], 7),
    **dict.fromkeys(["run", "views"], 8),
    "api": 9,
    "": 10,  # tracer/__init__.py offers what the layers below it have
    **dict.fromkeys(["cli", "__main__"], 11),
}
INSIDE = {("__main__", "cli")}  # `python -m tracer` is the command line
MODULES = sorted(ROOT.rglob("*.py"))


def imports(module):
    """The parts of tracer that a module names, wherever in its text it does so."""
    package = ("tracer", *module.relative_to(ROOT).parent.parts)
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".") for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = [*package[: len(package) - node.level + 1]] if node.level else []
            base += node.module.split(".") if node.module else []
            yield from ([*base, alias.name] for alias in node.names)


@pytest.mark.parametrize("module", MODULES, ids=lambda m: m.relative_to(ROOT).as_posix())
def test_imports_point_down(module):
    own = module.relative_to(ROOT).with_suffix("").parts[0].replace("__init__", "")
    for path in imports(module):
        if path[0] == "tracer":
            part = path[1] if len(path) > 1 and path[1] in LAYERS else ""
            allowed = part == own or LAYERS[part] < LAYERS[own] or (own, part) in INSIDE
            assert allowed, f"{own or 'tracer'} may not import {'.'.join(path)}"
