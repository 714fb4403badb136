"""Substitute functions of Python that would see the run: the types of handles, and its own variables."""

from __future__ import annotations

import collections
import functools
import itertools
import operator
import sys
from collections.abc import Callable, Mapping
from typing import Any, Final

from ..rewrite.generated import GENERATED
from ..tape import Handle, unwrap

__all__ = ["SUBSTITUTES", "with_arguments"]


def with_arguments(f: Any, change: Callable[[int | str, Any], Any]) -> Callable[..., Any]:
    """Return a callable that calls `f` with `change(position or name, argument)` for each argument."""

    @functools.wraps(f, updated=())
    def call(*args: Any, **kwargs: Any) -> Any:
        changed = [change(i, x) for i, x in enumerate(args)]
        return f(*changed, **{name: change(name, x) for name, x in kwargs.items()})

    return call


def _type(*args: Any, **kwargs: Any) -> Any:
    """Return for `type(x)` the type of the number if `x` is a handle."""
    return type(unwrap(args[0])) if len(args) == 1 and not kwargs else type(*args, **kwargs)


def _true_int(key: int | str, x: Any) -> Any:
    """Return an int for C code that takes nothing that acts as one; the first argument holds the items."""
    return operator.index(x) if key != 0 and isinstance(x, Handle) and isinstance(x, int) else x


def _visible(names: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a function may see of its own variables."""
    return {name: value for name, value in names.items() if not name.startswith(GENERATED)}


def _caller() -> Any:
    return sys._getframe(2)


# id of a function -> what is called instead
SUBSTITUTES: Final[dict[int, Callable[..., Any]]] = {
    id(type): _type,
    **{id(f): with_arguments(f, _true_int) for f in (collections.deque, itertools.permutations)},
    id(locals): lambda: _visible(_caller().f_locals),
    id(vars): lambda *x: vars(*x) if x else _visible(_caller().f_locals),
    id(dir): lambda *x: dir(*x) if x else sorted(_visible(_caller().f_locals)),
}
