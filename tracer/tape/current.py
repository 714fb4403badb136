"""The tape that standalone Values of a thread or task are written on."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from contextvars import ContextVar, Token
from typing import Any, ClassVar, Self

__all__ = ["Current"]


class Current:
    """A tape that a thread or task can write on: its own, or that of the `with` statement it is in."""

    _current: ClassVar[ContextVar[Callable[[], Any]]]  # one for tapes in Python, one for those in C
    _tokens: tuple[Token[Any], ...] = ()

    @classmethod
    def current(cls) -> Self:
        """Return the tape of this thread or task; when the last handle of it is gone, a new one."""
        tape = cls._current.get()()
        if tape is None:
            tape = cls()
            cls._current.set(weakref.ref(tape))
        return tape  # type: ignore[no-any-return]  # of the very class

    def __enter__(self) -> Self:
        self._tokens += (self._current.set(lambda: self),)
        return self

    def __exit__(self, *exception: object) -> None:
        self._tokens, token = self._tokens[:-1], self._tokens[-1]
        self._current.reset(token)
