"""The tape that standalone Values of a thread or task are written on."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from contextvars import ContextVar, Token
from typing import Any, Generic, TypeVar

__all__ = ["CurrentTape"]

T = TypeVar("T")


class CurrentTape(Generic[T]):
    """Finds the tape of this thread or task; only its handles keep it alive.

    When the last of them is gone, the next Value starts a new tape.
    """

    def __init__(self, make: Callable[[], T]) -> None:
        self._make = make
        self._tape: ContextVar[Callable[[], T | None]] = ContextVar("tape", default=lambda: None)

    def __call__(self) -> T:
        """Return the tape; a new one if there is none."""
        tape = self._tape.get()()
        if tape is None:
            tape = self._make()
            self._tape.set(weakref.ref(tape))
        return tape

    def enter(self, tape: T) -> Token[Any]:
        """Let a tape be the current one, until `leave` is called with what this returns."""
        return self._tape.set(lambda: tape)

    def leave(self, token: Token[Any]) -> None:
        """Let the tape from before be the current one."""
        self._tape.reset(token)
