"""Convert callees: decide what rewritten code calls instead of them.

The twin in C of `Converter` is in convert.c.
"""

from __future__ import annotations

import collections
import functools
import itertools
import operator
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType, NoneType
from typing import Any, Final

from ..errors import TracerError
from ..rewrite.passes import GENERATED
from ..tape import Handle, Tape, twin, unwrap
from .cached import cached
from .functions import Functions
from .opaque import Carriers, opaque
from .patched import ClassPatches
from .primitives import Primitives
from .rules import callbacks_of, kind_of, row_of
from .stack import Stack

__all__ = ["Conversions", "Converter"]


@twin
class Converter:
    """Returns what is called instead of a callee, `converter @ callee`; it decides once for each callee.

    Args:
        decide: returns what is called instead of a callee that is not yet known.
        visit: called once for each class, when a method of one of its objects is first called;
            it takes that object.
    """

    def __init__(self, decide: Callable[[Any], Any], visit: Callable[[Any], None]) -> None:
        self._decide, self._visit = decide, visit
        self._known: dict[int, tuple[Any, Any]] = {}  # id -> the callee, kept alive, and what it became
        self._visited: set[type] = set()

    def __call__(self, f: Any) -> Any:
        """Return what is called instead of `f`."""
        if type(f) is MethodType:
            return self._method(f)
        known = self._known.get(id(f))
        if known is not None:
            return known[1]
        made = self._decide(f)
        # a method of an object in C is another object each time
        if type(f) is not BuiltinFunctionType or type(f.__self__) in (ModuleType, NoneType):
            self._known[id(f)] = (f, made)
        return made

    __matmul__ = __call__

    def _method(self, f: MethodType) -> Any:
        owner = f.__self__
        if isinstance(owner, Handle):
            return f
        kind = owner if isinstance(owner, type) else type(owner)
        if kind not in self._visited:
            self._visit(owner)
            self._visited.add(kind)
        function = self(f.__func__)
        return f if function is f.__func__ else MethodType(function, owner)

    def unwrap(self, x: Any) -> Any:
        """Return the number that a handle stands for, the same object each time; else `x` itself."""
        return unwrap(x)

    def forget(self) -> None:
        """Release every callee; from now on each callee is returned unchanged."""
        self._known.clear()
        self._decide, self._visit = _unchanged, _unchanged


def _unchanged(f: Any) -> Any:
    return f


def _with_arguments(f: Any, change: Callable[[int | str, Any], Any]) -> Callable[..., Any]:
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


# id of a function that would see the run, the types of handles or variables of ours -> what is called instead
_SUBSTITUTES: Final[dict[int, Callable[..., Any]]] = {
    id(type): _type,
    **{id(f): _with_arguments(f, _true_int) for f in (collections.deque, itertools.permutations)},
    id(locals): lambda: _visible(_caller().f_locals),
    id(vars): lambda *x: vars(*x) if x else _visible(_caller().f_locals),
    id(dir): lambda *x: dir(*x) if x else sorted(_visible(_caller().f_locals)),
}


class Conversions(Converter):
    """How one run converts the callees of each kind.

    Args:
        detached: stands for this object in rewritten functions that outlive the run.
    """

    def __init__(self, tape: Tape, detached: Any) -> None:
        self.tape = tape
        self.patches = ClassPatches()
        self._stack = Stack(tape)
        self._primitives = Primitives(tape)
        self._functions = Functions(tape, self, detached)
        # the `id` of the code of each function rewritten for this run -> how it was rewritten
        self.rewritten = self._functions.rewritten
        self._carriers = Carriers()
        self._substitutes = {
            **_SUBSTITUTES,
            id(sys.getrecursionlimit): self._stack.get_limit,
            id(sys.setrecursionlimit): self._stack.set_limit,
        }
        super().__init__(self._conversion, self.patches.patch_reachable)

    def _conversion(self, f: Any) -> Any:
        substitute = self._substitutes.get(id(f))
        if substitute is not None:
            return substitute
        op = row_of(f)
        return self._by_kind(f) if op is None else self._primitives.call(op, self, lambda: self._by_kind(f))

    def _by_kind(self, f: Any) -> Any:
        return _KINDS[kind_of(f)](self, f)

    def _opaque(self, f: Any) -> Any:
        return opaque(self.tape, f, self._carriers)

    def _rewritten(self, f: FunctionType) -> Any:
        """Without source, the function as it is: its operators record all the same."""
        try:
            made = self._functions.rewrite(f)
        except TracerError:
            return f
        for name in f.__code__.co_names:
            self.patches.patch_reachable(f.__globals__.get(name))
        for cell in f.__closure__ or ():
            with suppress(ValueError):  # not yet bound
                self.patches.patch_reachable(cell.cell_contents)
        return made

    def _dispatched(self, f: Any) -> Any:
        """Convert the implementation for the argument at hand."""

        @functools.wraps(f)
        def call(*args: Any, **kwargs: Any) -> Any:
            return (self(f.dispatch(args[0].__class__)) if args else f)(*args, **kwargs)

        return call

    def _callbacks(self, f: Any) -> Any:
        parameters = callbacks_of(f)
        return _with_arguments(f, lambda key, x: self(x) if key in parameters and callable(x) else x)

    def _new(self, f: Any) -> Any:
        """`object.__new__(C)` makes an object although C is not called: C is patched all the same."""
        return _with_arguments(f, lambda key, x: self._class(x) if key == 0 and isinstance(x, type) else x)

    def _class(self, f: type) -> Any:
        self.patches.patch(f)
        return f

    def _partial(self, f: functools.partial[Any]) -> Any:
        function = self(f.func)
        return f if function is f.func else functools.partial(function, *f.args, **f.keywords)

    def _cache(self, f: Any) -> Any:
        function = self(f.__wrapped__)
        return f if function is f.__wrapped__ else cached(f, function, self.tape)

    def _cache_method(self, f: Any) -> Any:
        return getattr(self(f.__self__), f.__name__, f)

    def _object(self, f: Any) -> Any:
        method = type(f).__call__
        function = self(method)
        return f if function is method else MethodType(function, f)


_KINDS: Final[dict[str, Callable[[Conversions, Any], Any]]] = {
    "raw": lambda run, f: f,
    "opaque": Conversions._opaque,
    "rewritten": Conversions._rewritten,
    "dispatched": Conversions._dispatched,
    "callbacks": Conversions._callbacks,
    "class": Conversions._class,
    "partial": Conversions._partial,
    "cache": Conversions._cache,
    "cache method": Conversions._cache_method,
    "new": Conversions._new,
    "object": Conversions._object,
}
