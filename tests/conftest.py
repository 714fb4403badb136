"""What all tests share: one profile of hypothesis."""

from hypothesis import HealthCheck, settings

settings.register_profile(
    "tracer",
    deadline=None,  # a machine may be busy
    max_examples=60,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("tracer")
