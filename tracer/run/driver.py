"""Owns one run: arguments in, rewritten function called, tape frozen, plain result out."""

from __future__ import annotations

import inspect
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import IOBase
from itertools import islice
from types import FunctionType
from typing import Any, Final

from ..errors import UnsupportedError
from ..options import RunOptions
from ..record import Failure, Record
from ..rewrite import rewrite
from ..tape import Handle, Tape
from .freeze import Freezer
from .hooks import Hooks
from .inputs import Inputs
from .leftovers import sweep
from .tracebacks import remove_own_frames
from .unwrap import Unwrap

__all__ = ["Outcome", "run"]

# A result that yields items is drawn from during the run, so that they are traced: this many at most.
ITEMS: Final = 100_000


@dataclass(frozen=True)
class Outcome:
    """What a run came to.

    Attributes:
        record: everything that was recorded, up to the end or to the exception.
        error: the exception that ended it (the function's own, KeyboardInterrupt, LimitReached).
    """

    record: Record
    error: BaseException | None


def run(
    function: Callable[..., Any],
    args: tuple[Any, ...] = (),
    kwargs: dict[str, Any] | None = None,
    *,
    options: RunOptions | None = None,
) -> Outcome:
    """Call `function(*args, **kwargs)`, recording every operation on numbers.

    The function's effects, its result and its exception are those of the plain call. A result
    that yields items (a generator, a map) is read during the run: the result is the list of them.

    Args:
        options: what the user chose, such as after how many numbers it is stopped with LimitReached.

    Raises:
        SourceError, UnsupportedError: the function cannot be traced.
    """
    kwargs = dict(kwargs or {})
    tape = Tape(transparent=True, limit=(options or RunOptions()).limit)
    hooks = Hooks(tape)
    converted = _converted(hooks, function)
    name = getattr(function, "__qualname__", type(function).__qualname__)
    call = _call_text(name, args, kwargs)
    inputs = Inputs(tape, name)
    result: Any = None
    error: BaseException | None = None
    holders = tape.reference_count()
    hooks.start()
    given = None
    try:
        given = inputs.bind(function, args, kwargs) or (args, kwargs)
        hooks.patches.patch_reachable(given)
        result = converted(*given[0], **given[1])  # if they do not fit, it says so
        if isinstance(result, Iterator) and not isinstance(result, IOBase):
            result = list(islice(result, ITEMS))
    except BaseException as raised:
        error = raised
        remove_own_frames(raised)
    finally:
        hooks.end()
    del given  # the Values in them must not outlive the run
    outputs = dict(_outputs(result, "result"))
    unwrap = Unwrap()
    result = unwrap(result)
    unwrap((args, kwargs, getattr(function, "__self__", None), error))
    if tape.has_live_handles(holders):
        sweep(tape)
    hooks.forget()
    freezer = Freezer(tape, hooks.rewritten, call)
    freezer.read_sources()
    record = Record(
        function=name,
        call=call,
        result=result,
        text="" if error is not None else _shown(result),
        inputs=inputs.names,
        error=_failure(error, freezer) if error is not None else None,
        **freezer.events(),
        graph=freezer.graph(outputs),
        sources=freezer.sources,
    )
    return Outcome(record, error)


def _converted(hooks: Hooks, function: Callable[..., Any]) -> Callable[..., Any]:
    """The function, rewritten; says so if that cannot be done, which a callee need not."""
    plain_function = inspect.unwrap(getattr(function, "__func__", function))
    if inspect.iscoroutinefunction(plain_function) or inspect.isasyncgenfunction(plain_function):
        raise UnsupportedError(
            f"{plain_function.__qualname__} is an async function; its steps interleave with other tasks",
            hint="trace the plain function that does the arithmetic",
        )
    if isinstance(plain_function, FunctionType):
        rewrite(plain_function.__code__)
    converted = hooks(function)
    code = getattr(getattr(converted, "__func__", converted), "__code__", None)
    if code not in hooks.rewritten and not isinstance(plain_function, FunctionType | type):
        raise UnsupportedError(
            f"{getattr(function, '__qualname__', function)!s} has no Python source",
            hint="trace a Python function that calls it",
        )
    return converted  # type: ignore[no-any-return]  # what a callable becomes is a callable


def _call_text(name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> str:
    shown = [*map(_shown, args), *(f"{key}={_shown(value)}" for key, value in kwargs.items())]
    return f"{name}({', '.join(shown)})"


def _shown(x: Any) -> str:
    """The text of a value; a class of the user's may have a `__repr__` that fails."""
    try:
        return repr(x)
    except Exception:
        return f"<{type(x).__name__} object>"


def _outputs(x: Any, path: str, depth: int = 6) -> Iterator[tuple[str, int]]:
    """The numbers of a result, by their paths."""
    if isinstance(x, Handle):
        yield path, x._index
    elif depth == 0:
        return
    elif isinstance(x, dict):
        for key, value in dict.items(x):
            if isinstance(key, Handle):
                yield f"{path} key {key}", key._index
            yield from _outputs(value, f"{path}[{_shown(key)}]", depth - 1)
    elif isinstance(x, tuple) and hasattr(x, "_fields"):
        for field, value in zip(x._fields, x, strict=False):
            yield from _outputs(value, f"{path}.{field}", depth - 1)
    elif isinstance(x, list | tuple | deque):
        for i, value in enumerate(x):
            yield from _outputs(value, f"{path}[{i}]", depth - 1)
    elif isinstance(x, set | frozenset):
        for value in x:
            yield from _outputs(value, f"{path}{{{_shown(value)}}}", depth - 1)
    elif not isinstance(x, type) and type(getattr(x, "__dict__", None)) is dict:
        for field, value in vars(x).items():
            yield from _outputs(value, f"{path}.{field}", depth - 1)


def _failure(error: BaseException, freezer: Freezer) -> Failure:
    """What was raised, and the expression it came from."""
    tb = error.__traceback__
    while tb is not None and tb.tb_next is not None:
        tb = tb.tb_next
    kind, message = type(error).__name__, str(error)
    if tb is None:
        return Failure(kind, message)
    tape = freezer.tape
    location = tape.location_of(tb.tb_frame.f_code, tb.tb_lasti)
    site = freezer.site_at(location)
    met = tape.failed[1] if tape.failed is not None and tape.failed[0] == location else ()
    return Failure(kind, message, site.span, site.text, met)
