"""Owns the object that rewritten code knows as `__tracer__`: what becomes of each callee."""

from __future__ import annotations

import collections
import functools
import itertools
import operator
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from types import (
    BuiltinFunctionType,
    CellType,
    CodeType,
    FunctionType,
    MethodDescriptorType,
    MethodType,
    ModuleType,
    NoneType,
)
from typing import Any, Final

from ..errors import TracerError
from ..graph import Site
from ..rewrite import Rewritten, rewrite
from ..rewrite.generated import GENERATED, NAME, literal_name, mark_name
from ..tape import CONSTANT, LITERAL, Handle, Tape, is_own_code, unwrap
from .attribute_target import AttributeTarget
from .caches import LRU, cached
from .carriers import Carriers
from .classes import Classes
from .primitives import opaque, primitive
from .rules import HIGHER, HIGHER_METHODS, is_raw, is_written, module_rule, row_of
from .stack import Stack
from .tracebacks import forget_our_frames
from .unwrap import Unwrap, values_in

__all__ = ["TOO_DEEP", "Hooks", "Resting"]


class Hooks:
    """`__tracer__` in rewritten code, one for each run.

    Attributes:
        rewritten: code object of each function rewritten for this run -> how it was rewritten.
        functions: each function converted for this run, as it was.
        unwrap: `x is y` compares the plain numbers.
        bool_type, true, false: what `case True` and `case False` match.
    """

    unwrap = staticmethod(unwrap)
    bool_type, true, false = bool, True, False

    def __init__(self, tape: Tape) -> None:
        self.tape = tape
        self.rewritten: dict[CodeType, Rewritten] = {}
        self.functions: list[FunctionType] = []
        self.named = tape.converter(self)
        self.classes = Classes(self.named)
        tape.on_operand = self.classes.meet
        self.stack = Stack(tape)
        self.carriers = Carriers()
        self._converted: dict[int, tuple[Any, Any]] = {  # id -> (callee, kept alive; what it became)
            id(sys.getrecursionlimit): (sys.getrecursionlimit, self.stack.limited),
            id(sys.setrecursionlimit): (sys.setrecursionlimit, self.stack.limit),
        }
        self._cells: list[tuple[CellType, Any]] = []
        self._markers: list[Any] = []
        self.asked: list[Handle] | None = None

    def __call__(self, f: Any) -> Any:
        """What to call instead of `f`."""
        kind = type(f)
        if kind is MethodType:
            if isinstance(f.__self__, Handle):
                return f
            self.classes.explore(f.__self__)
            function = self(f.__func__)
            return f if function is f.__func__ else MethodType(function, f.__self__)
        known = self._converted.get(id(f))
        if known is not None and known[0] is f:
            return known[1]
        converted = self._convert(f, kind)
        if kind is not BuiltinFunctionType or type(f.__self__) in (ModuleType, NoneType):
            self._converted[id(f)] = (f, converted)
        return converted

    __matmul__ = __call__

    def start(self) -> None:
        """The run begins."""
        self.classes.start()
        self.stack.start()

    def conversion_result(self, x: Any) -> Any:
        """What a conversion method returns to the interpreter: the plain number.

        A function of the table that asked for it takes note of the number itself.
        """
        if isinstance(x, Handle):
            if type(unwrap(x)) is bool:
                return bool(x)
            if self.asked is None:
                self.tape.leak(x._index, "call")
            else:
                self.asked.append(x)
        return unwrap(x)

    def format_arguments(self, x: Any) -> Any:
        """Arguments of a text: plain numbers."""
        for number in values_in(x):
            self.tape.leak(number._index, "text")
        return Unwrap(deep=False)(x)

    def attribute_target(self, x: Any) -> Any:
        """What an attribute is set on: an object of C gets plain numbers."""
        return x if is_written(type(x)) else AttributeTarget(x)

    def except_handler(self) -> None:
        """An exception is about to be looked at."""
        forget_our_frames(sys.exception(), TOO_DEEP)

    def function(self, f: FunctionType) -> FunctionType:
        """A function with the rewritten code, bound to this run; else as `rewrite` raises.

        Everything else is the function's own: globals, closure, defaults, attributes.
        """
        made = rewrite(f.__code__)
        cells = dict(zip(f.__code__.co_freevars, f.__closure__ or (), strict=True))
        cells[NAME] = self._cell(self.named, RESTING)
        for what, number in made.marks:
            marker = self.tape.marker(what, number, _too_deep)
            self._markers.append(marker)
            cells[mark_name(what, number)] = self._cell(marker, RESTING)
        for number, (value, node) in enumerate(made.literals):
            span = made.source.span(node)
            site = Site(
                span, made.source.words(node), made.source.name(_original(made, node)), f.__qualname__
            )
            literal = self.tape.write(LITERAL, (), value, self.tape.location_for(site))
            cells[literal_name(number)] = self._cell(literal, value)
        converted = FunctionType(
            made.code,
            f.__globals__,
            f.__name__,
            f.__defaults__,
            tuple(cells[v] for v in made.code.co_freevars),
        )
        converted.__kwdefaults__ = f.__kwdefaults__
        converted.__qualname__, converted.__module__, converted.__doc__ = (
            f.__qualname__,
            f.__module__,
            f.__doc__,
        )
        converted.__annotations__ = f.__annotations__
        converted.__dict__.update(f.__dict__)
        for name in f.__code__.co_names:
            self.classes.explore(f.__globals__.get(name))
        for cell in f.__closure__ or ():
            with suppress(ValueError):  # not yet bound
                self.classes.explore(cell.cell_contents)
        self.rewritten[made.code] = made
        self.functions.append(f)
        return converted

    def rest(self) -> None:
        """The run is over: what was rewritten and lives on works with plain numbers from now on."""
        for cell, resting in self._cells:
            cell.cell_contents = resting
        for marker in self._markers:
            marker.release()
        self.classes.restore()
        self.stack.rest()

    def forget(self) -> None:
        """Let go of every callee, and of what leads back here: the tape is to go with its trace."""
        self._converted.clear()
        if self.named is not self:
            self.named.forget()
        self.named = None
        self.tape.on_operand = None
        self.classes.convert = Resting()

    def _cell(self, contents: Any, resting: Any) -> CellType:
        cell = CellType(contents)
        self._cells.append((cell, resting))
        return cell

    def _convert(self, f: Any, kind: type) -> Any:
        op = row_of(f)
        if op is not None:
            return primitive(self.tape, op, self, lambda: self._python(f))
        if kind is FunctionType:
            return self._python(f)
        special = _SPECIAL.get(id(f))
        if special is not None:
            return special
        higher = HIGHER.get(id(f))
        if higher is not None:
            return self._higher(f, *higher)
        if isinstance(f, type):
            return self._class(f)
        if kind is functools.partial:
            function = self(f.func)
            return f if function is f.func else functools.partial(function, *f.args, **f.keywords)
        if kind is LRU:
            function = self(f.__wrapped__)
            return f if function is f.__wrapped__ else cached(f, function, self._constant)
        if kind is BuiltinFunctionType and type(f.__self__) is LRU:
            return getattr(self(f.__self__), f.__name__, f)
        if kind in (BuiltinFunctionType, MethodDescriptorType) and f.__name__ in HIGHER_METHODS:
            return self._higher(f, (), ("key",))
        if kind is BuiltinFunctionType and f.__name__ == "__new__":
            return self._new(f)
        method = getattr(kind, "__call__", None)  # noqa: B004  # which method, not whether
        if isinstance(method, FunctionType) and not is_raw(f):
            function = self(method)
            return f if function is method else MethodType(function, f)
        return f if is_raw(f) else opaque(self.tape, f, self.carriers)

    def _python(self, f: FunctionType) -> Any:
        """A Python function: rewritten; without source, as it is (its operators record all the same)."""
        if f.__code__ in self.rewritten or NAME in f.__code__.co_freevars:
            return f  # defined inside rewritten code: it is rewritten already
        if is_own_code(f.__code__):
            return f
        if hasattr(f, "registry") and hasattr(f, "dispatch"):
            return self._dispatched(f)
        rule = module_rule(f.__module__ or f.__globals__.get("__name__"))
        if rule == "plain":
            return opaque(self.tape, f, self.carriers)
        if rule == "raw":
            return f
        try:
            return self.function(f)
        except TracerError:
            return f

    def _constant(self, number: int) -> Any:
        return self.tape.write(CONSTANT, (), number)

    def _dispatched(self, f: Any) -> Any:
        """A `singledispatch` function: the implementation for the argument at hand is converted."""

        @functools.wraps(f)
        def call(*args: Any, **options: Any) -> Any:
            return (self(f.dispatch(args[0].__class__)) if args else f)(*args, **options)

        return call

    def _class(self, f: type) -> Any:
        if f.__module__ == "builtins" or is_raw(f):
            return f
        if module_rule(f.__module__) == "plain" or not self.classes.adopt(f):
            return opaque(self.tape, f, self.carriers)
        return f

    def _new(self, f: Any) -> Callable[..., Any]:
        """`object.__new__(C)` makes an object of a class that nobody called: C is adopted all the same."""

        @functools.wraps(f)
        def call(*args: Any, **options: Any) -> Any:
            if args and isinstance(args[0], type):
                self(args[0])
            return f(*args, **options)

        return call

    def _higher(self, f: Any, positions: tuple[int, ...], names: tuple[str, ...]) -> Callable[..., Any]:
        """A callable that calls what it is given gets that converted."""

        @functools.wraps(f, updated=())
        def call(*args: Any, **options: Any) -> Any:
            arguments = [self(a) if i in positions and callable(a) else a for i, a in enumerate(args)]
            return f(
                *arguments, **{n: self(a) if n in names and callable(a) else a for n, a in options.items()}
            )

        return call


