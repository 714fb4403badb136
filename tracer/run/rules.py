"""Define the kinds of callees, by which they are converted (convert.py).

rewritten  Python with source: so that its literals, calls and branches are recorded
primitive  a row of the table: Python's own function is called, one node is recorded
raw        moves numbers without looking at them, or uses their operators: gets the handles
callbacks  raw, but calls a function that it is given: that one is converted first
opaque     anything else: gets numbers; a number that comes out is joined to those that went
           in by an opaque node

The other kinds lead to one of these: what `functools` made of a function, a class, a callable object.
"""

from __future__ import annotations

import functools
import itertools
from types import (
    AsyncGeneratorType,
    BuiltinFunctionType,
    CoroutineType,
    FunctionType,
    GeneratorType,
    MethodDescriptorType,
    MethodWrapperType,
    ModuleType,
    NoneType,
    WrapperDescriptorType,
)
from typing import Any, Final

from ..objects.storages import is_class_statement
from ..ops import PRIMITIVES, Op
from ..rewrite.passes import NAME
from ..tape import is_own_code
from .cached import CACHE

__all__ = ["callbacks_of", "has_python_methods", "kind_of", "row_of"]

# Callables that call what they are given: the positions and names of the parameters for it.
_CALLBACKS: Final[dict[int, frozenset[int | str]]] = {
    **dict.fromkeys(map(id, (map, filter, iter, functools.reduce)), frozenset({0})),
    **dict.fromkeys(map(id, (itertools.starmap, itertools.filterfalse)), frozenset({0})),
    **dict.fromkeys(map(id, (itertools.takewhile, itertools.dropwhile)), frozenset({0})),
    id(sorted): frozenset({"key"}),
    id(functools.cmp_to_key): frozenset({0, "mycmp"}),
    id(itertools.accumulate): frozenset({1, "func"}),
    id(itertools.groupby): frozenset({1, "key"}),
}
# Of C, with a parameter `key`: of lists, and of the module bisect.
_WITH_KEY: Final = {
    "sort",
    *("insort", "insort_left", "insort_right", "bisect", "bisect_left", "bisect_right"),
}

# C modules whose functions only move objects or apply operators to them.
_RAW_MODULES: Final = {
    *("builtins", "itertools", "operator", "_operator", "functools", "_functools", "collections"),
    *("_collections", "heapq", "_heapq", "bisect", "_bisect", "_abc", "_weakref", "_contextvars", "sys"),
    *("copy", "copyreg", "typing", "_typing", "abc", "types", "weakref", "enum", "gc", "atexit"),
    # these read the frame that called them
    *("inspect", "logging", "traceback", "warnings", "_warnings"),
}
# Python code that must not be rewritten and that no number comes back from: the interpreter's own
# machinery, what runs in other threads or processes, what reads and writes text, and tracer.
# The array libraries are here too: their Python only prepares calls of C.
_OPAQUE_MODULES: Final = {
    *("_thread", "ast", "asyncio", "bdb", "codecs", "concurrent", "csv", "ctypes", "dis", "doctest"),
    *("email", "encodings", "fractions", "fnmatch", "genericpath", "gettext", "glob", "gzip", "html"),
    *("http", "importlib", "io", "ipaddress", "json", "linecache", "locale"),
    *("mimetypes", "multiprocessing", "ntpath", "os", "pathlib", "pdb", "pickle", "pickletools"),
    *("pkgutil", "platform", "posixpath", "queue", "re", "runpy", "sched", "select", "selectors"),
    *("shelve", "shlex", "shutil", "signal", "site", "socket", "sqlite3", "sre_compile", "sre_parse"),
    *("ssl", "stat", "string", "stringprep", "struct", "subprocess", "sysconfig", "tarfile", "tempfile"),
    *("textwrap", "threading", "timeit", "token", "tokenize", "tkinter", "unittest"),
    *("urllib", "uuid", "wsgiref", "xml", "zipfile", "zipimport", "zoneinfo", "pytest"),
    *("_pytest", "hypothesis", "numpy", "scipy", "pandas", "matplotlib", "torch", "jax", "tracer"),
    *("_pydecimal", "_pydatetime", "_strptime", "datetime", "decimal", "pydoc", "cProfile", "profile"),
}
# Built-in types whose methods take numbers by their protocols (`__index__`, `__format__`, `==`).
_RAW_OWNERS: Final = (
    *(list, dict, set, frozenset, tuple, str, bytes, bytearray, range, slice, memoryview, property),
    *(GeneratorType, CoroutineType, AsyncGeneratorType, type, BaseException, staticmethod, classmethod),
)
_NUMBERS: Final = (int, float, complex)


