"""The number that remembers, as a user types it."""

from typing import Any, assert_type

from tracer import LimitReached, Tape, Value

a = Value(2.0)
b = Value(-3.0, label="b")
c = Value(10.0)
d = a * b
e = d + c
assert_type(e, Value)
assert_type(-(1 - e**2 / 2), Value)
assert_type(sorted([a, b]), list[Value])
assert_type(a.data, Any)
e.backward()
assert_type(a.grad, float | None)
assert_type(b.label, str)
with Tape() as tape:
    Value(1.0)
    assert_type(len(tape), int)
try:
    Value(1.0)
except LimitReached as error:
    assert_type(str(error), str)
