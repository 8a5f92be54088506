"""Requests generated from the OpenAPI document, with and without a key: no 5xx, and answers as documented."""

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance

from services.errors import Unavailable
from services.identity.logic import Role
from tests.support.orchard import Orchard

CHECKS = [not_a_server_error, content_type_conformance, response_schema_conformance]
ENDLESS = "/v1/stream"

NEEDS_MAIL = "/v1/session/password-reset"
"""Answers 503 with the remedy while no mail server is set, as here; tests/identity/test_reset.py sends for real."""


def run(orchard: Orchard, role: Role | None, examples: int) -> None:
    """Generated calls of every operation, as ``role`` or without a key."""
    schema = schemathesis.openapi.from_url(f"{orchard.api.url}/openapi.json", timeout=60).exclude(path=ENDLESS)
    headers = {"Authorization": f"Bearer {orchard.api.key(role)}"} if role else {}
    operations = [found.ok() for found in schema.get_all_operations()]

    @seed(1)
    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(data=st.data())
    def call(data: st.DataObject) -> None:
        operation = data.draw(st.sampled_from(operations))
        case = data.draw(operation.as_strategy())
        answer = case.call(base_url=orchard.api.url, headers=headers)
        unset = operation.path == NEEDS_MAIL and answer.status_code == Unavailable.status
        case.validate_response(
            answer, checks=[check for check in CHECKS if not unset or check is not not_a_server_error]
        )

    call()


@pytest.mark.parametrize("served", ["sqlite"], indirect=True)
@pytest.mark.parametrize("role", [Role.ADMIN, None])
def test_generated_requests_are_answered_as_documented(orchard: Orchard, role: Role | None) -> None:
    """A sample of all operations; the whole is in the slow run."""
    run(orchard, role, 60)


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("role", [Role.ADMIN, Role.COORDINATOR, Role.EXPORTER, Role.GROWER, None])
def test_many_generated_requests_are_answered_as_documented(orchard: Orchard, role: Role | None) -> None:
    """Every operation many times over, on both databases."""
    run(orchard, role, 1500)
