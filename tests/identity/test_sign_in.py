"""Signing in over HTTP with a key."""

from services.identity import store
from services.identity.logic import Role
from tests.support.api import LiveApi
from tests.support.waiting import wait_until


def test_last_use_is_written_at_most_once_a_minute(api: LiveApi) -> None:
    """Two calls in one minute write once; a call a minute later writes again."""
    key = api.key(Role.COORDINATOR)
    client = api.with_key(key)

    def last_used_at_ms() -> int | None:
        with api.database.read() as session:
            return store.key_by_id(session, api.tenant_id(session), key.split("_")[1]).last_used_at_ms

    first_ms = api.clock.now_ms
    for offset_ms, expected_ms in ((0, first_ms), (59_999, first_ms), (60_000, first_ms + 60_000)):
        api.clock.now_ms = first_ms + offset_ms
        assert client.get("/v1/villages").status_code == 200
        wait_until(lambda expected_ms=expected_ms: last_used_at_ms() == expected_ms)


def test_the_key_itself_is_never_logged(api: LiveApi, caplog) -> None:
    """Neither a good key nor a wrong one reaches the log."""
    key = api.key(Role.COORDINATOR)
    with caplog.at_level("DEBUG"):
        api.with_key(key).get("/v1/villages")
        api.with_key(key + "x").get("/v1/villages")
    assert key.split("_", 2)[2] not in caplog.text
