"""Convert callees: decide what rewritten code calls instead of them.

The twin in C of `Converter` is in convert.c.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from contextlib import suppress
from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType, NoneType
from typing import Any, Final

from ..errors import TracerError
from ..tape import Handle, Tape, unwrap
from ..tape.twin import twin
from . import rules
from .cached import CACHE, cached
from .carriers import Carriers
from .class_patches import ClassPatches
from .functions import Functions
from .opaque import opaque
from .primitives import Primitives
from .stack import Stack
from .substitutes import SUBSTITUTES, with_arguments

__all__ = ["Conversions", "Converter"]


@twin
class Converter:
    """Knows what each callee became, so that it is decided once: `converter @ callee`.

    Args:
        decide: returns what is called instead of a callee that is not yet known.
        visit: called with the first object of each class that a method of is called.
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
        """Let go of every callee, and convert none from now on."""
        self._known.clear()
        self._decide, self._visit = _unchanged, _unchanged


def _unchanged(f: Any) -> Any:
    return f


class Conversions:
    """How one run converts the callees of each kind."""

    def __init__(
        self,
        tape: Tape,
        convert: Callable[[Any], Any],
        primitives: Primitives,
        functions: Functions,
        patches: ClassPatches,
        stack: Stack,
    ) -> None:
        self.tape, self.convert = tape, convert
        self.primitives, self.functions, self.patches = primitives, functions, patches
        self.carriers = Carriers()
        self.substitutes = {
            **SUBSTITUTES,
            id(sys.getrecursionlimit): stack.get_limit,
            id(sys.setrecursionlimit): stack.set_limit,
        }

    def decide(self, f: Any) -> Any:
        """Return what is called instead of `f`."""
        substitute = self.substitutes.get(id(f))
        if substitute is not None:
            return substitute
        return self._by_kind(f, _KINDS)

    def _by_kind(self, f: Any, kinds: tuple[Kind, ...]) -> Any:
        return next(how(self, f) for fits, how in kinds if fits(f))

    def _unchanged(self, f: Any) -> Any:
        return f

    def _primitive(self, f: Any) -> Any:
        op = rules.row_of(f)
        assert op is not None
        return self.primitives.call(op, self.convert, lambda: self._by_kind(f, _KINDS[1:]))

    def _opaque(self, f: Any) -> Any:
        return opaque(self.tape, f, self.carriers)

    def _rewritten(self, f: FunctionType) -> Any:
        """Without source, the function as it is: its operators record all the same."""
        try:
            made = self.functions.rewritten(f)
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
            return (self.convert(f.dispatch(args[0].__class__)) if args else f)(*args, **kwargs)

        return call

    def _callbacks(self, f: Any) -> Any:
        parameters = rules.callbacks_of(f)
        return with_arguments(f, lambda key, x: self.convert(x) if key in parameters and callable(x) else x)

    def _new(self, f: Any) -> Any:
        """`object.__new__(C)` makes an object although C is not called: C is patched all the same."""

        def convert_class(key: int | str, x: Any) -> Any:
            if key == 0 and isinstance(x, type):
                self.convert(x)
            return x

        return with_arguments(f, convert_class)

    def _class(self, f: type) -> Any:
        self.patches.patch(f)
        return f

    def _partial(self, f: functools.partial[Any]) -> Any:
        function = self.convert(f.func)
        return f if function is f.func else functools.partial(function, *f.args, **f.keywords)

    def _cache(self, f: Any) -> Any:
        function = self.convert(f.__wrapped__)
        return f if function is f.__wrapped__ else cached(f, function, self.tape)

    def _cache_method(self, f: Any) -> Any:
        return getattr(self.convert(f.__self__), f.__name__, f)

    def _object(self, f: Any) -> Any:
        method = type(f).__call__
        function = self.convert(method)
        return f if function is method else MethodType(function, f)


def _type_is(kind: type) -> Callable[[Any], bool]:
    return lambda f: type(f) is kind


def _is_cache_method(f: Any) -> bool:
    return type(f) is BuiltinFunctionType and type(f.__self__) is CACHE


def _is_new(f: Any) -> bool:
    return type(f) is BuiltinFunctionType and f.__name__ == "__new__"


Kind = tuple[Callable[[Any], Any], Callable[[Conversions, Any], Any]]
# What tells each kind of callee, and how it is converted; the first that fits.
_KINDS: Final[tuple[Kind, ...]] = (
    (rules.row_of, Conversions._primitive),
    (rules.is_own_function, Conversions._unchanged),
    (rules.is_dispatched, Conversions._dispatched),
    (rules.is_opaque_function, Conversions._opaque),
    (rules.is_raw_function, Conversions._unchanged),
    (_type_is(FunctionType), Conversions._rewritten),
    (rules.callbacks_of, Conversions._callbacks),
    (rules.is_raw_class, Conversions._unchanged),
    (rules.is_patchable_class, Conversions._class),
    (lambda f: isinstance(f, type), Conversions._opaque),
    (_type_is(functools.partial), Conversions._partial),
    (_type_is(CACHE), Conversions._cache),
    (_is_cache_method, Conversions._cache_method),
    (_is_new, Conversions._new),
    (rules.has_python_call, Conversions._object),
    (rules.is_raw, Conversions._unchanged),
    (lambda f: True, Conversions._opaque),
)
