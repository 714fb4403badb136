"""Owns derivatives of several numbers at once: the matrix of the first, the matrix of the second."""

from __future__ import annotations

from ..record import Record
from .derivation import derive
from .gradient import gradient
from .outputs import Seed

__all__ = ["hessian", "jacobian"]

Matrix = dict[str, dict[str, float | None]]


def jacobian(record: Record, seeds: list[Seed]) -> Matrix:
    """Derivative of each output (row) by each input (column): one sweep a row."""
    columns = {seed.name: gradient(record, seed) for seed in seeds}
    return {name: {x: column[i] for x, i in record.inputs.items()} for name, column in columns.items()}


def hessian(record: Record, seed: Seed) -> Matrix:
    """Second derivative of one output by each pair of inputs: one sweep over the gradient a row."""
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
