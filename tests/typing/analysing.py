"""What a trace can be asked to compute, as a user types it."""

from typing import assert_type

from tracer import Trace


def analyse(t: Trace) -> None:
    assert_type(t.jacobian(), dict[str, dict[str, float | None]])
    assert_type(t.hessian("result[0]")["a"]["b"], float | None)
    assert_type(t.gradient_graph(), Trace)

    for influence in t.sensitivity():
        assert_type(influence.name, str)
        assert_type(influence.gradient, float | None)
        assert_type(influence.elasticity, float | None)
    flow = t.paths("rate", k=3)
    assert_type(flow.total, float | None)
    for path in flow:
        assert_type(path.ids, tuple[int, ...])
        assert_type(path.derivative, float)
    for origin in t.nan_origins():
        assert_type(origin.id, int)
        assert_type(str(origin), str)
    for obstacle in t.obstacles():
        assert_type(obstacle.why, str)
    assert_type(t.dead().inputs, tuple[str, ...])
    for branch in t.branches:
        assert_type(branch.taken, bool)
    for leak in t.leaks:
        assert_type(leak.how, str)
        assert_type(leak.count, int)

    certificate = t.verify()
    assert_type(certificate.identical, bool)
    assert_type(certificate.differences, tuple[str, ...])
    if t.error is not None:
        assert_type(t.error.type, str)
        assert_type(t.error.message, str)
