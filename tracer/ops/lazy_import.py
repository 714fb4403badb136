"""Make rows of functions whose modules are imported only when the functions are called."""

from __future__ import annotations

import importlib
from typing import Any

from .row import Op, Partial, Slopes

__all__ = ["lazy_row"]


def lazy_row(name: str, home: str, partials: tuple[Partial, ...] | Slopes, **fields: Any) -> Op:
    """Return the row `name` of the function or class `home`, written `module.function`.

    Args:
        name: the name of the row.
        home: where the function is found.
        partials: its derivatives; see `Op`.
        fields: other fields of `Op`.
    """
    module, _, attribute = home.rpartition(".")

    def function(*args: Any, **kwargs: Any) -> Any:
        return getattr(importlib.import_module(module), attribute)(*args, **kwargs)

    function.__name__ = function.__qualname__ = attribute
    function.__module__ = module
    return Op(name, function, partials, home=home, **fields)
