"""Choose what a derivative is taken of, one real number of the result, and by which input."""

from __future__ import annotations

import difflib
from typing import Any, NamedTuple

from ..errors import TraceError
from ..graph import Node
from ..record import Record

__all__ = ["Seed", "input_id", "seed", "value"]


class Seed(NamedTuple):
    """What a derivative is taken of."""

    id: int  # the node
    # what its change is multiplied by to give that of the real number that is derived: 1.0, or -1j for the
    # imaginary part, for Re(-1j * z) is the imaginary part of z
    weight: complex = 1.0
    name: str = "result"  # what a reader calls it


def seed(record: Record, output: int | str | Node | None = None) -> Seed:
    """Return the seed that an output's position or name, or a node, stands for.

    Args:
        output: the position of an output, its name (`result[0]`; `result.real` and
            `result.imag` of a complex one), or any node. Without it the first.

    Raises:
        TraceError: there is no such output, it is a complex number, or a node of another run.
    """
    outputs, names = record.graph.outputs, list(record.graph.outputs)
    if isinstance(output, Node):
        return _real(record, Seed(_own(record, output), 1.0, output.label))
    if not names:
        raise _none(record)
    if isinstance(output, str):
        name = output
        path, _, part = name.rpartition(".")
        if name not in names and path in names and part in ("real", "imag"):
            return Seed(outputs[path], 1.0 if part == "real" else -1j, name)
        if name not in names:
            raise TraceError(f"there is no output {name!r}", hint=_hint(name, names))
    else:
        position: object = 0 if output is None else output
        if not isinstance(position, int):
            message = f"an output is named by its position, its name or a node, not by {output!r}"
            raise TraceError(message, hint=_hint("", names))
        if not -len(names) <= position < len(names):
            many = f"there are {len(names)} outputs" if len(names) > 1 else "there is 1 output"
            raise TraceError(f"there is no output {position}: {many}", hint=_hint("", names))
        name = names[position]
    return _real(record, Seed(outputs[name], 1.0, name))


def value(record: Record, seed: Seed) -> Any:
    """Return the number that a seed stands for; of a complex one the part."""
    whole = record.graph.data[seed.id]
    if isinstance(whole, complex):
        return whole.real if seed.weight == 1.0 else whole.imag
    return whole


def input_id(record: Record, name: int | str | Node) -> int:
    """Return the id of the node of an input, by its name; a node, or the id of one, stands for itself.

    Raises:
        TraceError: there is no such input or node, or it is of another run.
    """
    if isinstance(name, Node):
        return _own(record, name)
    if isinstance(name, int):
        if not -len(record.graph) <= name < len(record.graph):
            raise TraceError(f"there is no node {name}: there are {len(record.graph)} nodes")
        return range(len(record.graph))[name]
    if name not in record.inputs:
        raise TraceError(f"there is no input {name!r}", hint=_hint(name, list(record.inputs)))
    return record.inputs[name]


def _own(record: Record, node: Node) -> int:
    """Return the id of a node of this run.

    Raises:
        TraceError: it is of another run.
    """
    graph = record.graph
    if node.id >= len(graph) or (graph[node.id].op, graph[node.id].site) != (node.op, node.site):
        raise TraceError(
            f"{node.label or f'node {node.id}'} is not a node of this trace",
            hint="take it from the graph of the same trace: t.graph[...]",
        )
    return node.id


def _real(record: Record, found: Seed) -> Seed:
    if isinstance(record.graph.data[found.id], complex):
        raise TraceError(
            f"{found.name} is a complex number: it has no one derivative",
            hint=f'ask for its real or its imaginary part: "{found.name}.real", "{found.name}.imag"',
        )
    return found


def _none(record: Record) -> TraceError:
    if record.error is not None:
        return TraceError(
            f"the run raised {record.error.type}, so there is no result to derive",
            hint="give a node: t.gradient(t.graph[-1])",
        )
    if record.leaks:
        leak = record.leaks[-1]
        return TraceError(
            "the result holds no number that the graph could follow",
            span=leak.span,
            hint=f"a number left the graph here ({leak.how}): {leak.text}",
        )
    return TraceError(
        "the result holds no number that was traced", hint="return a number, or a list or tuple of numbers"
    )


def _hint(wanted: str, names: list[str]) -> str:
    near = difflib.get_close_matches(wanted, names, 1, 0.4)
    if near:
        return f"did you mean {near[0]!r}?"
    shown = ", ".join(names[:8]) + (", ..." if len(names) > 8 else "")
    return f"there is {shown}" if names else "the function was called without numbers"
