"""Replace the Values in an object by the numbers that they stand for."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from types import FunctionType
from typing import Any, Final

from ..objects.storages import Reach, Storage, containers, data, everything
from ..objects.walker import Replacer
from ..tape import Handle, Tape, unwrap

__all__ = ["DATA", "Unwrap", "UnwrapArguments"]


def _closed(find: Callable[[type], tuple[Storage, ...]]) -> Reach:
    """The same, but that handles and tapes are not looked into."""
    return Reach(lambda kind: () if issubclass(kind, (Handle, Tape)) else find(kind))


CONTAINERS: Final = _closed(containers)
DATA: Final = _closed(data)
EVERYTHING: Final = _closed(everything)


class Unwrap(Replacer):
    """Replaces Values by their numbers everywhere: in containers, attributes, closures and defaults."""

    def __init__(self, reach: Reach = EVERYTHING, *, undoable: bool = False) -> None:
        super().__init__(reach, undoable=undoable)

    def other(self, x: Any, path: str | None) -> Any:  # noqa: ARG002  # where it is kept does not matter
        """The number of a Value; anything else as it is."""
        return unwrap(x) if issubclass(type(x), Handle) else x


class UnwrapArguments(Unwrap):
    """Replaces Values by their numbers in containers alone, until `undo` puts them back.

    Attributes:
        handles: the Values that were replaced, and those that closures of functions hold, in order.
    """

    def __init__(self) -> None:
        super().__init__(CONTAINERS, undoable=True)
        self.handles: list[Handle] = []

    def other(self, x: Any, path: str | None) -> Any:  # noqa: ARG002
        """The number of a Value; anything else as it is."""
        kind = type(x)
        if issubclass(kind, Handle):
            self.handles.append(x)
            return unwrap(x)
        if kind is FunctionType:
            for cell in x.__closure__ or ():
                with suppress(ValueError):  # not yet bound
                    if issubclass(type(cell.cell_contents), Handle):
                        self.handles.append(cell.cell_contents)
        return x
