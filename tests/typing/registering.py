"""A function of the user's own as one operation, as a user types it."""

from typing import assert_type

from tracer.ops import Op, register


def cube(x: float) -> float:
    return x * x * x


def scaled(x: float, factor: float) -> float:
    return x * factor


assert_type(register(cube, lambda z, x: 3 * x * x, at=(0.5, 2.0)), Op)
assert_type(register(scaled, (lambda z, x, k: k, lambda z, x, k: x), at=[(1.0, 2.0)]), Op)
assert_type(register(round, "flat", name="rounded"), Op)
register(cube)  # type: ignore[call-arg]  # its slope has to be given, or None
