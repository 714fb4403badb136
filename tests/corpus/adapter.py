"""Runs a corpus of real calls traced: each result with the inputs that the graph connects to it.

A corpus harness calls `trace_call(module, call)`; its library `corpuslib` splits the call.
CONTROL=1 counts the numbers that steered the run as connections too.
"""

from __future__ import annotations

import inspect
import os
import re
from itertools import islice
from types import ModuleType
from typing import Any

from corpuslib import leaves, split_call

from tracer.run import run


def trace_call(module: ModuleType, call: str) -> tuple[Any, dict[str, Any]]:
    """The traced result, and which input numbers (by their index in the call) are connected."""
    wrapper, function, args, keywords = split_call(module, call)
    count = len(leaves([args, keywords]))
    outcome = run(function, tuple(args), keywords)
    if outcome.error is not None:
        raise outcome.error
    record = outcome.record
    result = record.result
    if wrapper == "list" and not isinstance(result, list):
        result = list(islice(result, 100_000))
    live = record.graph.live(control=os.environ.get("CONTROL") == "1")
    inputs = _in_call_order(function, args, keywords, record.inputs)
    connected = [i for i, node in enumerate(inputs[:count]) if node in live]
    return result, {"connected_ids": connected, "n_inputs": count, "nodes": len(record.graph)}


def _in_call_order(
    function: Any, args: list[Any], keywords: dict[str, Any], inputs: dict[str, int]
) -> list[int]:
    """The inputs in the order in which the call names them; the record has them by parameter."""
    parameters = list(inspect.signature(function).parameters)
    named = [*parameters[: len(args)], *keywords]
    rank = {name: position for position, name in enumerate(named)}
    roots = {path: re.split(r"[.\[{ ]", path, maxsplit=1)[0] for path in inputs}
    return [inputs[path] for path in sorted(inputs, key=lambda path: rank.get(roots[path], len(rank)))]
