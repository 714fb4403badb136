"""Give a run its own caches of `functools.lru_cache` functions, filled as those that it finds."""

from __future__ import annotations

import functools
import gc
import itertools
from collections.abc import Callable, Iterator
from types import FunctionType
from typing import Any, Final

from ..tape import CONSTANT, Tape

__all__ = ["CACHE", "cached"]

CACHE: Final = type(functools.lru_cache(lambda: None))


def cached(original: Any, function: Callable[..., Any], tape: Tape) -> Callable[..., Any]:
    """Return `function` behind a cache that holds what the cache of `original` holds."""

    def call_of_c(*args: Any, **kwargs: Any) -> Any:  # what is in C has no code that could be exchanged
        return function(*args, **kwargs)

    in_python: Any = function if type(function) is FunctionType else call_of_c
    cache = functools.lru_cache(**original.cache_parameters())(in_python)
    info_before = original.cache_info()
    filled = 0

    @functools.wraps(original)
    def call(*args: Any, **kwargs: Any) -> Any:
        if len(args) == 1 and type(args[0]) is int:
            # `lru_cache` uses an int itself for a key where it is the only argument, and a tuple
            # where that is a handle: 5 and the handle of 5 must be one key
            args = (tape.write(CONSTANT, (), args[0]),)
        return cache(*args, **kwargs)

    def cache_info() -> Any:
        now = cache.cache_info()
        return now._replace(hits=now.hits + info_before.hits, misses=now.misses + info_before.misses - filled)

    def cache_clear() -> None:
        nonlocal info_before, filled
        original.cache_clear()
        cache.cache_clear()
        info_before, filled = original.cache_info(), 0

    if info_before.currsize and not original.cache_parameters()["typed"]:
        code = in_python.__code__
        try:
            for args, kwargs, result in _entries(original):
                in_python.__code__ = _returning(result, len(code.co_freevars))
                call(*args, **kwargs)
                filled += 1
        finally:
            in_python.__code__ = code
    call.cache_info, call.cache_clear = cache_info, cache_clear  # type: ignore[attr-defined]  # as lru_cache does
    return call


def _returning(result: Any, free_variables: int) -> Any:
    """Return the code of a function that returns `result` whatever it is given."""

    def any_call(*args: Any, **kwargs: Any) -> Any:  # noqa: ARG001  # the signature is all that matters
        return "result"

    code = any_call.__code__
    constants = tuple(result if constant == "result" else constant for constant in code.co_consts)
    names = tuple(f"v{i}" for i in range(free_variables))
    return code.replace(co_consts=constants, co_freevars=names)


def _entries(original: Any) -> Iterator[tuple[tuple[Any, ...], dict[str, Any], Any]]:
    """Yield the arguments, the keyword arguments and the result of each entry, the oldest first.

    An unlimited cache is one dict; a limited one shows the garbage collector each entry's key
    and then its result (CPython, Modules/_functoolsmodule.c).
    """
    inside = gc.get_referents(original)
    cache = next(x for x in inside if type(x) is dict and x is not vars(original))
    pairs = list(cache.items())
    if original.cache_parameters()["maxsize"] is not None:
        keys = set(map(id, cache))
        pairs = [(key, result) for key, result in itertools.pairwise(inside) if id(key) in keys]
    separators = [x for x in inside if type(x) is object]
    for key, result in pairs:
        whole = tuple(key) if isinstance(key, tuple) else (key,)
        split = next((i for i, x in enumerate(whole) if any(x is mark for mark in separators)), len(whole))
        keywords = whole[split + 1 :]
        yield whole[:split], dict(zip(keywords[::2], keywords[1::2], strict=True)), result
