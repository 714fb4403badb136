"""Owns the tape and its numbers, in readable Python: an append-only list of what was computed.

A number is written down once, as one entry: which operation made it, from which earlier
entries, what came out, and at which place in the source. Nothing points forward and nothing
is ever changed, so every later question (what did this depend on? how much does it matter?)
is one walk along the tape, and no depth of computation can overflow anything.
"""

from __future__ import annotations

import gc
import os
import sys
import weakref
from array import array
from collections.abc import Callable, Hashable, Iterator, Sequence
from contextvars import ContextVar, Token
from opcode import opmap
from threading import get_ident
from types import CodeType, FrameType, FunctionType
from typing import Any, Final

from ..errors import TraceError
from ..ops import BINARY, CODES, COMPARE, OPS, ROWS, UFUNCS, UNARY, Op
from .numbers import is_number, type_name
from .sweep import sweep

__all__ = ["Handle", "LimitReached", "Tape", "Value", "is_ours", "plain"]

INPUT, LITERAL, CONSTANT, OPAQUE = (CODES[name] for name in ("input", "literal", "constant", "opaque"))
_PACKAGE: Final = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep


_ours: dict[str, bool] = {}  # whether a file is tracer's own


def is_ours(code: CodeType) -> bool:
    """Whether the code is tracer's own."""
    known = _ours.get(code.co_filename)
    if known is None:
        known = _ours[code.co_filename] = code.co_filename.startswith(_PACKAGE)
    return known


class LimitReached(BaseException):
    """The run recorded as many operations as it was allowed to.

    Not an `Exception`: the traced code's own handlers must not swallow it.
    """


