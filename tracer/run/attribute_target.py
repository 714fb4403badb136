"""Set attributes of objects of C, which take nothing but true ints."""

from __future__ import annotations

from typing import Any

from .unwrap import Unwrap, values_in

__all__ = ["AttributeTarget"]


class AttributeTarget:
    """Stands for an object of C where an attribute is set: it is given the number, not the handle."""

    __slots__ = ("_object",)

    def __init__(self, x: Any) -> None:
        object.__setattr__(self, "_object", x)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._object, name)

    def __setattr__(self, name: str, value: Any) -> None:
        for number in values_in(value):
            number._tape.leak(number._index, "call")
        setattr(self._object, name, Unwrap(deep=False)(value))

    def __delattr__(self, name: str) -> None:
        delattr(self._object, name)