class Resting:
    """`__tracer__` after the run, in closures that outlive it: everything stays as it is."""

    unwrap = staticmethod(lambda x: x)
    bool_type, true, false = bool, True, False

    def __call__(self, f: Any) -> Any:
        """The callee itself."""
        return f

    def __invert__(self) -> None:
        """Nothing is recorded any more."""

    __matmul__ = __or__ = __call__
    except_handler = __invert__
    conversion_result = attribute_target = format_arguments = unwrap


RESTING: Final = Resting()


def _too_deep() -> None:
    raise RecursionError("maximum recursion depth exceeded")


def _original(made: Rewritten, node: Any) -> Any:
    """The node of the file's own tree that a node of the rewritten copy came from."""
    position = (node.lineno, node.col_offset, node.end_lineno, node.end_col_offset)
    return made.source.expression(position) or node


def _type(*args: Any, **options: Any) -> Any:
    """`type(x)` of a Value is the type of the number."""
    return type(unwrap(args[0])) if len(args) == 1 and not options else type(*args, **options)


def _plain_arguments(f: Any) -> Any:
    """C code that asks for an int, and nothing that acts as one."""

    @functools.wraps(f, updated=())
    def call(*args: Any, **options: Any) -> Any:
        return f(*args[:1], *map(_index, args[1:]), **{name: _index(x) for name, x in options.items()})

    return call


def _index(x: Any) -> Any:
    return operator.index(x) if isinstance(x, Handle) and isinstance(x, int) else x


def _visible(names: Mapping[str, Any]) -> dict[str, Any]:
    """What a function may see of its own variables."""
    return {name: value for name, value in names.items() if not name.startswith(GENERATED)}


def _caller() -> Any:
    return sys._getframe(2)


TOO_DEEP: Final = _too_deep.__code__
_SPECIAL: Final[dict[int, Callable[..., Any]]] = {
    id(type): _type,
    **{id(f): _plain_arguments(f) for f in (collections.deque, itertools.permutations)},
    id(locals): lambda: _visible(_caller().f_locals),
    id(vars): lambda *x: vars(*x) if x else _visible(_caller().f_locals),
    id(dir): lambda *x: dir(*x) if x else sorted(_visible(_caller().f_locals)),
}