def row_of(f: Any) -> Op | None:
    """Return the row of the table that a callable is; None if it is none."""
    op = PRIMITIVES.get(id(f))
    if op is None and isinstance(f, FunctionType | type):
        op = PRIMITIVES.get(f"{f.__module__}.{f.__qualname__}")
    return op


def callbacks_of(f: Any) -> frozenset[int | str]:
    """Return which arguments a callable of C calls: the positions and names of its parameters."""
    if isinstance(f, BuiltinFunctionType | MethodDescriptorType) and f.__name__ in _WITH_KEY:
        return frozenset({"key"})
    return _CALLBACKS.get(id(f), frozenset())


def kind_of(f: Any) -> str:
    """Return the kind of a callee: a key of the table of conversions."""
    if type(f) is FunctionType:
        return _kind_of_function(f)
    if callbacks_of(f):
        return "callbacks"
    return _kind_of_class(f) if isinstance(f, type) else _kind_of_object(f)


def _kind_of_function(f: FunctionType) -> str:
    if NAME in f.__code__.co_freevars or is_own_code(f.__code__):
        return "raw"  # defined in rewritten code, or tracer's own
    if hasattr(f, "registry") and hasattr(f, "dispatch"):
        return "dispatched"
    module = _top(f.__module__ or f.__globals__.get("__name__"))
    if module in _OPAQUE_MODULES:
        return "opaque"
    return "raw" if module in _RAW_MODULES else "rewritten"


def _kind_of_class(f: type) -> str:
    if f.__module__ in _RAW_MODULES or issubclass(f, BaseException):
        return "raw"
    may_be_patched = _top(f.__module__) not in _OPAQUE_MODULES and any(map(has_python_methods, f.__mro__))
    return "class" if may_be_patched else "opaque"


def _kind_of_object(f: Any) -> str:
    if type(f) is functools.partial:
        return "partial"
    if type(f) is CACHE:
        return "cache"
    if type(f) is BuiltinFunctionType and type(f.__self__) is CACHE:
        return "cache method"
    if type(f) is BuiltinFunctionType and f.__name__ == "__new__":
        return "new"
    if _is_raw(f):
        return "raw"
    method = getattr(type(f), "__call__", None)  # noqa: B004  # which method, not whether
    return "object" if isinstance(method, FunctionType) else "opaque"


def has_python_methods(kind: type) -> bool:
    """Return whether a class statement in code that may be rewritten made the class."""
    module = _top(kind.__module__)
    return is_class_statement(kind) and module not in _OPAQUE_MODULES and module not in _RAW_MODULES


def _is_raw(f: Any) -> bool:
    match f:
        case BuiltinFunctionType() | MethodWrapperType() if not isinstance(f.__self__, ModuleType | NoneType):
            return _is_raw_owner(f.__self__ if isinstance(f.__self__, type) else type(f.__self__))
        case MethodDescriptorType() | WrapperDescriptorType():
            return _is_raw_owner(f.__objclass__)
        case BuiltinFunctionType():
            return f.__module__ in _RAW_MODULES
    return getattr(f, "__module__", None) in _RAW_MODULES or type(f).__module__ in _RAW_MODULES


def _is_raw_owner(owner: type) -> bool:
    if owner is object:
        return True
    if issubclass(owner, _NUMBERS):
        return False
    return issubclass(owner, _RAW_OWNERS) or owner.__module__ in _RAW_MODULES


def _top(module: str | None) -> str:
    """Return the outermost name of a module."""
    return (module or "").partition(".")[0]
