"""Owns functions of modules that are imported only when they are called."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

__all__ = ["late"]


def late(home: str) -> Callable[..., Any]:
    """The function or class `module.name`; its module is loaded when it is called."""
    module, _, name = home.rpartition(".")

    def function(*args: Any, **options: Any) -> Any:
        return getattr(importlib.import_module(module), name)(*args, **options)

    function.__name__ = function.__qualname__ = name
    function.__module__ = module
    return function
