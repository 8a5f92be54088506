"""Limits: guessing keys and flooding are slowed down, and nobody else is."""

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import URL

from services.db.engine import Database
from services.http.limits import Buckets
from services.identity.logic import Role
from services.settings import Settings
from tests.support.api import serve


def test_guessing_keys_is_slowed_and_locks_nobody_out(sqlite_url: URL) -> None:
    """Of a hundred wrong keys at once most get 429 with Retry-After; a key that was good before still passes."""
    database = Database(sqlite_url)
    with serve(database) as api:
        good = api.client(Role.AUDITOR)
        assert good.get("/v1/villages").status_code == 200
        answers = [api.with_key(f"cc_{number:012x}_guess").get("/v1/villages") for number in range(100)]
        refused = [answer for answer in answers if answer.status_code == 429]
        assert {answer.status_code for answer in answers} == {401, 429}
        assert len(refused) > 50
        assert int(refused[0].headers["retry-after"]) >= 1
        assert refused[0].json()["type"] == "urn:coldchain:error:rate-limited"
        assert good.get("/v1/villages").status_code == 200
        assert api.anonymous().get("/health").status_code == 200
    database.close()


def test_flooding_is_slowed_key_by_key(sqlite_url: URL) -> None:
    """A key beyond its burst gets 429; another key of the same tenant does not."""
    database = Database(sqlite_url)
    with serve(database, Settings(requests_per_s=1)) as api:
        flooding, quiet = api.client(), api.client()
        statuses = [flooding.get("/v1/villages").status_code for _ in range(12)]
        assert statuses[:5] == [200] * 5
        assert 429 in statuses
        assert quiet.get("/v1/villages").status_code == 200
    database.close()


@given(steps=st.lists(st.floats(0, 3), max_size=60), per_s=st.floats(0.5, 5), burst=st.integers(1, 10))
def test_a_bucket_never_gives_more_than_it_may(steps: list[float], per_s: float, burst: int) -> None:
    """However the requests are spread, no more pass than the burst and what has flowed in since."""
    now = [0.0]
    buckets = Buckets(per_s, burst, lambda: now[0])
    passed = 0
    for step in steps:
        now[0] += step
        passed += buckets.take("one") == 0
    assert passed <= burst + now[0] * per_s + 1e-6


def test_after_the_wait_that_was_named_there_is_a_token() -> None:
    """Retry-After is not a guess."""
    now = [0.0]
    buckets = Buckets(0.3, 1, lambda: now[0])
    assert buckets.take("one") == 0
    wait_s = buckets.take("one")
    assert wait_s == 4
    now[0] += wait_s
    assert buckets.take("one") == 0
