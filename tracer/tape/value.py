"""The lesson: what a `Value` is, on a tape in readable Python.

A number is written down once, as one entry: which operation made it, from which earlier entries, and
what came out. Nothing points forward and nothing is ever changed, so every later question (what did
this depend on? how much does it matter?) is one walk along the tape, and no depth of computation can
overflow anything. Modules beside this one hold what else a run needs: `operators` (what is no number,
what fails), `handle` (text, hash, attributes, numpy), `passing` (conversions, and the types that look
like plain ones), `notes` (locations, decisions, leaks, marks), `current` (which tape a Value is written on).
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from ..errors import TraceError
from ..ops import LEAVES, ROWS, Op
from .current import Current
from .handle import Handle, is_number, unwrap
from .notes import CONSTANT, INPUT, LimitReached, Notes
from .operators import METHODS
from .passing import CONVERSIONS, passing
from .sweep import sweep

__all__ = ["Tape", "Value"]


class Tape(Notes, Current):
    """An append-only record of numbers, kept as columns; `with Tape():` starts a fresh one.

    Attributes:
        codes, args, data: the operation of each entry (an index of `ROWS`), the entries it was made
            from, and the number that came out.
        limit: how many entries there may be.
        transparent: whether the handles look like plain numbers, as they do in traced code.
        labels: the names that `Value.label` gave.
        gradient: the derivative of the entry that `backward()` was last called on, by every entry.
    """

    gradient: Sequence[float | None] = ()
    _current = ContextVar("tape", default=lambda: None)

    def __init__(self, *, transparent: bool = False, limit: int | None = None) -> None:
        super().__init__()
        self.codes = bytearray()
        self.args: list[tuple[int, ...]] = []
        self.data: list[Any] = []
        self.limit = sys.maxsize if limit is None else limit
        self.transparent = transparent
        self.labels: dict[int, str] = {}

    def write(self, code: int, operands: Sequence[int], data: Any, location: int | None = None) -> Handle:
        """Append one entry and return a handle of it."""
        index = len(self.data)
        if index >= self.limit:
            raise LimitReached(f"the limit of {self.limit} operations is reached")
        location = self.here() if location is None else location
        self.codes.append(code)
        self.args.append(tuple(operands))
        self.data.append(data)
        self.locations.append(location)
        return self.handle(index)

    def record(self, code: int, operands: Sequence[Any], data: Any) -> Any:
        """Append the result of an operation whose operands are numbers or handles; return its handle.

        Numbers become constants. A result that is not a number is returned as it is.
        """
        if not is_number(data):
            return data
        location = self.here()
        return self.write(code, [self.entry(x, location) for x in operands], data, location)

    def entry(self, x: Any, location: int) -> int:
        """Return the entry of a handle; a number gets an entry of its own."""
        if isinstance(x, Handle):
            if x._tape is not self:
                raise TraceError(
                    "Values of two tapes met in one operation",
                    hint="make them on the same tape, or pass plain numbers (.data) from one to the other",
                )
            return x._index
        return self.write(CONSTANT, (), x, location)._index

    def leaf(self, data: Any) -> Handle:
        """Append a number that came from nowhere, for `Value(data)`; anything else raises TypeError."""
        if not is_number(data):
            raise TypeError(f"a Value holds a number, not {type(data).__name__}")
        return self.write(INPUT, (), data)

    def handle(self, index: int) -> Handle:
        """Return a handle of an entry."""
        kind = passing(type(self.data[index])) if self.transparent else Value
        handle: Handle = object.__new__(kind)
        handle._tape, handle._index = self, index  # type: ignore[misc]  # its classes have the slots
        return handle

    def sweep(self, ops: Sequence[Op], output: int | None) -> Sequence[float | None]:
        """Return the derivative of one entry by every entry; `ops` has the row of each code."""
        return sweep(ops, self.codes, self.args, self.data, output)


class Value(Handle):
    """A number that remembers how it was made.

    >>> a = Value(2.0); b = Value(-3.0); c = Value(10.0)
    >>> d = a * b
    >>> e = d + c
    >>> e
    Value(data=4.0)
    >>> e.backward()
    >>> a.grad, b.grad
    (-3.0, 2.0)
    """

    __slots__ = ("_index", "_tape")
    _tape: Tape

    if TYPE_CHECKING:  # the operators, which are made from the table of operations

        def __mul__(self, other: Any) -> Value: ...
        def __neg__(self) -> Value: ...

        __add__ = __radd__ = __sub__ = __rsub__ = __rmul__ = __truediv__ = __rtruediv__ = __mul__
        __floordiv__ = __rfloordiv__ = __mod__ = __rmod__ = __pow__ = __rpow__ = __mul__
        __lt__ = __le__ = __gt__ = __ge__ = __mul__
        __pos__ = __abs__ = __neg__

    def __init__(self, data: Any, label: str = "") -> None:
        """Write `data` on the current tape; see `Tape.leaf`."""
        leaf = Tape.current().leaf(data)
        self._tape, self._index = leaf._tape, leaf._index
        if label:
            self.label = label

    @property
    def data(self) -> Any:
        """The number."""
        return unwrap(self)

    @property
    def grad(self) -> float | None:
        """The derivative, by this number, of the one `backward()` was last called on; None if unknown."""
        gradient = self._tape.gradient
        return gradient[self._index] if self._index < len(gradient) else 0.0

    @property
    def label(self) -> str:
        """A name of your own, for pictures and messages."""
        return self._tape.labels.get(self._index, "")

    @label.setter
    def label(self, text: str) -> None:
        self._tape.labels[self._index] = text

    @property
    def _prev(self) -> tuple[Handle, ...]:
        """The numbers this one was made from, in order: `a * a` has two."""
        return tuple(self._tape.handle(i) for i in self._tape.args[self._index])

    @property
    def _op(self) -> str:
        """The operation that made it: `+`, `tanh`; empty for a number that came from nowhere."""
        op = ROWS[self._tape.codes[self._index]]
        return "" if op.name in LEAVES else op.symbol

    def backward(self) -> None:
        """Find the derivative of this number by every number it was made from (`.grad`).

        Asking again, or asking another number, starts afresh: nothing accumulates.
        """
        self._tape.gradient = self._tape.sweep(ROWS, self._index)

    def __repr__(self) -> str:
        return f"Value(data={unwrap(self)!r})"

    __str__ = __repr__


for _name, _method in METHODS.items():
    setattr(Handle, _name, _method)
for _name, _method in CONVERSIONS.items():
    setattr(Value, _name, _method)
