"""Owns cached functions: a run has caches of its own, as warm as those it finds."""

from __future__ import annotations

import functools
import gc
import itertools
from collections.abc import Callable, Iterator
from types import FunctionType
from typing import Any, Final

__all__ = ["LRU", "cached"]

LRU: Final = type(functools.lru_cache(lambda: None))


def cached(original: Any, function: Callable[..., Any], value: Callable[[int], Any]) -> Callable[..., Any]:
    """`function` behind a cache that holds what the cache of `original` holds.

    Args:
        value: the Value of an int. `lru_cache` uses the int itself for a key where it is the
            only argument, and a tuple where that is a Value: 5 and the Value 5 must be one key.
    """
    written = function if type(function) is FunctionType else _written(function)  # a primitive says it is one
    made = functools.lru_cache(**original.cache_parameters())(written)
    begun = original.cache_info()
    seeded = 0

    @functools.wraps(original)
    def call(*args: Any, **options: Any) -> Any:
        if len(args) == 1 and type(args[0]) is int:
            args = (value(args[0]),)
        return made(*args, **options)

    def cache_info() -> Any:
        now = made.cache_info()
        return now._replace(hits=now.hits + begun.hits, misses=now.misses + begun.misses - seeded)

    def cache_clear() -> None:
        nonlocal begun, seeded
        original.cache_clear()
        made.cache_clear()
        begun, seeded = original.cache_info(), 0

    if begun.currsize and not original.cache_parameters()["typed"]:
        code = written.__code__
        try:
            for args, options, result in _entries(original):
                written.__code__ = _returning(result, len(code.co_freevars))
                call(*args, **options)
                seeded += 1
        finally:
            written.__code__ = code
    call.cache_info, call.cache_clear = cache_info, cache_clear  # type: ignore[attr-defined]  # as lru_cache does
    return call


def _written(function: Callable[..., Any]) -> FunctionType:
    """A function in Python that calls one in C, which has no code that could be exchanged."""

    def call(*args: Any, **options: Any) -> Any:
        return function(*args, **options)

    return call  # type: ignore[return-value]  # what `def` makes is one


def _returning(result: Any, free: int) -> Any:
    """The code of a function that returns `result` whatever it is given."""

    def any_call(*args: Any, **options: Any) -> Any:  # noqa: ARG001  # the signature is all that matters
        return "result"

    code = any_call.__code__
    constants = tuple(result if constant == "result" else constant for constant in code.co_consts)
    return code.replace(co_consts=constants, co_freevars=tuple(f"v{i}" for i in range(free)))


def _entries(original: Any) -> Iterator[tuple[tuple[Any, ...], dict[str, Any], Any]]:
    """(arguments, keywords, result) of each entry, the oldest first.

    An unlimited cache is one dict; a limited one shows the garbage collector each entry's key
    and then its result (CPython, Modules/_functoolsmodule.c).
    """
    inside = gc.get_referents(original)
    cache = next(x for x in inside if type(x) is dict and x is not vars(original))
    pairs = list(cache.items())
    if original.cache_parameters()["maxsize"] is not None:
        keys = set(map(id, cache))
        pairs = [(key, result) for key, result in itertools.pairwise(inside) if id(key) in keys]
    marks = [x for x in inside if type(x) is object]
    for key, result in pairs:
        whole = tuple(key) if isinstance(key, tuple) else (key,)
        split = next((i for i, x in enumerate(whole) if any(x is mark for mark in marks)), len(whole))
        rest = whole[split + 1 :]
        yield whole[:split], dict(zip(rest[::2], rest[1::2], strict=True)), result
