"""Read a saved trace: whatever the file holds, the answer is a record or a TraceError."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final, TypeVar

from ..columns import ListColumns
from ..errors import TraceError
from ..graph import Graph, Site
from ..record import Branch, Call, Failure, Leak, Loop, Record
from ..source.text import Span
from .values import number_from, short, value_from
from .write import VERSION

__all__ = ["load", "loads"]

T = TypeVar("T")
Kinds = type | tuple[type, ...]

OPTIONAL: Final = type(None)
INDEX: Final = (int, OPTIONAL)  # of a span, if there is one


def loads(text: str | bytes) -> Record:
    """Return the record of a JSON text.

    Raises:
        TraceError: it is not JSON, or not a trace that this version can read.
    """
    try:
        document = json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise TraceError(f"not JSON: {error}", hint="a trace is saved as JSON text") from None
    return load(document)


def _refuse(word: str) -> None:
    raise ValueError(f"{word} is not a JSON number")


def load(document: Any) -> Record:
    """Return the record of a JSON document; a result of which only the text was saved is a `Described`.

    Raises:
        TraceError: it is not a saved trace, is from a newer version, or is broken.
    """
    if type(document) is not dict or document.get("format") != "tracer":
        raise TraceError("JSON, but not a saved trace", hint='one begins {"format": "tracer", "version": 1')
    version: int = _get(document, "version", int)
    if version > VERSION:
        raise TraceError(
            f"the trace is in version {version} of the format, this tracer reads version {VERSION}",
            hint="a newer tracer can read it",
        )
    try:
        return _record(document)
    except RecursionError:
        raise _broken("a value is nested too deeply") from None


def _record(document: dict[str, Any]) -> Record:
    spans = [Span(*_row(row)) for row in _items(document, "spans", list)]
    graph = _graph(document, spans).check()
    n = len(graph)

    def where(index: int | None) -> Any:
        return _span(index, spans)

    error: dict[str, Any] | None = _get(document, "error", (dict, OPTIONAL))
    calls = _rows(document, "calls", str, str, INDEX, int, int, int, int, INDEX)
    loops = _rows(document, "loops", str, int, int, list)
    leaks = _rows(document, "leaks", list, str, INDEX, str, int)
    record = Record(
        function=_get(document, "function", str),
        call=_get(document, "call", str),
        result=value_from(_get(document, "result", object)),
        text=_get(document, "text", str),
        inputs=_mapping(document, "inputs", int),
        graph=graph,
        sources=_mapping(document, "sources", str),
        calls=tuple(
            Call(function, text, where(span), parent, depth, start, stop, where(origin))
            for function, text, span, parent, depth, start, stop, origin in calls
        ),
        loops=tuple(
            Loop(text, where(span), call, _ids(iterations, n + 1)) for text, span, call, iterations in loops
        ),
        branches=tuple(
            Branch(i, taken, at, where(span))
            for i, taken, at, span in _rows(document, "branches", int, bool, int, INDEX)
        ),
        leaks=tuple(
            Leak(_ids(ids, n), how, where(span), text, count) for ids, how, span, text, count in leaks
        ),
        error=None
        if error is None
        else Failure(
            _get(error, "type", str),
            _get(error, "message", str),
            where(_get(error, "span", INDEX)),
            _get(error, "text", str),
            _ids(_get(error, "args", list), n),
        ),
    )
    _check(record)
    return record


def _graph(document: dict[str, Any], spans: list[Span]) -> Graph:
    nodes = _columns(document, "nodes", int, list, object, int)
    codes, args, data, places = nodes
    columns = ListColumns(
        codes=codes,
        args=[_ids(operands, len(codes)) for operands in args],
        data=[number_from(x) for x in data],
        site_ids=places,
        sites=[
            Site(_span(span, spans), text, name, function)
            for span, text, name, function in _rows(document, "sites", INDEX, str, (str, OPTIONAL), str)
        ],
        controls=_ids(_get(document, "controls", list), len(codes)),
    )
    outputs = _mapping(document, "outputs", int)
    return Graph(names=_items(document, "operations", str), columns=columns, outputs=outputs)


def _check(record: Record) -> None:
    """Verify what lies outside the graph: every index is inside its table."""
    n = len(record.graph)
    _ids(list(record.inputs.values()), n)
    for i, call in enumerate(record.calls):
        if not (-1 <= call.parent < i and 0 <= call.depth <= i and 0 <= call.start <= call.stop <= n):
            raise _broken(f"call {i} is not inside the calls and nodes before it")
    for i, loop in enumerate(record.loops):
        if not -1 <= loop.call < len(record.calls):
            raise _broken(f"loop {i} ran in no call")
        if any(b < a for a, b in zip(loop.iterations, loop.iterations[1:], strict=False)):
            raise _broken(f"the iterations of loop {i} are out of order")
    for i, branch in enumerate(record.branches):
        if not (0 <= branch.id < n and branch.id < branch.at <= n):
            raise _broken(f"branch {i} was decided by no node")


# Each of these returns a part of the document that has the type it should have, or raises TraceError.


def _broken(why: str) -> TraceError:
    return TraceError(f"the saved trace is broken: {why}")


def _get(holder: dict[str, Any], key: str, kinds: Kinds) -> Any:
    """Return an item of one of these types; `object` stands for any."""
    if key not in holder:
        raise _broken(f"{key!r} is missing")
    value = holder[key]
    kinds = kinds if isinstance(kinds, tuple) else (kinds,)
    if object not in kinds and type(value) not in kinds:
        raise _broken(f"{key!r} is {short(value)}")
    return value


def _items(holder: dict[str, Any], key: str, kinds: Kinds) -> list[Any]:
    """Return a list, each item of one of these types."""
    items: list[Any] = _get(holder, key, list)
    kinds = kinds if isinstance(kinds, tuple) else (kinds,)
    if object not in kinds and not {*map(type, items)} <= {*kinds}:
        strange = next(item for item in items if type(item) not in kinds)
        raise _broken(f"{key!r} holds {short(strange)}")
    return items


def _mapping(holder: dict[str, Any], key: str, kind: type[T]) -> dict[str, T]:
    """Return an object, each value of this type."""
    mapping: dict[str, T] = _get(holder, key, dict)
    return {name: _get(mapping, name, kind) for name in mapping}


def _columns(document: dict[str, Any], key: str, *kinds: Kinds) -> list[list[Any]]:
    """Return the columns of a table, equally long, in the order of the published schema."""
    table: dict[str, Any] = _get(document, key, dict)
    columns = [_items(table, name, kind) for name, kind in zip(TABLES[key], kinds, strict=True)]
    if len({*map(len, columns)}) > 1:
        raise _broken(f"the columns of {key!r} differ in length")
    return columns


def _rows(document: dict[str, Any], key: str, *kinds: Kinds) -> Iterator[tuple[Any, ...]]:
    return zip(*_columns(document, key, *kinds), strict=True)


def _ids(ids: Any, stop: int) -> tuple[int, ...]:
    if type(ids) is not list or any(type(i) is not int or not 0 <= i < stop for i in ids):
        raise _broken(f"{short(ids)} is not a list of nodes")
    return tuple(ids)


def _row(row: list[Any]) -> list[Any]:
    if [*map(type, row)] != [str, int, int, int, int]:
        raise _broken(f"{short(row)} is not a span")
    return row


def _span(index: int | None, spans: list[Span]) -> Span | None:
    if index is None:
        return None
    if not 0 <= index < len(spans):
        raise _broken(f"there is no span {index}")
    return spans[index]


TABLES: Final = {
    "nodes": ("op", "args", "data", "site"),
    "sites": ("span", "text", "name", "function"),
    "calls": ("function", "text", "span", "parent", "depth", "start", "stop", "origin"),
    "loops": ("text", "span", "call", "iterations"),
    "branches": ("id", "taken", "at", "span"),
    "leaks": ("ids", "how", "span", "text", "count"),
}
