"""Find the Values that outlived a run where only the garbage collector sees them, and replace them."""

from __future__ import annotations

import gc
from types import FrameType
from typing import Any

from ..objects.storages import everything
from ..tape import Tape
from .unwrap import Unwrap

__all__ = ["sweep"]


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
        unwrap = Unwrap()
        for holder in holders:
            visited.add(id(holder))
            if any(storage.copies for storage in everything(type(holder))):
                targets.append(holder)  # whoever holds the tuple gets a new one
            elif isinstance(holder, dict) and (owners := _classes_of(holder)):
                for owner in owners:
                    _unwrap_class(unwrap, owner)
            else:
                unwrap(holder)
        visited.add(id(targets))
        visited.add(id(holders))
        del unwrap  # it keeps what was replaced


def _classes_of(attributes: dict[Any, Any]) -> list[type]:
    """Return the classes that have these attributes: set behind its back, one would leave its cache stale."""
    return [x for x in gc.get_referrers(attributes) if isinstance(x, type)]


def _unwrap_class(unwrap: Unwrap, kind: type) -> None:
    for name, value in list(vars(kind).items()):
        new = unwrap(value)
        if new is not value:
            type.__setattr__(kind, name, new)
