"""Call functions of the table: Python's own does the work, one node of the graph remembers it.

The twin in C of `shortcut` is in primitives.c.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from typing import Any, Final

from ..ops import CODES, Op
from ..tape import Handle, Tape, is_number, twin, unwrap

__all__ = ["Primitives"]

_EVERYDAY: Final = frozenset({int, float, complex, bool})


class _NotNumbers(Exception):  # noqa: N818  # a finding, not an error
    """An argument is something a row of the table knows nothing about."""


@twin
def shortcut(tape: Tape, code: int, function: Any, call: Callable[..., Any]) -> Callable[..., Any]:  # noqa: ARG001  # C needs them
    """Return `call`; in C something faster that leaves to `call` what is not given everyday numbers alone."""
    return call


class Primitives:
    """The functions of the table as one run calls them."""

    def __init__(self, tape: Tape) -> None:
        self.tape = tape
        # the handles that conversion methods have returned to the function that is running; None if none is
        # running that would record them
        self.returned: list[Handle] | None = None

    def call(
        self, op: Op, convert: Callable[[Any], Any], rowless: Callable[[], Callable[..., Any]]
    ) -> Callable[..., Any]:
        """Return what is called instead of the function of a row.

        Args:
            convert: converts a callee that is given to it.
            rowless: returns what it would be without the row, for a call that the row does not know.
        """
        function, kind = op.function, op.converts
        assert function is not None

        @functools.wraps(function)
        def call(*args: Any, **kwargs: Any) -> Any:
            if kind is not None and len(args) == 1 and not kwargs:
                if not isinstance(args[0], Handle) and (isinstance(args[0], str) or is_number(args[0])):
                    return function(*args)
                if type(unwrap(args[0])) is kind:
                    return args[0]
            if op.only_argument and (len(args) != 1 or kwargs):
                return rowless()(*args, **kwargs)
            iterated = 0 if op.variadic and len(args) > 1 else op.iterates
            if "key" in kwargs:
                kwargs["key"] = convert(kwargs["key"])
            else:
                args = tuple(
                    list(a) if i < iterated and isinstance(a, Iterator) else a for i, a in enumerate(args)
                )
            operands: list[Any] = []
            only_numbers = True
            try:
                numbers = [_numbers(a, operands, iterated=i < iterated) for i, a in enumerate(args)]
                keywords = {name: _numbers(a, operands) for name, a in kwargs.items()}
            except _NotNumbers:
                only_numbers = False
            if not only_numbers:  # out of the handler, so that no error has ours for its context
                return self._objects(op, args, kwargs)
            if not any(issubclass(each, Handle) for each in set(map(type, operands))):
                return function(*args, **kwargs)
            try:
                data = function(*numbers, **keywords)
            except Exception:
                indices = tuple(x._index for x in operands if isinstance(x, Handle))
                self.tape.failed = (self.tape.here(), indices)
                raise
            if op.components:
                named = zip(op.components, data, strict=True)
                return tuple(self.tape.record(CODES[name], operands, x) for name, x in named)
            if type(data) in (list, tuple, dict, set, frozenset):
                return function(*args, **kwargs)  # chosen or put together whole, with the handles in it
            return self.tape.record(CODES[op.name], operands, data)

        # C knows what to do with numbers alone
        special = kind is not None or op.components or op.only_argument
        return call if special else shortcut(self.tape, CODES[op.name], function, call)

    def _objects(self, op: Op, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Call the function of a row with objects: the operands are what their conversion methods return."""
        assert op.function is not None
        before, self.returned = self.returned, []
        try:
            data = op.function(*args, **kwargs)
            operands = self.returned
        finally:
            self.returned = before
        return self.tape.record(CODES[op.name], operands, data) if operands else data


def _numbers(x: Any, operands: list[Any], *, iterated: bool = False) -> Any:
    """Return an argument with numbers instead of handles; its numbers are added to the operands, in order.

    Raises:
        _NotNumbers: it holds something else.
    """
    if isinstance(x, Handle) or is_number(x):
        operands.append(x)
        return unwrap(x)
    if type(x) in (list, tuple, set, frozenset):
        if all(kind in _EVERYDAY or issubclass(kind, Handle) for kind in set(map(type, x))):
            operands.extend(x)
            return type(x)(map(unwrap, x))
        return type(x)(_numbers(item, operands) for item in x)
    if iterated and type(x) in (type({}.keys()), type({}.values()), dict):
        return [_numbers(item, operands) for item in x]
    raise _NotNumbers
