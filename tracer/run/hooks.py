"""Offer `__tracer__`, through which rewritten code reaches the run: the hooks that the passes call."""

from __future__ import annotations

import sys
from typing import Any, Final

from ..objects import is_class_statement
from ..tape import Handle, Tape, unwrap
from .attribute_target import AttributeTarget
from .class_patches import ClassPatches
from .convert import Conversions, Converter
from .functions import Functions
from .primitives import Primitives
from .stack import Stack
from .tracebacks import remove_own_frames
from .unwrap import UnwrapArguments

__all__ = ["Detached", "Hooks"]


class Hooks(Converter):
    """`__tracer__` during a run; `__tracer__ @ f` is what is called instead of `f`.

    Attributes:
        bool_type, true, false: what the patterns `True` and `False` match.
        rewritten: the code object of each function rewritten for this run -> how it was rewritten.
    """

    bool_type, true, false = bool, True, False

    def __init__(self, tape: Tape) -> None:
        self.tape = tape
        self.patches = ClassPatches()
        self._stack = Stack(tape)
        self._primitives = Primitives(tape)
        self._functions = Functions(tape, self, _DETACHED)
        self.rewritten = self._functions.code
        conversions = Conversions(tape, self, self._primitives, self._functions, self.patches, self._stack)
        super().__init__(conversions.decide, self.patches.patch_reachable)
        tape.on_operand = self.patches.patch

    def start(self) -> None:
        """Begin the run in this thread."""
        self.patches.start(self)
        self._stack.start()

    def end(self) -> None:
        """End the run: rewritten functions that outlive it work with numbers from now on."""
        self._functions.end()
        self.patches.end()
        self._stack.end()

    def forget(self) -> None:
        """Let go of every callee, and of what leads back here: the tape is to go with its record."""
        super().forget()
        self.tape.on_operand = None

    def conversion_result(self, x: Any) -> Any:
        """Return to the interpreter the number that a conversion method returns.

        A function of the table that called the method takes note of the handle.
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
        numbers = UnwrapArguments()
        x = numbers(x)
        for handle in numbers.handles:
            self.tape.leak(handle._index, "text")
        return x

    def attribute_target(self, x: Any) -> Any:
        """Return what an attribute is set on: an object of C is given numbers."""
        return x if is_class_statement(type(x)) else AttributeTarget(x)

    def except_handler(self) -> None:
        """Take tracer's own frames out of the traceback that a handler may read."""
        remove_own_frames(sys.exception())


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
