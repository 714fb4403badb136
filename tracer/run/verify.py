"""Run a call plain and traced, and compare what can be seen of the two."""

from __future__ import annotations

import contextlib
import copy
import io
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from ..analyses.compare import Comparison
from ..errors import UnsupportedError
from ..options import RunOptions
from ..record import Leak
from ..tape import LimitReached
from .driver import drawn, run

__all__ = ["Certificate", "verify"]

_T = TypeVar("_T")
_SHOWN = 3  # so many of the objects that were compared by their text are named


@dataclass(frozen=True, slots=True)
class Certificate:
    """What a comparison of the plain and the traced run found.

    The result and the arguments are compared with all that they keep (see `Comparison`), the
    exception by its type and message, the output by its text.

    Attributes:
        differences: each difference in words. Empty if there is none.
        operations: how many numbers the traced run recorded.
        leaks: where numbers left the graph.
        by_text: what could only be compared by its text: path and type of functions and of objects
            of C code that show no more of what they keep.
    """

    differences: tuple[str, ...]
    operations: int
    leaks: Sequence[Leak]
    by_text: tuple[str, ...] = ()

    @property
    def identical(self) -> bool:
        """Whether nothing differs."""
        return not self.differences

    def __str__(self) -> str:
        if self.differences:
            return "\n  ".join(["traced and plain run are NOT identical", *self.differences])
        lost = sum(leak.count for leak in self.leaks)
        lines = [
            "traced and plain run are identical: result (type and bits), exception, output, arguments",
            f"{self.operations} numbers recorded, {lost} left the graph",
        ]
        if self.by_text:
            more = len(self.by_text) - _SHOWN
            names = ", ".join(self.by_text[:_SHOWN]) + (f" and {more} more" if more > 0 else "")
            lines.append(f"compared by their text alone: {names}")
        return "\n  ".join(lines)


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
    traced_output, traced = _captured(lambda: run(function, *for_traced, options=options))
    record = traced.record
    if isinstance(traced.error, KeyboardInterrupt):
        raise traced.error
    if isinstance(traced.error, LimitReached):
        return Certificate((f"not compared: {traced.error}",), len(record.graph), record.leaks)
    random.setstate(state)
    plain_output, (result, plain_error) = _captured(lambda: _plain_run(function, *for_plain))
    comparison = Comparison()
    comparison.compare(result, record.result, "result")
    comparison.compare(_error_text(plain_error), _error_text(traced.error), "the exception")
    comparison.compare(plain_output, traced_output, "the output")
    comparison.compare(for_plain, for_traced, "the arguments")
    return Certificate(
        tuple(comparison.differences), len(record.graph), record.leaks, tuple(comparison.by_text)
    )


def _plain_run(
    function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> tuple[Any, BaseException | None]:
    """The result of the function, of which all items are drawn, or what it raised."""
    try:
        return drawn(function(*args, **kwargs)), None
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


def _error_text(error: BaseException | None) -> str:
    return "none" if error is None else f"{type(error).__name__}: {error}"
