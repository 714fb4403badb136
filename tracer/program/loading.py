"""Import a file that the command line names, and find the function and its arguments in it."""

from __future__ import annotations

import contextlib
import difflib
import importlib.util
import inspect
import sys
from collections.abc import Callable, Iterator, Sequence
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any, TypeAlias, cast

from ..errors import SourceError, UnsupportedError
from ..source.code import function_of
from .arguments import arguments
from .outline import outline
from .reading import read

__all__ = ["LoadError", "find", "load", "load_call"]

LoadedCall: TypeAlias = tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any]]


class LoadError(SourceError):
    """The file raised while it was imported; `__cause__` is what it raised."""


@contextlib.contextmanager
def load_call(path: Path, name: str, texts: Sequence[str]) -> Iterator[LoadedCall]:
    """Import the file, and yield the function of that name and its arguments; see `arguments`.

    Raises:
        SourceError, UnsupportedError: as `load` and `find`.
        ArgumentsError: the texts do not fit the function.
    """
    with load(path) as module:
        function = find(module, path, name)
        yield function, *arguments(function, module, path, name, texts)


@contextlib.contextmanager
def load(path: Path) -> Iterator[ModuleType]:
    """Import the file, and yield it; while the `with` lasts, it is a module like any other.

    Its folder comes first on the search path, its `__name__` is its stem, and it is registered
    under that name unless a module of that name is in use already.

    Raises:
        SourceError: the file cannot be read or is not Python.
        LoadError: it raised while it was imported.
    """
    name, folder = path.stem, str(path.resolve().parent)
    spec = importlib.util.spec_from_loader(name, SourceFileLoader(name, str(path.absolute())))
    assert spec is not None  # there is a loader
    module = importlib.util.module_from_spec(spec)
    before = sys.modules.setdefault(name, module)
    sys.path.insert(0, folder)
    try:
        _, code = read(path)
        try:
            exec(code, vars(module))
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # the file may raise whatever it likes, SystemExit too
            raise LoadError(
                f"{path} raised {type(error).__name__} while it was imported; tracer has not begun",
                hint="see that `python` runs the file; put what is not for import under "
                '`if __name__ == "__main__":`',
            ) from error
        yield module
    finally:
        with contextlib.suppress(ValueError):
            sys.path.remove(folder)
        if before is module and sys.modules.get(name) is module:
            del sys.modules[name]


def find(module: ModuleType, path: Path, name: str) -> Callable[..., Any]:
    """Return the function of that name, which is dotted for a static or class method.

    Raises:
        SourceError: there is nothing of that name.
        UnsupportedError: it is not a function that can be traced.
    """
    found: Any = module
    owner: Any = None
    for part in name.split("."):
        owner = found
        try:
            found = inspect.getattr_static(owner, part) if inspect.isclass(owner) else getattr(owner, part)
        except AttributeError:
            raise SourceError(f"{path} has no function {name}", hint=_nearest(path, name)) from None
    if inspect.isclass(owner) and inspect.isfunction(found):
        raise UnsupportedError(
            f"{name} is a method of objects, and no object is at hand",
            hint=f"name a function that makes one and calls {found.__name__} on it",
        )
    if isinstance(found, staticmethod | classmethod):
        found = found.__get__(None, owner)
    return _traceable(found, name)


def _nearest(path: Path, name: str) -> str:
    """Return a hint that names functions of nearly that name, or says how to find one."""
    names = [function.name for function in outline(path)]
    near = difflib.get_close_matches(name, names, n=3, cutoff=0.5)
    near += [n for n in names if name.lower() in (n.lower(), n.lower().rpartition(".")[2]) and n not in near]
    if near:
        return f"did you mean {' or '.join(near)}?"
    return f"it has {', '.join(names)}" if 0 < len(names) <= 8 else f"tracer list {path} shows all"


def _traceable(found: Any, name: str) -> Callable[..., Any]:
    """Return the object if it can be traced, else raise UnsupportedError."""
    if inspect.isclass(found):
        raise UnsupportedError(
            f"{name} is a class, and only a function can be traced",
            hint="name one of its static or class methods, or a function that uses the class",
        )
    if not callable(found):
        kind = type(found).__name__
        article = "an" if kind[0] in "aeiou" else "a"
        raise UnsupportedError(f"{name} is {article} {kind}, and only a function can be traced")
    function = inspect.unwrap(found)
    if inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function):
        raise UnsupportedError(
            f"{name} is an async function, and those cannot be traced",
            hint="name an ordinary function that does the arithmetic",
        )
    if inspect.isbuiltin(function) or type(function).__name__ in ("wrapper_descriptor", "ufunc"):
        raise UnsupportedError(
            f"{name} is built into Python or a compiled module and has no Python source",
            hint="name a function of yours that calls it",
        )
    code = getattr(function, "__code__", None)
    if isinstance(code, CodeType) and function_of(code) is None:
        raise UnsupportedError(
            f"the source of {name} cannot be found: it was made while the program ran",
            hint="write it into a file as an ordinary function",
        )
    return cast(Callable[..., Any], found)
