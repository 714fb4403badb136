"""Save a record as JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import fields
from typing import Any

from ..graph import Site
from ..record import Branch, Call, Failure, Leak, Loop, Record
from ..source.text import Span
from .values import number_to, value_to

__all__ = ["VERSION", "dump", "dumps"]

VERSION = 1


def dump(record: Record) -> dict[str, Any]:
    """Return a record as what JSON can write: dict, list, str, int, float, bool, None."""
    graph = record.graph
    spans: dict[Span, int] = {}
    used: dict[int, int] = {}  # an operation's code -> its index among those that occur

    def where(span: Span | None) -> int | None:
        return None if span is None else spans.setdefault(span, len(spans))

    def table(kind: type, rows: Iterable[Any]) -> dict[str, list[Any]]:
        rows = list(rows)  # they may be made as they are read
        saved: dict[str, list[Any]] = {}
        for f in fields(kind):
            column = [getattr(row, f.name) for row in rows]
            form = forms.get(f.type)
            saved[f.name] = [form(x) for x in column] if form is not None else column
        return saved

    forms: dict[Any, Callable[[Any], Any]] = {"Span": where, "Span | None": where, "tuple[int, ...]": list}
    error = table(Failure, [record.error] if record.error else [])
    return {
        "format": "tracer",
        "version": VERSION,
        "function": record.function,
        "call": record.call,
        "result": value_to(record.result),
        "text": record.text,
        "inputs": dict(record.inputs),
        "outputs": dict(graph.outputs),
        "controls": sorted(graph.controls),
        "nodes": {
            "op": [used.setdefault(code, len(used)) for code in graph.codes],
            "args": [list(args) for args in graph.args],
            "data": [number_to(x) for x in graph.data],
            "site": list(graph.site_ids),
        },
        "operations": [graph.names[code] for code in used],
        "sites": table(Site, graph.sites),
        "calls": table(Call, record.calls),
        "loops": table(Loop, record.loops),
        "branches": table(Branch, record.branches),
        "leaks": table(Leak, record.leaks),
        "error": {name: column[0] for name, column in error.items()} if record.error else None,
        "spans": [[s.file, s.line, s.column, s.end_line, s.end_column] for s in spans],
        "sources": dict(record.sources),
    }


def dumps(record: Record) -> str:
    """Return a record as JSON text, one column a line, in ASCII."""
    lines = []
    for key, part in dump(record).items():
        text = _json(part)
        if isinstance(part, dict) and all(isinstance(column, list) for column in part.values()) and part:
            text = "{\n" + ",\n".join(f"  {_json(name)}: {_json(part[name])}" for name in part) + "\n }"
        lines.append(f" {_json(key)}: {text}")
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _json(part: Any) -> str:
    return json.dumps(part, allow_nan=False, separators=(",", ":"))