class Tape:
    """An append-only record of numbers, kept as columns; `with Tape():` starts a fresh one.

    Attributes:
        codes, args, data, places: the operation, the operands, the number and the place of each
            entry. `where` says what a place is.
        branches: (entry, outcome, length of the tape) for each decision a number took part in.
        leaks: (place, how) -> entries that left the tape there, with how often.
        marks: (length of the tape, what, payload): calls entered and left, iterations begun.
        depth, deepest: how many calls are marked as entered, and may be.
        limit: how many entries there may be.
        transparent: whether the handles pass for plain numbers, as they do in traced code.
    """

    def __init__(self, *, transparent: bool = False, limit: int | None = None) -> None:
        self.codes = bytearray()
        self.data: list[Any] = []
        self.places = array("l")
        self._places_known: list[Hashable] = []
        self.branches: list[tuple[int, bool, int, int]] = []
        self.leaks: dict[tuple[int, str], dict[int, int]] = {}
        self.marks: list[tuple[int, str, Any]] = []
        self.depth, self.deepest = 0, sys.maxsize
        self.labels: dict[int, str] = {}
        self.limit = sys.maxsize if limit is None else limit
        self.transparent = transparent
        self.failed: tuple[int, tuple[int, ...]] | None = None
        self._first, self._second = array("l"), array("l")
        self._operands: dict[int, tuple[int, ...]] = {}
        self._place_ids: dict[Hashable, int] = {}
        self._gradient: list[float | None] = []
        self._thread = get_ident()
        self._token: Token[Callable[[], Tape | None]] | None = None

    def __len__(self) -> int:
        return len(self.data)

    def __enter__(self) -> Tape:
        self._token = _current.set(lambda: self)
        return self

    def __exit__(self, *exception: object) -> None:
        if self._token is not None:
            _current.reset(self._token)

    def write(self, code: int, operands: Sequence[int], data: Any, place: int | None = None) -> Handle:
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
        self.places.append(self.here() if place is None else place)
        return self.handle(index)

    def record(self, code: int, operands: Sequence[Any], data: Any) -> Any:
        """Append the result of an operation whose operands are numbers, plain or not.

        Plain operands become constants. A result that is not a number is returned as it is.
        """
        if not is_number(data):
            return data
        place = self.here()
        return self.write(code, [self.entry(x, place) for x in operands], data, place)

    def entry(self, x: Any, place: int) -> int:
        """The entry of a number; a plain one gets an entry of its own."""
        if isinstance(x, Handle):
            if x._tape is not self:
                raise TraceError(
                    "Values of two tapes met in one operation",
                    hint="make them on the same tape, or pass plain numbers (.data) from one to the other",
                )
            return x._index
        return self.write(CONSTANT, (), x, place)._index

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
        kind = _transparent(type(self.data[index])) if self.transparent else Value
        handle: Handle = _new(kind)
        handle._tape = self  # type: ignore[misc]  # its classes have the slots
        handle._index = index  # type: ignore[misc]
        return handle

    def here(self) -> int:
        """The place in the source that is running: the innermost frame that is not tracer's."""
        frame = sys._getframe(2)
        while is_ours(frame.f_code) and frame.f_back is not None:
            frame = frame.f_back
        return self.place_of(frame.f_code, frame.f_lasti)

    def place_of(self, code: CodeType, offset: int) -> int:
        """The number of an instruction's place."""
        key = (id(code), offset)  # hashing a code object walks through it
        number = self._place_ids.get(key)
        return self.place((code, offset), key) if number is None else number

    def place(self, place: Hashable, key: Hashable = None) -> int:
        """The number of any place; `key` identifies it (itself unless given)."""
        key = place if key is None else key
        number = self._place_ids.get(key)
        if number is None:
            number = self._place_ids[key] = len(self._places_known)
            self._places_known.append(place)
        return number

    def where(self, place: int) -> Any:
        """What a place is: (code object, instruction offset), or what was given to `place`."""
        return self._places_known[place]

    def sites(self, site: Callable[[int, int, int, int | None], int]) -> array[int]:
        """A number for the place of every entry, as `site` says.

        Args:
            site: asked once for each place and operation, (place, operation, -1, None), and for
                each plain operand there, (place, operation, position, None). Where that one
                answers -1, it is asked again for each such operand, with its entry.
        """
        sites = array("I", bytes(4 * len(self)))
        known: dict[tuple[int, int, int], int] = {}
        for i, (code, place) in enumerate(zip(self.codes, self.places, strict=True)):
            if code != CONSTANT:
                plain_operands = (
                    (j, (place, code, position))
                    for position, j in enumerate(self.operands(i))
                    if self.codes[j] == CONSTANT and self.places[j] == place
                )
                for j, key in ((i, (place, code, -1)), *plain_operands):
                    if key not in known:
                        known[key] = site(*key, None)
                    sites[j] = known[key] if known[key] >= 0 else site(*key, j)
        return sites

    def controls(self) -> set[int]:
        """The entries that took part in a decision or left the tape."""
        return {index for index, *_ in self.branches}.union(*self.leaks.values())

    def visited(self) -> list[int]:
        """The places of decisions, of leaks and of calls that were entered, each once."""
        entered = (payload[2] for _, what, payload in self.marks if what == "enter")
        places = (*(place for *_, place in self.branches), *(place for place, _ in self.leaks), *entered)
        return list(dict.fromkeys(place for place in places if place >= 0))

    def marked(self) -> list[CodeType]:
        """The code objects that were marked as entered, or with iterations."""
        return list({id(p[0]): p[0] for _, what, p in self.marks if what != "leave"}.values())

    def marker(self, what: str, number: int, too_deep: Callable[[], None]) -> Any:
        """An object `m`, such that `~m` in traced code notes where the tape stands.

        Args:
            what: `enter`, `leave` or `turn`.
            number: which call or loop of the code.
            too_deep: called instead of entering deeper than `deepest`; it raises.
        """
        return Marker(self, what, number, too_deep)

    def converter(self, hooks: Any) -> Any:
        """What rewritten code knows the hooks by."""
        return hooks

    def primitive(self, op: Op, slow: Callable[..., Any]) -> Callable[..., Any]:  # noqa: ARG002  # C needs it
        """A function of the table; `slow` knows what to do with any arguments."""
        return slow

    def holders(self) -> int:
        """A number that grows with the Values of this tape that are alive."""
        return sys.getrefcount(self)

    def outlived(self, holders: int) -> bool:
        """Whether Values made since `holders()` was asked may still be alive."""
        return sys.getrefcount(self) > holders or bool(self.living())

    def living(self) -> list[Handle]:
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
            where = self.leaks.setdefault((self.here(), how), {})
            where[index] = where.get(index, 0) + 1

    def gradient(self, output: int) -> None:
        """Compute the derivative of entry `output` by every entry, for `Value.grad`."""
        operands = [self.operands(i) for i in range(output + 1)]
        self._gradient = sweep(ROWS, self.codes, operands, self.data[: output + 1], output)

    def grad(self, index: int) -> float | None:
        """What the last `gradient` found for an entry; 0.0 before."""
        return self._gradient[index] if index < len(self._gradient) else 0.0


