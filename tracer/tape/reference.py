"""Owns the tape and its numbers, in readable Python: an append-only list of what was computed.

A number is written down once, as one entry: which operation made it, from which earlier
entries, what came out, and at which location in the source. Nothing points forward and nothing
is ever changed, so every later question (what did this depend on? how much does it matter?)
is one walk along the tape, and no depth of computation can overflow anything.
"""

from __future__ import annotations

import gc
import sys
import weakref
from array import array
from collections.abc import Callable, Hashable, Sequence
from contextvars import ContextVar, Token
from threading import get_ident
from types import CodeType
from typing import Any

from ..errors import TraceError
from ..ops import CODES, ROWS
from .handle import Handle, unwrap
from .marks import Marker, MarkKind
from .number_types import is_number
from .operands import Operands
from .own_code import is_own_code
from .passing import CONVERSIONS, passing
from .sites import number_sites
from .sweep import sweep

__all__ = ["CONSTANT", "INPUT", "LITERAL", "LimitReached", "Tape", "Value"]

INPUT, LITERAL, CONSTANT = (CODES[name] for name in ("input", "literal", "constant"))


class LimitReached(BaseException):
    """The run recorded as many operations as it was allowed to.

    Not an `Exception`: the traced code's own handlers must not swallow it.
    """


