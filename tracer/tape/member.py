"""Owns what stands in an adopted class for one of its functions: what the thread's own run makes of it."""

from __future__ import annotations

from collections.abc import Callable
from threading import get_ident
from types import FunctionType
from typing import Any

__all__ = ["Member", "current_converter", "set_converter"]

Converter = Callable[[Any], Any]
_runs: dict[int, Converter] = {}  # thread -> what the run that is on there converts with


def current_converter() -> Converter | None:
    """What the run that is on in this thread converts callees with; None if there is none."""
    return _runs.get(get_ident())


def set_converter(convert: Converter | None) -> Converter | None:
    """From now on a run with this converter is on in this thread, or none; returns what was before."""
    before = _runs.pop(get_ident(), None)
    if convert is not None:
        _runs[get_ident()] = convert
    return before


class Member:
    """A function of a class; in a thread where a run is on, what that run converts it to."""

    def __init__(self, original: FunctionType) -> None:
        self.original = original

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        return self._right_one().__get__(instance, owner)

    def __call__(self, *args: Any, **options: Any) -> Any:
        """A special method may be called without being bound."""
        return self._right_one()(*args, **options)

    def _right_one(self) -> Any:
        convert = current_converter()
        return self.original if convert is None else convert(self.original)