class Operands(Sequence[tuple[int, ...]]):
    """The operands of every entry of a tape."""

    def __init__(self, tape: Tape) -> None:
        self._tape = tape

    def __len__(self) -> int:
        return len(self._tape)

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return [self._tape.operands(i) for i in range(*index.indices(len(self)))]
        return self._tape.operands(range(len(self))[index])

    def __iter__(self) -> Iterator[tuple[int, ...]]:
        return (self._tape.operands(i) for i in range(len(self)))


class Marker:
    """`~marker` notes where the tape stands; no other expression costs the interpreter less."""

    def __init__(self, tape: Tape, what: str, number: int, too_deep: Callable[[], None]) -> None:
        self.tape, self.what, self.number, self.too_deep = tape, what, number, too_deep

    def __invert__(self) -> None:
        tape, payload = self.tape, None
        if get_ident() != tape._thread:
            return
        frame = sys._getframe(1)
        if self.what == "enter":
            if tape.depth >= tape.deepest:
                self.too_deep()
            caller = frame.f_back if tape.depth else None  # the outermost call is the run's own
            tape.depth += 1
            while caller is not None and is_ours(caller.f_code) and caller.f_back is not None:
                caller = caller.f_back
            place = -1 if caller is None else tape.place_of(caller.f_code, caller.f_lasti)
            payload = (frame.f_code, self.number, place)
        elif self.what == "leave":
            tape.depth -= 1
        else:
            payload = (frame.f_code, self.number)  # type: ignore[assignment]  # a turn has no caller
        tape.marks.append((len(tape), self.what, payload))


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


class Handle:
    """A number on a tape: everything an operator does to it is written down."""

    __slots__ = ()
    _tape: Tape
    _index: int

    def __hash__(self) -> int:
        self._tape.leak(self._index, "hash")
        return hash(plain(self))

    def __bool__(self) -> bool:
        outcome = bool(plain(self))
        tape = self._tape
        tape.branches.append((self._index, outcome, len(tape), tape.here()))
        return outcome

    def __divmod__(self, other: Any) -> Any:
        return _divmod(self, other)

    def __rdivmod__(self, other: Any) -> Any:
        return _divmod(other, self)

    def __pow__(self, other: Any, modulus: Any = None) -> Any:
        if modulus is None:
            return _power(self, other)
        return apply(OPS["powmod"], (self, other, modulus))

    def __rpow__(self, other: Any) -> Any:
        return _reflected_power(self, other)

    def __imul__(self, other: Any) -> Any:
        """`x *= "ab"`: the interpreter asks the sequence only if the number is a built-in one."""
        if not isinstance(other, str | bytes | list | tuple):
            return NotImplemented
        self._tape.leak(self._index, "call")
        return plain(self) * other

    def __getattr__(self, name: str) -> Any:
        found = getattr(plain(self), name)
        if callable(found):
            return _method(self, name)
        if name in _PARTS and not _reads_attribute(sys._getframe(1)):
            self._tape.leak(self._index, "call")
            return found
        return self._tape.record(CODES.get(name, OPAQUE), [self], found)

    def __repr__(self) -> str:
        self._tape.leak(self._index, "text")
        return repr(plain(self))

    def __str__(self) -> str:
        self._tape.leak(self._index, "text")
        return str(plain(self))

    def __format__(self, spec: str) -> str:
        self._tape.leak(self._index, "text")
        return format(plain(self), spec)

    def __copy__(self) -> Handle:
        return self

    def __deepcopy__(self, memo: object) -> Handle:
        return self

    def __reduce_ex__(self, protocol: Any) -> Any:
        self._tape.leak(self._index, "text")
        return plain(self).__reduce_ex__(protocol)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        self._tape.leak(self._index, "array")
        return sys.modules["numpy"].asarray(plain(self), dtype=dtype)

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        numbers = [x for x in inputs if isinstance(x, Handle)]
        result = getattr(ufunc, method)(*map(plain, inputs), **options)
        op = OPS.get(UFUNCS.get(ufunc.__name__, ufunc.__name__), OPS["opaque"])
        if is_number(result):
            return self._tape.record(CODES[op.name], inputs if op.partials else numbers, result)
        for x in numbers:
            x._tape.leak(x._index, "array")
        return result