class Tape:
    """An append-only record of numbers, kept as columns; `with Tape():` starts a fresh one.

    Attributes:
        codes, args, data, locations: the operation, the operands, the number and the location of each
            entry. `instruction_at` says what a location is.
        branches: (entry, outcome, length of the tape) for each decision a number took part in.
        leaks: (location, how) -> the entries that left the tape there, each as often as it did.
        marks: (length of the tape, kind of mark): calls entered and left, iterations begun.
        mark_kinds: (`enter`, `leave` or `iteration`, code object or None, which call or loop of the code,
            location of the caller or -1).
        thread: the thread that leaves marks.
        depth, deepest: how many calls are marked as entered, and may be.
        limit: how many entries there may be.
        on_operand: called with each object of a class of the user's that an operator is about to ask.
        transparent: whether the handles pass for plain numbers, as they do in traced code.
    """

    def __init__(self, *, transparent: bool = False, limit: int | None = None) -> None:
        self.codes = bytearray()
        self.data: list[Any] = []
        self.locations = array("l")
        self._locations: list[Hashable] = []
        self.branches: list[tuple[int, bool, int, int]] = []
        self.leaks: dict[tuple[int, str], list[int]] = {}
        self.marks: list[tuple[int, int]] = []
        self.mark_kinds: list[MarkKind] = []
        self._kind_ids: dict[tuple[Any, ...], int] = {}
        self.depth, self.deepest = 0, sys.maxsize
        self.labels: dict[int, str] = {}
        self.limit = sys.maxsize if limit is None else limit
        self.transparent = transparent
        self.failed: tuple[int, tuple[int, ...]] | None = None
        self.on_operand: Callable[[Any], None] | None = None
        self._first, self._second = array("l"), array("l")
        self._operands: dict[int, tuple[int, ...]] = {}
        self._location_ids: dict[Hashable, int] = {}
        self._gradient: list[float | None] = []
        self.thread = get_ident()
        self._token: Token[Callable[[], Tape | None]] | None = None

    def __len__(self) -> int:
        return len(self.data)

    def __enter__(self) -> Tape:
        self._token = _current.set(lambda: self)
        return self

    def __exit__(self, *exception: object) -> None:
        if self._token is not None:
            _current.reset(self._token)

    def write(self, code: int, operands: Sequence[int], data: Any, location: int | None = None) -> Handle:
        """Append one entry and return the number that stands for it."""
        index = len(self.data)
        if index >= self.limit:
            raise LimitReached(f"the limit of {self.limit} operations is reached")
        self.codes.append(code)
        count = len(operands)
        self._first.append(operands[0] if count else -1)
        self._second.append(operands[1] if count > 1 else -1)
        if count > 2:
            self._operands[index] = tuple(operands)
        self.data.append(data)
        self.locations.append(self.here() if location is None else location)
        return self.handle(index)

    def record(self, code: int, operands: Sequence[Any], data: Any) -> Any:
        """Append the result of an operation whose operands are numbers, plain or not.

        Plain operands become constants. A result that is not a number is returned as it is.
        """
        if not is_number(data):
            return data
        location = self.here()
        return self.write(code, [self.entry(x, location) for x in operands], data, location)

    def entry(self, x: Any, location: int) -> int:
        """The entry of a number; a plain one gets an entry of its own."""
        if isinstance(x, Handle):
            if x._tape is not self:
                raise TraceError(
                    "Values of two tapes met in one operation",
                    hint="make them on the same tape, or pass plain numbers (.data) from one to the other",
                )
            return x._index
        return self.write(CONSTANT, (), x, location)._index

    def operands(self, index: int) -> tuple[int, ...]:
        """The entries that entry `index` was made from, in order."""
        first, second = self._first[index], self._second[index]
        if second >= 0:
            return self._operands.get(index, (first, second))
        return (first,) if first >= 0 else ()

    @property
    def args(self) -> Operands:
        """The operands of every entry."""
        return Operands(self)

    def handle(self, index: int) -> Handle:
        """A number that stands for entry `index`."""
        kind = passing(type(self.data[index])) if self.transparent else Value
        handle: Handle = object.__new__(kind)
        handle._tape = self  # type: ignore[misc]  # its classes have the slots
        handle._index = index  # type: ignore[misc]
        return handle

    def here(self) -> int:
        """The location in the source that is running: the innermost frame that is not tracer's."""
        frame = sys._getframe(2)
        while is_own_code(frame.f_code) and frame.f_back is not None:
            frame = frame.f_back
        return self.location_of(frame.f_code, frame.f_lasti)

    def location_of(self, code: CodeType, offset: int) -> int:
        """The number of an instruction's location."""
        key = (id(code), offset)  # hashing a code object walks through it
        number = self._location_ids.get(key)
        return self.location_for((code, offset), key) if number is None else number

    def location_for(self, location: Hashable, key: Hashable = None) -> int:
        """The number of any location; `key` identifies it (itself unless given)."""
        key = location if key is None else key
        number = self._location_ids.get(key)
        if number is None:
            number = self._location_ids[key] = len(self._locations)
            self._locations.append(location)
        return number

    def instruction_at(self, location: int) -> Any:
        """What a location is: (code object, instruction offset), or what was given to `location`."""
        return self._locations[location]

    def sites(self, site: Callable[[int, int, int, int | None], int]) -> Sequence[int]:
        """Return a number for the location of every entry; see `number_sites`."""
        return number_sites(self.codes, self.args, self.locations, site)

    def controls(self) -> frozenset[int]:
        """The entries that took part in a decision or left the tape."""
        return frozenset(index for index, *_ in self.branches).union(*self.leaks.values())

    def code_objects(self) -> list[CodeType]:
        """The code objects that something was noted in."""
        locations = (location[0] for location in self._locations if isinstance(location, tuple))
        marked = (code for _, code, _, _ in self.mark_kinds if code is not None)
        return list({id(code): code for code in (*locations, *marked)}.values())

    def mark(self, kind: MarkKind) -> None:
        """Note that a call or an iteration began or ended here."""
        what, code, *where = kind
        key = (what, id(code), *where)  # hashing a code object walks through it
        if key not in self._kind_ids:
            self._kind_ids[key] = len(self.mark_kinds)
            self.mark_kinds.append(kind)
        self.marks.append((len(self), self._kind_ids[key]))

    def marker(self, what: str, number: int, too_deep: Callable[[], None]) -> Any:
        """An object that notes in traced code where the tape stands; see `Marker`.

        Args:
            what: `enter`, `leave` or `iteration`.
            number: which call or loop of the code.
            too_deep: called instead of entering deeper than `deepest`; it raises.
        """
        return Marker(self, what, number, too_deep)

    def reference_count(self) -> int:
        """A number that grows with the Values of this tape that are alive."""
        return sys.getrefcount(self)

    def has_live_handles(self, before: int) -> bool:
        """Whether Values made since `reference_count()` was asked may still be alive."""
        return sys.getrefcount(self) > before or bool(self.live_handles())

    def live_handles(self) -> list[Handle]:
        """The Values of this tape that are alive."""
        return [x for x in gc.get_referrers(self) if isinstance(x, Handle)]

    @staticmethod
    def referrers(targets: list[Any]) -> list[Any]:
        """The objects that refer to any of the given ones."""
        mark = object()  # tells the call's own tuple of arguments, which some versions report too
        found = gc.get_referrers(*targets, mark)
        return [x for x in found if not (type(x) is tuple and x and x[-1] is mark)]

    def remember(self, index: int, number: Any) -> None:
        """Which object an entry's number was, for `x is y`; here the column keeps it."""

    def leak(self, index: int, how: str) -> None:
        """Note that a number left the tape here. What is written in the source cannot get lost."""
        if self.codes[index] not in (LITERAL, CONSTANT):
            self.leaks.setdefault((self.here(), how), []).append(index)

    def gradient(self, output: int) -> None:
        """Compute the derivative of entry `output` by every entry, for `Value.grad`."""
        operands = [self.operands(i) for i in range(output + 1)]
        self._gradient = sweep(ROWS, self.codes, operands, self.data[: output + 1], output)

    def grad(self, index: int) -> float | None:
        """What the last `gradient` found for an entry; 0.0 before."""
        return self._gradient[index] if index < len(self._gradient) else 0.0


