"""Owns the rule of what happens to a callee, and its reasons.

convert    Python with source: rewritten, so that its literals, calls and branches are seen
primitive  a row of the table: Python's own function, one node
raw        moves numbers without looking at them, or uses their operators: gets the Values
higher     raw, but calls a function it is given: that one is converted first
plain      anything else: gets plain numbers; a number that comes out is joined to those that
           went in by an opaque node
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
    WrapperDescriptorType,
)
from typing import Any, Final

from ..ops import PRIMITIVES, Op

__all__ = ["HIGHER", "is_raw", "is_written", "module_rule", "row_of"]

# Callables that call what they are given: (parameter position or None for any, keyword names).
HIGHER: Final[dict[int, tuple[tuple[int, ...], tuple[str, ...]]]] = {
    id(map): ((0,), ()),
    id(filter): ((0,), ()),
    id(sorted): ((), ("key",)),
    id(functools.reduce): ((0,), ()),
    id(functools.cmp_to_key): ((0,), ("mycmp",)),
    id(itertools.accumulate): ((1,), ("func",)),
    id(itertools.starmap): ((0,), ()),
    id(itertools.takewhile): ((0,), ()),
    id(itertools.dropwhile): ((0,), ()),
    id(itertools.filterfalse): ((0,), ()),
    id(itertools.groupby): ((1,), ("key",)),
    id(iter): ((0,), ()),
}
HIGHER_METHODS: Final = {
    "sort",
    "insort",
    "insort_left",
    "insort_right",
    "bisect",
    "bisect_left",
    "bisect_right",
}

# C modules whose functions only move objects or apply operators to them.
_RAW_MODULES: Final = {
    *("builtins", "itertools", "operator", "_operator", "functools", "_functools", "collections"),
    *("_collections", "heapq", "_heapq", "bisect", "_bisect", "_abc", "_weakref", "_contextvars", "sys"),
    *("copy", "copyreg", "typing", "_typing", "abc", "types", "weakref", "enum", "gc", "atexit"),
    # these look at the frame that called them
    *("inspect", "logging", "traceback", "warnings", "_warnings"),
}
# Python code that must not be rewritten and that no number comes back from: the interpreter's own
# machinery, what runs in other threads or processes, what reads and writes text, and tracer.
# The array libraries are here too: their Python only prepares calls of C.
_PLAIN_MODULES: Final = {
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
# In `__flags__` of a class (CPython, object.h): made on the heap, as a class statement does, and
# closed to change, as C code does with what it makes there.
_HEAP_TYPE, _IMMUTABLE_TYPE = 1 << 9, 1 << 8
_NUMBERS: Final = (int, float, complex)


def row_of(f: Any) -> Op | None:
    """The row of the table that a callable is, if it is one."""
    op = PRIMITIVES.get(id(f))
    if op is None and isinstance(f, FunctionType | type):
        op = PRIMITIVES.get(f"{f.__module__}.{f.__qualname__}")
    return op


def is_written(kind: type) -> bool:
    """Whether a class statement made the class."""
    return kind.__flags__ & (_HEAP_TYPE | _IMMUTABLE_TYPE) == _HEAP_TYPE


def module_rule(module: str | None) -> str:
    """`raw`, `plain` or `convert` for the functions of a module, by its outermost name."""
    top = (module or "").partition(".")[0]
    if top in _PLAIN_MODULES:
        return "plain"
    return "raw" if top in _RAW_MODULES else "convert"


def is_raw(f: Any) -> bool:
    """Whether a callable of C gets the Values themselves."""
    match f:
        case BuiltinFunctionType() | MethodWrapperType() if f.__self__ is not None and not isinstance(
            f.__self__, ModuleType
        ):
            return _is_raw_owner(f.__self__ if isinstance(f.__self__, type) else type(f.__self__))
        case MethodDescriptorType() | WrapperDescriptorType():
            return _is_raw_owner(f.__objclass__)
        case type():
            return f.__module__ in _RAW_MODULES or issubclass(f, BaseException)
        case BuiltinFunctionType():
            return f.__module__ in _RAW_MODULES
    return getattr(f, "__module__", None) in _RAW_MODULES or type(f).__module__ in _RAW_MODULES


def _is_raw_owner(owner: type) -> bool:
    if owner is object:
        return True
    if issubclass(owner, _NUMBERS):
        return False
    return issubclass(owner, _RAW_OWNERS) or owner.__module__ in _RAW_MODULES