# A Decimal that compares itself with a rational asks for these, and wants true ints.
_PARTS: Final = {"numerator", "denominator"}
_READS: Final = {opmap[name] for name in ("LOAD_ATTR", "LOAD_METHOD") if name in opmap}


def _reads_attribute(frame: FrameType) -> bool:
    """Whether a frame is at `x.name`, not at an operator or a call of C code."""
    return frame.f_code.co_code[frame.f_lasti] in _READS


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
        return plain(self)

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
        return f"Value(data={plain(self)!r})"

    __str__ = __repr__


_new = object.__new__


def plain(x: Any) -> Any:
    """The plain number of a Value; anything else as it is."""
    return x._tape.data[x._index] if isinstance(x, Handle) else x


def apply(op: Op, operands: Sequence[Any]) -> Any:
    """Compute an operation on numbers, at least one of them a Value, and write it down."""
    tape = next(x._tape for x in operands if isinstance(x, Handle))
    assert op.function is not None
    try:
        data = op.function(*map(plain, operands))
    except Exception:
        tape.failed = (tape.here(), tuple(x._index for x in operands if isinstance(x, Handle)))
        raise
    return tape.record(CODES[op.name], operands, data)


def _binary(op: Op, name: str) -> tuple[Callable[..., Any], Callable[..., Any]]:
    """The methods `__name__` and `__rname__` of numbers for one operator of the table."""
    reflected_name = f"__r{name}__"

    code, function = CODES[op.name], op.function
    assert function is not None

    def forward(self: Handle, other: Any) -> Any:
        if not (isinstance(other, Handle) or is_number(other)):
            if isinstance(getattr(type(other), reflected_name, None), FunctionType):
                return NotImplemented  # a class of the user's: its own method gets the Value itself
            return _left_alone(op, self, (self, other))
        return _computed(code, function, self, other, self._tape)

    def reflected(self: Handle, other: Any) -> Any:
        if is_number(other):
            return _computed(code, function, other, self, self._tape)
        return _left_alone(op, self, (other, self))

    return forward, reflected


def _comparison(op: Op, mirror: str) -> Callable[..., Any]:
    code, function = CODES[op.name], op.function
    assert function is not None

    def compare(self: Handle, other: Any) -> Any:
        if not (isinstance(other, Handle) or is_number(other)):
            if isinstance(getattr(type(other), mirror, None), FunctionType):
                return NotImplemented
            return _left_alone(op, self, (self, other))
        return _computed(code, function, self, other, self._tape)

    return compare


def _computed(code: int, function: Callable[..., Any], x: Any, y: Any, tape: Tape) -> Any:
    """An operator between two numbers, at least one of them a Value: most of what a run does."""
    place = tape.here()
    try:
        data = function(plain(x), plain(y))
    except TypeError:
        return NotImplemented  # the interpreter words the error, with the operator as written
    except Exception:
        tape.failed = (place, tuple(z._index for z in (x, y) if isinstance(z, Handle)))
        raise
    if not is_number(data):
        return data
    return tape.write(code, (tape.entry(x, place), tape.entry(y, place)), data, place)


def _left_alone(op: Op, number: Handle, operands: Sequence[Any]) -> Any:
    """An operator between a number and something else: what Python does with the plain number."""
    assert op.function is not None
    try:
        result = op.function(*map(plain, operands))
    except TypeError:
        return NotImplemented
    if result is not NotImplemented and op not in COMPARE:
        number._tape.leak(number._index, "array" if hasattr(result, "__array__") else "call")
    return result


