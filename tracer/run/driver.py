"""Run a function once: numbers go in as Values, the tape is frozen, numbers come out."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import IOBase
from itertools import islice
from types import FunctionType
from typing import Any

from ..errors import UnsupportedError
from ..objects.walker import distinct, shown, walk
from ..options import RunOptions
from ..record import Failure, Record
from ..rewrite import rewrite
from ..tape import Handle, LimitReached, Tape
from .freeze import Freezer
from .hooks import Hooks
from .inputs import Inputs
from .stack import remove_own_frames
from .unwrap import DATA, Unwrap, UnwrapArguments, sweep

__all__ = ["Outcome", "drawn", "run"]


@dataclass(frozen=True)
class Outcome:
    """What a run came to."""

    record: Record  # everything that was recorded, up to the end or to the exception
    # the exception that ended it (the function's own, KeyboardInterrupt, LimitReached)
    error: BaseException | None


def run(
    function: Callable[..., Any],
    args: tuple[Any, ...] = (),
    kwargs: dict[str, Any] | None = None,
    *,
    options: RunOptions | None = None,
) -> Outcome:
    """Call `function(*args, **kwargs)`, recording every operation on numbers.

    The function's effects, its result and its exception are those of the plain call. Of a result
    that yields items (a generator, a map) all items are drawn during the run, so that they are
    recorded: the result is the list of them. If it yields for ever, `limit` ends the run, or Ctrl-C.

    Args:
        options: its `limit` says how many numbers may be recorded, and how many items drawn, before
            the run is stopped with LimitReached.

    Raises:
        SourceError, UnsupportedError: the function cannot be traced.
    """
    kwargs = dict(kwargs or {})
    limit = (options or RunOptions()).limit
    tape = Tape(transparent=True, limit=limit)
    hooks = Hooks(tape)
    inner = inspect.unwrap(getattr(function, "__func__", function))
    converted = _converted(hooks, function, inner)
    name = getattr(function, "__qualname__", type(function).__qualname__)
    call = _call_text(name, args, kwargs)
    inputs = Inputs(tape, name, getattr(inner, "__code__", None))
    result: Any = None
    error: BaseException | None = None
    references = tape.reference_count()
    hooks.start()
    arguments = None
    try:
        arguments = inputs.bind(function, args, kwargs)
        hooks.patches.patch_reachable(arguments)
        result = converted(*arguments[0], **arguments[1])  # if they do not fit, it says so
        result = drawn(result, limit)
    except BaseException as raised:
        error, result = raised, None
        remove_own_frames(raised)
    finally:
        hooks.end()
    del arguments  # the Values in them must not outlive the run
    outputs = _outputs(result)
    result, *_ = Unwrap().each([result, args, kwargs, getattr(function, "__self__", None), error])
    if tape.has_live_handles(references):
        sweep(tape)
    freezer = Freezer(tape, hooks.rewritten, call)
    freezer.read_sources()
    record = Record(
        function=name,
        call=call,
        result=result,
        text="" if error is not None else shown(result),
        inputs=inputs.names,
        error=_failure(error, freezer) if error is not None else None,
        **freezer.events(),
        graph=freezer.graph(outputs),
        sources=freezer.sources,
    )
    return Outcome(record, error)


def drawn(result: Any, limit: int | None = None) -> Any:
    """Return the list of all items of a result that yields items; any other result as it is.

    Raises:
        LimitReached: there are more than `limit`.
    """
    if not issubclass(type(result), Iterator) or issubclass(type(result), IOBase):
        return result
    items = list(islice(result, None if limit is None else limit + 1))  # without asking for its length
    if limit is not None and len(items) > limit:
        raise LimitReached(f"the limit of {limit} items is reached")
    return items


def _converted(hooks: Hooks, function: Callable[..., Any], inner: Callable[..., Any]) -> Callable[..., Any]:
    """The function, rewritten; `inner` is what its decorators wrap.

    Raises:
        SourceError, UnsupportedError: that cannot be done. A callee is called as it is then.
    """
    if isinstance(inner, FunctionType):
        rewrite(inner.__code__)
    converted = hooks(function)
    code = getattr(getattr(converted, "__func__", converted), "__code__", None)
    if id(code) not in hooks.rewritten and not isinstance(inner, FunctionType | type):
        raise UnsupportedError(
            f"{getattr(function, '__qualname__', function)!s} has no Python source",
            hint="trace a Python function that calls it",
        )
    return converted  # type: ignore[no-any-return]  # what a callable becomes is a callable


def _call_text(name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> str:
    texts = [*map(shown, args), *(f"{key}={shown(value)}" for key, value in kwargs.items())]
    return f"{name}({', '.join(texts)})"


def _outputs(result: Any) -> dict[str, int]:
    """The entries of the numbers in a result, by their paths."""
    outputs: dict[str, int] = {}
    for path, x in walk(result, DATA, "result", show=lambda key: shown(UnwrapArguments()(key))):
        if issubclass(type(x), Handle):
            outputs[distinct(path, outputs)] = x._index
    return outputs


def _failure(error: BaseException, freezer: Freezer) -> Failure:
    """Return what was raised, the expression it came from, and the numbers that were its operands."""
    tb = error.__traceback__
    while tb is not None and tb.tb_next is not None:
        tb = tb.tb_next
    kind, message = type(error).__name__, str(error)
    if tb is None:
        return Failure(kind, message)
    tape = freezer.tape
    location = tape.location_of(tb.tb_frame.f_code, tb.tb_lasti)
    site = freezer.site_at(location)
    operands = tape.failed[1] if tape.failed is not None and tape.failed[0] == location else ()
    return Failure(kind, message, site.span, site.text, operands)
