"""Offer `__tracer__`, through which rewritten code reaches the run: the hooks that the passes call."""

from __future__ import annotations

import sys
from typing import Any, Final

from ..objects.storages import is_class_statement
from ..tape import Handle, Tape, unwrap
from .convert import Conversions
from .patched import set_converter
from .stack import remove_own_frames
from .unwrap import UnwrapArguments

__all__ = ["Detached", "Hooks"]


class Hooks(Conversions):
    """`__tracer__` during a run; `__tracer__ @ f` is what is called instead of `f`.

    Attributes:
        bool_type, true, false: `case True` is rewritten to `case bool_type(true)`, which a handle of
            True matches too; so for False.
    """

    bool_type, true, false = bool, True, False

    def __init__(self, tape: Tape) -> None:
        super().__init__(tape, _DETACHED)
        tape.on_operand = self.patches.patch

    def start(self) -> None:
        """Begin the run in this thread."""
        self._before = set_converter(self)
        self._stack.start()

    def end(self) -> None:
        """End the run: rewritten functions that outlive it work with numbers from now on.

        No function or class refers to this object then, so the tape is freed with its record.
        """
        self._functions.end()
        self.patches.end()
        set_converter(self._before)
        self._stack.end()
        self.forget()
        self.tape.on_operand = None

    def conversion_result(self, x: Any) -> Any:
        """Return the number that a method such as `__float__` returns: the interpreter takes no handle.

        If a function of the table called the method, as in `sqrt(x)`, the handle is kept and becomes
        its operand; otherwise the number leaks.
        """
        if isinstance(x, Handle):
            if type(unwrap(x)) is bool:
                return bool(x)
            if self._primitives.returned is None:
                self.tape.leak(x._index, "call")
            else:
                self._primitives.returned.append(x)
        return unwrap(x)

    def format_arguments(self, x: Any) -> Any:
        """Return the arguments of a text as numbers."""
        return _leaked(x, "text")

    def attribute_target(self, x: Any) -> Any:
        """Return what an attribute is set on: an object of C is given numbers."""
        return x if is_class_statement(type(x)) else AttributeTarget(x)

    def except_handler(self) -> None:
        """Take tracer's own frames out of the traceback that a handler may read."""
        remove_own_frames(sys.exception())


def _leaked(x: Any, how: str) -> Any:
    """Return an object with numbers for its handles, which leave the graph."""
    numbers = UnwrapArguments()
    x = numbers(x)
    for handle in numbers.handles:
        handle._tape.leak(handle._index, how)
    return x


class AttributeTarget:
    """Stands for an object of C where an attribute is set: it is given the number, not the handle."""

    __slots__ = ("_object",)

    def __init__(self, x: Any) -> None:
        object.__setattr__(self, "_object", x)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._object, name)

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(self._object, name, _leaked(value, "call"))


class Detached:
    """`__tracer__` when the run is over, in closures that outlive it: everything stays as it is."""

    bool_type, true, false = bool, True, False

    def __call__(self, f: Any) -> Any:
        """Return the callee itself."""
        return f

    def __invert__(self) -> None:
        """Record no mark."""

    __matmul__ = __or__ = unwrap = conversion_result = format_arguments = attribute_target = __call__
    except_handler = __invert__


_DETACHED: Final = Detached()
