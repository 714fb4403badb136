"""What runs is what the plain program would run, also after its source has changed."""

import gc
import importlib
import linecache
import os
import sys
import weakref

import pytest
from faithful import load

from tracer import trace
from tracer.errors import SourceError

OLD = "def f(x):\n    return x * 2.0\n"
NEW = "def f(x):\n    y = x * 10.0\n    return y + x\n"


@pytest.fixture
def module(tmp_path, monkeypatch):
    """A module that was imported and traced."""
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    path = tmp_path / "edited_module.py"
    path.write_text(OLD)
    importlib.invalidate_caches()
    made = importlib.import_module("edited_module")
    yield made, path
    del sys.modules["edited_module"]


def test_a_reloaded_module_is_traced_as_it_is_now(module):
    made, path = module
    assert trace(made.f, 2.0).result == 4.0
    path.write_text(NEW)
    importlib.reload(made)
    t = trace(made.f, 2.0)
    assert t.result == made.f(2.0) == 22.0
    assert t.sources == {"edited_module.py": NEW}


def test_a_function_that_was_traced_before_an_edit_keeps_its_text(module):
    made, path = module
    trace(made.f, 2.0)
    path.write_text(OLD.replace("2.0", "3.0"))
    t = trace(made.f, 2.0)
    assert t.result == made.f(2.0) == 4.0
    assert t.sources == {"edited_module.py": OLD}
    assert [site.text for site in t.graph.sites if site.span] == ["2.0", "x", "x * 2.0"]


def test_two_texts_of_one_file_in_one_run_are_told_apart(module):
    made, path = module
    older = made.f
    trace(older, 2.0)
    path.write_text(NEW)
    importlib.reload(made)
    newer = made.f

    def both(x):
        return older(x) + newer(x)

    t = trace(both, 2.0)
    assert t.result == 26.0
    texts = {text for name, text in t.sources.items() if name.startswith("edited_module.py")}
    assert texts == {OLD, NEW}


def test_a_file_that_was_edited_but_not_imported_again_is_refused(module):
    made, path = module
    linecache.cache.pop(str(path), None)
    path.write_text(OLD.replace("2.0", "3.0"))
    with pytest.raises(SourceError, match="no longer holds f as it was imported"):
        trace(made.f, 2.0)


def test_a_function_whose_code_is_replaced_is_traced_as_it_is_now(module):
    """So do notebooks that reload what was edited: a function that was imported by name follows."""
    made, path = module
    f = made.f
    trace(f, 2.0)
    path.write_text(NEW)
    importlib.reload(made)
    f.__code__ = made.f.__code__
    assert trace(f, 2.0).result == f(2.0) == 22.0


def typed(text, name="<cell>"):
    """A function as a notebook or an interpreter keeps it: its lines under a name that comes again."""
    linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
    scope = {}
    exec(compile(text, name, "exec"), scope)
    return scope["f"]


def test_a_function_that_is_typed_again_is_traced_as_it_is_now():
    first = typed(OLD)
    assert trace(first, 2.0).result == 4.0
    second = typed(OLD.replace("*", "+"))
    assert trace(second, 2.0).result == second(2.0) == 4.0
    assert trace(second, 3.0).result == second(3.0) == 5.0
    assert trace(first, 3.0).result == first(3.0) == 6.0


def test_a_file_is_named_from_the_folder_in_which_it_is_traced(module, tmp_path, monkeypatch):
    made, _ = module
    monkeypatch.setattr(sys, "path", [p for p in sys.path if p != str(tmp_path)])
    monkeypatch.chdir(tmp_path)
    assert [*trace(made.f, 2.0).sources] == ["edited_module.py"]
    monkeypatch.chdir(tmp_path.parent)
    t = trace(made.f, 2.0)
    assert [*t.sources] == [f"{tmp_path.name}/edited_module.py"]
    assert {site.span.file for site in t.graph.sites if site.span} == {*t.sources}


def test_functions_that_are_gone_leave_nothing_behind():
    codes = []
    for number in range(3):
        f = typed(OLD.replace("2.0", f"{number}.0"))
        trace(f, 2.0)
        codes.append(weakref.ref(f.__code__))
        del f
    gc.collect()
    assert not any(code() for code in codes[:-1]), "the last run may be held"


def test_a_test_that_pytest_has_changed_can_be_traced_still():
    def f(x):
        assert x > 1.0
        return x * 2.0

    assert trace(f, 2.0).result == 4.0


def test_every_function_of_the_standard_library_is_found_again():
    """The code that the compiler makes of a part of a file is the code it makes of the file."""
    from tracer.source.code import codes_in, file_of, function_of

    for module in (importlib.import_module(name) for name in ("fractions", "statistics", "colorsys", "dis")):
        with open(module.__file__, encoding="utf-8") as file:
            compiled = compile(file.read(), module.__file__, "exec", dont_inherit=True)
        for code in codes_in(compiled):
            if code.co_flags & 2 and code.co_name.isidentifier():  # CO_NEWLOCALS: a function
                assert function_of(code) is not None, code
        assert file_of(compiled).text.file == os.path.basename(module.__file__)


def test_functions_that_differ_only_in_their_literals_keep_places_of_their_own():
    first, second = (load(f"def f(x):\n    return x * {factor}") for factor in (2.0, 3.0))
    record = trace(lambda x: first.f(x) + second.f(x), 1.0)
    spans = [call.span for call in record.calls if call.function == "f"]
    assert [span.file for span in spans] == [first.__file__, second.__file__]
    assert {"x * 2.0", "x * 3.0"} <= {site.text for site in record.graph.sites}
