"""Owns the proof of faithfulness: the plain and the traced run of one call, side by side."""

from __future__ import annotations

import contextlib
import copy
import io
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeVar

from ..analyses.compare import differences
from ..errors import UnsupportedError
from ..options import RunOptions
from ..record import Leak
from ..tape import LimitReached
from .driver import ITEMS, run

__all__ = ["Certificate", "verify"]

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Certificate:
    """What a comparison of the plain and the traced run found.

    Attributes:
        differences: each difference in words: of the result, the exception, the printed text
            or what became of the arguments. Empty if there is none.
        operations: how many numbers the traced run recorded.
        leaks: where numbers left the graph.
    """

    differences: tuple[str, ...]
    operations: int
    leaks: Sequence[Leak]

    @property
    def identical(self) -> bool:
        """Whether nothing differs."""
        return not self.differences

    def __str__(self) -> str:
        if self.differences:
            told = (f"  {difference}" for difference in self.differences)
            return "\n".join(["traced and plain run are NOT identical", *told])
        lost = sum(leak.count for leak in self.leaks)
        return (
            "traced and plain run are identical: result (type and bits), exception, output, arguments\n"
            f"  {self.operations} numbers recorded, {lost} left the graph"
        )


def verify(
    function: Callable[..., Any],
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    *,
    options: RunOptions | None = None,
) -> Certificate:
    """Run the function plain and traced, each on its own copy of the arguments, and compare.

    Both runs start from the same state of the `random` module. What else the function reads and
    changes outside its arguments (files, globals, the clock) is its own affair.

    Raises:
        UnsupportedError: the arguments cannot be copied.
    """
    try:
        for_plain, for_traced = copy.deepcopy((args, kwargs)), copy.deepcopy((args, kwargs))
    except Exception as error:
        raise UnsupportedError(
            f"the arguments cannot be copied for a second run: {error}",
            hint="pass numbers, lists and the like",
        ) from error
    state = random.getstate()
    traced_text, traced = _captured(lambda: run(function, *for_traced, options=options))
    record = traced.record
    if isinstance(traced.error, KeyboardInterrupt):
        raise traced.error
    if isinstance(traced.error, LimitReached):
        return Certificate((f"not compared: {traced.error}",), len(record.graph), record.leaks)
    random.setstate(state)
    plain_text, plain_outcome = _captured(lambda: _plainly(function, *for_plain))
    found = [
        *differences(plain_outcome[0], record.result),
        *differences(_told(plain_outcome[1]), _told(traced.error), "the exception"),
        *differences(plain_text, traced_text, "the output"),
        *differences(for_plain, for_traced, "the arguments"),
    ]
    return Certificate(tuple(found), len(record.graph), record.leaks)


def _plainly(
    function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> tuple[Any, BaseException | None]:
    try:
        result = function(*args, **kwargs)
        return (list(islice(result, ITEMS)) if isinstance(result, Iterator) else result), None
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        return None, error


def _captured(call: Callable[[], _T]) -> tuple[str, _T]:
    """What a call printed, and what it returned."""
    text = io.StringIO()
    with contextlib.redirect_stdout(text), contextlib.redirect_stderr(text):
        result = call()
    return text.getvalue(), result


def _told(error: BaseException | None) -> str:
    return "none" if error is None else f"{type(error).__name__}: {error}"
