"""Replace Values by the numbers that they stand for: in an object, and wherever they outlived a run."""

from __future__ import annotations

import gc
from collections.abc import Callable
from contextlib import suppress
from types import FrameType, FunctionType
from typing import Any, Final

from ..objects.storages import Reach, Storage, containers, data, everything
from ..objects.walker import Replacer
from ..tape import Handle, Tape, unwrap

__all__ = ["DATA", "Unwrap", "UnwrapArguments", "sweep"]


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
    """Replaces Values by their numbers in containers alone, until `undo` puts them back."""

    def __init__(self) -> None:
        super().__init__(CONTAINERS, undoable=True)
        # the Values that were replaced, and those that closures of functions hold, in order
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


def sweep(tape: Tape) -> None:
    """Replace the Values of a finished run wherever they still are: globals, caches, attributes.

    Frames that are still alive (of a traceback, of a suspended generator) cannot be changed.
    """
    targets: list[Any] = tape.live_handles()
    visited = {id(targets)}
    while targets:
        holders = [
            x for x in tape.referrers(targets) if id(x) not in visited and not isinstance(x, FrameType)
        ]
        targets = []
        replacer = Unwrap()
        for holder in holders:
            visited.add(id(holder))
            if any(storage.copies for storage in everything(type(holder))):
                targets.append(holder)  # whoever holds the tuple gets a new one
            elif isinstance(holder, dict) and (owners := _classes_of(holder)):
                for owner in owners:
                    _unwrap_class(replacer, owner)
            else:
                replacer(holder)
        visited.add(id(targets))
        visited.add(id(holders))
        del replacer  # it keeps what was replaced


def _classes_of(attributes: dict[Any, Any]) -> list[type]:
    """Return the classes that have these attributes: set behind its back, one would leave its cache stale."""
    return [x for x in gc.get_referrers(attributes) if isinstance(x, type)]


def _unwrap_class(replacer: Unwrap, kind: type) -> None:
    for name, value in list(vars(kind).items()):
        new = replacer(value)
        if new is not value:
            type.__setattr__(kind, name, new)