_current: ContextVar[Callable[[], Tape | None]] = ContextVar("tape", default=lambda: None)


def current() -> Tape:
    """The tape that standalone Values of this thread or task write on.

    Only its Values keep it alive: when the last is gone, the next Value starts a new tape.
    """
    tape = _current.get()()
    if tape is None:
        tape = Tape()
        _current.set(weakref.ref(tape))
    return tape


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

    Attributes:
        data: the plain number.
        grad: the derivative, by this number, of the one `backward()` was last called on; None
            where it is not known.
        label: a name of your own, for pictures and messages.
    """

    __slots__ = ("_index", "_tape")

    def __init__(self, data: Any, label: str = "") -> None:
        """Write `data` on the current tape, as a number that came from nowhere.

        Raises:
            TypeError: `data` is not a number.
        """
        if not is_number(data):
            raise TypeError(f"a Value holds a number, not {type(data).__name__}")
        leaf = current().write(INPUT, (), data)
        self._tape, self._index = leaf._tape, leaf._index
        if label:
            self.label = label

    @property
    def data(self) -> Any:
        """The plain number."""
        return unwrap(self)

    @property
    def grad(self) -> float | None:
        """How much the output moves when this number moves by a little."""
        return self._tape.grad(self._index)

    @property
    def label(self) -> str:
        """A name of your own."""
        return self._tape.labels.get(self._index, "")

    @label.setter
    def label(self, text: str) -> None:
        self._tape.labels[self._index] = text

    @property
    def _prev(self) -> tuple[Handle, ...]:
        """The numbers this one was made from, in order: `a * a` has two."""
        return tuple(self._tape.handle(i) for i in self._tape.operands(self._index))

    @property
    def _op(self) -> str:
        """The operation that made it: `+`, `tanh`; empty for a number that came from nowhere."""
        op = ROWS[self._tape.codes[self._index]]
        return "" if op.name in ("input", "literal", "constant") else op.symbol

    def backward(self) -> None:
        """Find the derivative of this number by every number it was made from (`.grad`).

        Asking again, or asking another number, starts afresh: nothing accumulates.
        """
        self._tape.gradient(self._index)

    def __repr__(self) -> str:
        return f"Value(data={unwrap(self)!r})"

    __str__ = __repr__


for _name, _function in CONVERSIONS.items():
    setattr(Value, _name, _function)