def _divmod(x: Any, y: Any) -> Any:
    number = x if isinstance(x, Handle) else y
    if not all(isinstance(z, Handle) or is_number(z) for z in (x, y)):
        return NotImplemented
    try:
        quotient, remainder = divmod(plain(x), plain(y))
    except TypeError:
        return NotImplemented
    record = number._tape.record
    return record(CODES["floordiv"], (x, y), quotient), record(CODES["mod"], (x, y), remainder)


def _method(number: Handle, name: str) -> Callable[..., Any]:
    """A method of the plain number, its result written down."""

    def method(*args: Any, **options: Any) -> Any:
        operands = [number, *(x for x in (*args, *options.values()) if isinstance(x, Handle))]
        call = getattr(plain(number), name)
        data = call(*map(plain, args), **{key: plain(x) for key, x in options.items()})
        record = number._tape.record
        if type(data) is tuple:
            parts = OPS[name].parts if name in OPS else ()
            codes = [CODES[part] for part in parts] or [OPAQUE] * len(data)
            return tuple(record(code, operands, part) for code, part in zip(codes, data, strict=True))
        if not is_number(data) and data is not NotImplemented:
            number._tape.leak(number._index, "text" if isinstance(data, str | bytes) else "call")
        return record(CODES.get(name, OPAQUE), operands, data)

    method.__name__ = name
    return method


def _convert(name: str, how: str) -> Callable[[Handle], Any]:
    """A conversion that C code asks for: the number leaves the tape."""

    def convert(self: Handle) -> Any:
        self._tape.leak(self._index, how)
        return getattr(plain(self), name)()

    return convert


def _rounding(op: Op, name: str) -> Callable[..., Any]:
    def rounding(self: Handle, *digits: Any) -> Any:
        data = getattr(plain(self), name)(*map(plain, digits))
        return self._tape.record(CODES[op.name], (self, *(d for d in digits if d is not None)), data)

    return rounding


def _unary(op: Op) -> Callable[[Handle], Any]:
    return lambda self: apply(op, (self,))


_MIRROR: Final = {
    **{"lt": "__gt__", "le": "__ge__", "eq": "__eq__"},
    **{"ne": "__ne__", "gt": "__lt__", "ge": "__le__"},
}
_CONVERSIONS: Final[dict[str, Callable[..., Any]]] = {
    "__index__": _convert("__index__", "index"),
    "__int__": _convert("__int__", "int()"),
    "__float__": _convert("__float__", "float()"),
    "__complex__": _convert("__complex__", "complex()"),
    **{f"__{name}__": _rounding(OPS[name], f"__{name}__") for name in ("round", "trunc", "floor", "ceil")},
}
_power, _reflected_power = _binary(OPS["pow"], "pow")

for _op in BINARY:
    if _op.name != "pow":
        for _name, _function in zip((_op.name, f"r{_op.name}"), _binary(_op, _op.name), strict=True):
            setattr(Handle, f"__{_name}__", _function)
for _op in COMPARE:
    setattr(Handle, f"__{_op.name}__", _comparison(_op, _MIRROR[_op.name]))
for _op in UNARY:
    setattr(Handle, f"__{_op.name}__", _unary(_op))
for _name, _function in _CONVERSIONS.items():
    setattr(Value, _name, _function)

_passing: dict[type, type[Handle]] = {}


def members(kind: type, base: type = Handle) -> dict[str, Any]:
    """What makes a handle pass for a plain type, besides the arithmetic that `base` has."""
    conversions = {n: f for n, f in _CONVERSIONS.items() if hasattr(kind, n) and not hasattr(base, n)}
    return {"__slots__": (), "__module__": kind.__module__, **conversions}


def _transparent(kind: type) -> type[Handle]:
    """The handle type that passes for a plain type: its class, its name, its conversions."""
    found = _passing.get(kind)
    if found is None:
        own = {"__slots__": ("_index", "_tape"), "__class__": property(lambda self: kind)}
        found = _passing[kind] = type(type_name(kind), (Handle,), members(kind) | own)
    return found
