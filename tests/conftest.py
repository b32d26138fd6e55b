"""Hypothesis draws the same examples everywhere, so that a failure is everyone's failure."""

from hypothesis import HealthCheck, Phase, settings

settings.register_profile("flightdesk", derandomize=True, deadline=None, print_blob=True, max_examples=60,
                          phases=[phase for phase in Phase if phase is not Phase.explain],
                          suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
settings.load_profile("flightdesk")
