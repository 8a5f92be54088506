"""Hypothesis without a stop-watch: what a property finds must not depend on who else uses the machine."""

from hypothesis import HealthCheck, settings

PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""As a decorator, or as the parent of settings of one's own."""
