"""Read a saved trace: whatever the file holds, the answer is a record or a TraceError."""

from __future__ import annotations

import json
from dataclasses import fields
from itertools import pairwise
from types import NoneType
from typing import Any, Final, TypeVar

from ..columns import Columns
from ..errors import TraceError
from ..graph import Graph, Site
from ..record import Branch, Call, Failure, Leak, Loop, Record
from ..source.text import Span
from .values import broken, number_from, short, value_from
from .write import VERSION

__all__ = ["load", "loads"]

T = TypeVar("T")
# The annotation of a dataclass's field -> the types in which JSON has it; a span is an index.
JSON_TYPES: Final[dict[Any, tuple[type, ...]]] = {
    "str": (str,),
    "int": (int,),
    "bool": (bool,),
    "str | None": (str, NoneType),
    "Span": (int, NoneType),
    "Span | None": (int, NoneType),
    "tuple[int, ...]": (list,),
}


def loads(text: str | bytes) -> Record:
    """Return the record of a JSON text.

    Raises:
        TraceError: it is not JSON, or not a trace that this version can read.
    """

    def refuse(word: str) -> None:
        raise ValueError(f"{word} is not a JSON number")

    try:
        document = json.loads(text, parse_constant=refuse)
    except (ValueError, RecursionError) as error:
        raise TraceError(f"not JSON: {error}", hint="a trace is saved as JSON text") from None
    return load(document)


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
        raise broken("a value is nested too deeply") from None


def _record(document: dict[str, Any]) -> Record:
    spans = [Span(*_row(row)) for row in _items(document, "spans", list)]
    graph = _graph(document, spans).check()
    n = len(graph)
    record = Record(
        function=_get(document, "function", str),
        call=_get(document, "call", str),
        result=value_from(_get(document, "result")),
        text=_get(document, "text", str),
        inputs=_mapping(document, "inputs", int),
        graph=graph,
        sources=_mapping(document, "sources", str),
        calls=_table(document, "calls", Call, spans),
        loops=_table(document, "loops", Loop, spans, n + 1),
        branches=_table(document, "branches", Branch, spans),
        leaks=_table(document, "leaks", Leak, spans, n),
        error=_failure(_get(document, "error", dict, NoneType), spans, n),
    )
    _check(record)
    return record


def _graph(document: dict[str, Any], spans: list[Span]) -> Graph:
    kinds = {"op": (int,), "args": (list,), "data": (), "site": (int,)}
    codes, args, data, places = _columns(document, "nodes", kinds)
    columns = Columns(
        codes=codes,
        args=[_ids(operands, len(codes)) for operands in args],
        data=[number_from(x) for x in data],
        site_ids=places,
        sites=_table(document, "sites", Site, spans),
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
            raise broken(f"call {i} is not inside the calls and nodes before it")
    for i, loop in enumerate(record.loops):
        if not -1 <= loop.call < len(record.calls):
            raise broken(f"loop {i} ran in no call")
        if any(b < a for a, b in pairwise(loop.iterations)):
            raise broken(f"the iterations of loop {i} are out of order")
    for i, branch in enumerate(record.branches):
        if not (0 <= branch.id < n and branch.id < branch.at <= n):
            raise broken(f"branch {i} was decided by no node")


# Each of these returns a part of the document that has the type it should have, or raises TraceError.


def _get(holder: dict[str, Any], key: str, *kinds: type) -> Any:
    """Return an item of one of these types; without any, of whatever type."""
    if key not in holder:
        raise broken(f"{key!r} is missing")
    value = holder[key]
    if kinds and type(value) not in kinds:
        raise broken(f"{key!r} is {short(value)}")
    return value


def _items(holder: dict[str, Any], key: str, *kinds: type) -> list[Any]:
    """Return a list, each item as `_get` returns it."""
    items: list[Any] = _get(holder, key, list)
    if kinds and not {*map(type, items)} <= {*kinds}:
        strange = next(item for item in items if type(item) not in kinds)
        raise broken(f"{key!r} holds {short(strange)}")
    return items


def _mapping(holder: dict[str, Any], key: str, kind: type[T]) -> dict[str, T]:
    """Return an object, each value of this type."""
    mapping: dict[str, T] = _get(holder, key, dict)
    return {name: _get(mapping, name, kind) for name in mapping}


def _columns(document: dict[str, Any], key: str, kinds: dict[str, tuple[type, ...]]) -> list[list[Any]]:
    """Return the columns of a table, equally long, in the order of `kinds`."""
    table: dict[str, Any] = _get(document, key, dict)
    columns = [_items(table, name, *kinds[name]) for name in kinds]
    if len({*map(len, columns)}) > 1:
        raise broken(f"the columns of {key!r} differ in length")
    return columns


def _table(
    document: dict[str, Any], key: str, kind: type[T], spans: list[Span], stop: int = 0
) -> tuple[T, ...]:
    """Return each row of a table as the dataclass that it was saved from; node ids end before `stop`."""
    types = {field.name: field.type for field in fields(kind)}  # type: ignore[arg-type]  # a dataclass
    columns = _columns(document, key, {name: JSON_TYPES[type_] for name, type_ in types.items()})
    read = [
        _column(type_, column, spans, stop) for type_, column in zip(types.values(), columns, strict=True)
    ]
    return tuple(kind(*row) for row in zip(*read, strict=True))


def _failure(error: dict[str, Any] | None, spans: list[Span], stop: int) -> Failure | None:
    if error is None:
        return None
    saved = [(field.type, _get(error, field.name, *JSON_TYPES[field.type])) for field in fields(Failure)]
    return Failure(*(_column(type_, [item], spans, stop)[0] for type_, item in saved))


def _column(type_: Any, column: list[Any], spans: list[Span], stop: int) -> list[Any]:
    """Return what the fields of a dataclass hold, from a column in JSON."""
    if type_ == "tuple[int, ...]":
        return [_ids(ids, stop) for ids in column]
    return [_span(index, spans) for index in column] if type_.startswith("Span") else column


def _ids(ids: Any, stop: int) -> tuple[int, ...]:
    if type(ids) is not list or any(type(i) is not int or not 0 <= i < stop for i in ids):
        raise broken(f"{short(ids)} is not a list of nodes")
    return tuple(ids)


def _row(row: list[Any]) -> list[Any]:
    if [*map(type, row)] != [str, int, int, int, int]:
        raise broken(f"{short(row)} is not a span")
    return row


def _span(index: int | None, spans: list[Span]) -> Span | None:
    if index is None:
        return None
    if not 0 <= index < len(spans):
        raise broken(f"there is no span {index}")
    return spans[index]
