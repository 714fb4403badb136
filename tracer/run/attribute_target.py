"""Set attributes of objects of C, which take nothing but true ints."""

from __future__ import annotations

from typing import Any

from .unwrap import UnwrapArguments

__all__ = ["AttributeTarget"]


class AttributeTarget:
    """Stands for an object of C where an attribute is set: it is given the number, not the handle."""

    __slots__ = ("_object",)

    def __init__(self, x: Any) -> None:
        object.__setattr__(self, "_object", x)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._object, name)

    def __setattr__(self, name: str, value: Any) -> None:
        numbers = UnwrapArguments()
        value = numbers(value)
        for handle in numbers.handles:
            handle._tape.leak(handle._index, "call")
        setattr(self._object, name, value)

    def __delattr__(self, name: str) -> None:
        delattr(self._object, name)
