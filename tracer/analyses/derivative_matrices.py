"""Derive several numbers by several: the jacobian of all outputs, the hessian of one."""

from __future__ import annotations

from collections.abc import Sequence

from ..record import Record
from .derivation import derive
from .gradient import gradient
from .outputs import Seed

__all__ = ["hessian", "jacobian"]

Matrix = dict[str, dict[str, float | None]]


def jacobian(record: Record, seeds: Sequence[Seed]) -> Matrix:
    """Return the derivative of each output (row) by each input (column), by one sweep a row."""
    columns = {seed.name: gradient(record, seed) for seed in seeds}
    return {name: {x: column[i] for x, i in record.inputs.items()} for name, column in columns.items()}


def hessian(record: Record, seed: Seed) -> Matrix:
    """Return the second derivative of an output by each pair of inputs, by one sweep a row."""
    inputs = record.inputs
    derived, values = derive(record.graph, seed, inputs)
    found: Matrix = {}
    for name in inputs:
        if values[name] is None:
            found[name] = dict.fromkeys(inputs)
        else:
            slopes = gradient(derived, derived.outputs[name])
            found[name] = {other: slopes[i] for other, i in inputs.items()}
    return found
