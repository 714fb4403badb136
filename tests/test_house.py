"""The rules of the house: names of modules, words with one meaning, docstrings that say what is returned."""

import ast
import itertools
import re
import tomllib
from collections import defaultdict
from pathlib import Path

import pytest

from tracer.cli.exit_codes import EXIT_CODES
from tracer.errors import DISTRIBUTION
from tracer.views import VIEWS

ROOT = Path(__file__).parent.parent
MODULES = sorted((ROOT / "tracer").rglob("*.py"))
TREES = {path: ast.parse(path.read_text(encoding="utf-8")) for path in MODULES}

SHARED_NAMES = {  # names that several modules bear, and why
    "__init__": "the face of a package",
}
FORBIDDEN = {  # words with a private meaning -> what to say
    "again": "say what is done a second time",
    "apart": "difference, margin",
    "asked": "requested, or the thing itself",
    "asks": "requests, or the thing itself",
    "born": "origin",
    "bright": "say what is measured",
    "culprit": "nan_origin",
    "culprits": "nan_origins",
    "heard": "say what was recorded",
    "lit": "say what is coloured",
    "loan": "say what is lent to whom: a literal, a copy",
    "look": "options, kwargs",
    "meet": "say what is recorded or joined",
    "meant": "seed, wanted",
    "met": "operands",
    "nobody": "none, unused",
    "owns": "say what the module does",
    "seen": "visited, known",
    "steep": "slope",
    "tell": "describe, say",
    "tells": "describes, says",
    "told": "summary, described",
    "turn": "iteration",
    "turns": "iterations",
    "ways": "paths",
}


def name(path):
    return path.relative_to(ROOT).as_posix()


def words(identifier):
    """The words of a name: `made_by`, `_LimitReached` -> made, by, limit, reached."""
    return [word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", identifier)]


def identifiers(tree):
    """Every name that a module gives: to functions, classes, arguments, variables and attributes."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name, node.lineno
        elif isinstance(node, ast.arg):
            yield node.arg, node.lineno
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id, node.lineno
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.attr, node.lineno
        elif isinstance(node, ast.alias) and node.asname:
            yield node.asname, node.lineno


def test_a_module_has_a_name_of_its_own():
    found = defaultdict(list)
    for path in MODULES:
        found[path.stem].append(name(path))
    shared = {stem: paths for stem, paths in found.items() if len(paths) > 1}
    assert set(shared) <= set(SHARED_NAMES), "rename one, or give the reason in SHARED_NAMES"
    assert set(SHARED_NAMES) <= set(shared), "no longer shared"


def test_a_module_is_used():
    """A new analysis needs a method of `Trace`, a view a row of `VIEWS`, a pass its line in the pipeline."""
    used = {row[0].rpartition(".")[2] for row in VIEWS.values()} | {"__main__", "__init__"}
    for path, tree in TREES.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom):
                parts = {alias.name for alias in node.names} | set((node.module or "").split("."))
                used |= parts - {path.stem}
    unused = [name(path) for path in MODULES if path.stem not in used]
    assert not unused, "an analysis needs a method of Trace, a view a row of VIEWS, a pass its line in PASSES"


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_a_name_has_no_private_words(path):
    found = {
        f"{name(path)}:{line}: {identifier}": FORBIDDEN[word]
        for identifier, line in identifiers(TREES[path])
        for word in words(identifier)
        if word in FORBIDDEN
    }
    assert not found


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_a_module_says_what_it_does(path):
    docstring = ast.get_docstring(TREES[path])
    assert docstring or path.stem == "__init__"
    assert not (docstring or "").startswith("Owns")


def glossary():
    """The words of the glossary, one by one."""
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    table = re.search(r"^## Glossary\n(.*?)(?=^## |\Z)", text, re.DOTALL | re.MULTILINE)[1]
    rows = re.findall(r"^\| ([^|]+?) \|", table, re.MULTILINE)
    return [word for row in rows[1:] for word in row.replace("`", "").split(", ") if word.strip("-")]


@pytest.mark.parametrize("word", glossary())
def test_a_word_of_the_glossary_is_a_word_of_the_code(word):
    wanted = "_".join(words(word))
    names = (path.stem for path in MODULES), (i for tree in TREES.values() for i, _ in identifiers(tree))
    used = ("_".join(words(identifier)) for identifier in itertools.chain(*names))
    assert any(f"_{wanted}_" in f"_{found}_" or f"_{wanted}s_" in f"_{found}_" for found in used)


def test_the_glossary_is_short():
    assert 20 <= len(glossary()) <= 45


def test_the_distribution_has_one_name():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["name"] == DISTRIBUTION
    assert project["scripts"] == {"tracer": "tracer.cli:main"}
    texts = [ROOT / "README.md", ROOT / "ARCHITECTURE.md", ROOT / ".ci" / "run", *MODULES]
    wrong = re.compile(r"(?<!-)\btracer\[\w+\]|pip install tracer\b")
    assert not [name(path) for path in texts if wrong.search(path.read_text(encoding="utf-8"))]


def test_the_readme_lists_the_exit_codes():
    rows = re.findall(r"^\| (\d) \| (.*) \|$", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert {int(code): text for code, text in rows} == EXIT_CODES
