"""The number that remembers, as a user types it."""

from typing import Any, assert_type

from tracer import LimitReached, Tape, Value

a = Value(2.0)
b = Value(-3.0, label="b")
assert_type(a.data, Any)
a.backward()
assert_type(a.grad, float | None)
assert_type(b.label, str)
with Tape() as tape:
    Value(1.0)
    assert_type(len(tape), int)
try:
    Value(1.0)
except LimitReached as error:
    assert_type(str(error), str)
