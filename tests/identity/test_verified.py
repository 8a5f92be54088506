"""Keys that were verified moments ago pass without being looked up, and no longer than they may."""

import uuid
from dataclasses import dataclass

import pytest

from services.identity.logic import AuthenticatedKey, Caller, Role
from services.identity.verified import KEYS_MAX, LIFE_S, VerifiedKeys
from tests.support.api import LiveApi

NOW_MS = 1_795_410_000_000
DIGEST = b"d" * 32


@dataclass
class Clock:
    s: float = 0.0

    def __call__(self) -> float:
        return self.s


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def verified(clock: Clock) -> VerifiedKeys:
    return VerifiedKeys(clock)


def key(expires_at_ms: int | None = None) -> AuthenticatedKey:
    return AuthenticatedKey(Caller(uuid.uuid4(), Role.AUDITOR, "0a1b2c", "desk"), None, expires_at_ms)


def test_a_key_is_looked_up_again_when_its_life_is_over(verified: VerifiedKeys, clock: Clock) -> None:
    """However often it is used in between: uses do not prolong it, or a revoked key would live on."""
    verified.put(DIGEST, key(), verified.now_s())
    clock.s = LIFE_S - 0.01
    assert verified.get(DIGEST, NOW_MS) is not None
    verified.note_use(DIGEST, NOW_MS)
    clock.s = LIFE_S
    assert verified.get(DIGEST, NOW_MS) is None
    assert LIFE_S < 10, "what is promised for a revocation"


def test_a_key_that_expires_is_known_no_more(verified: VerifiedKeys) -> None:
    """To the millisecond, as where it is looked up."""
    verified.put(DIGEST, key(expires_at_ms=NOW_MS + 1), verified.now_s())
    assert verified.get(DIGEST, NOW_MS) is not None
    assert verified.get(DIGEST, NOW_MS + 1) is None


def test_what_was_looked_up_before_a_revocation_is_not_remembered_after_it(
    verified: VerifiedKeys, clock: Clock
) -> None:
    """The look-up of another thread may have seen the key as it was."""
    looked_up_at_s = verified.now_s()
    clock.s = 1.0
    verified.forget()
    verified.put(DIGEST, key(), looked_up_at_s)
    assert verified.get(DIGEST, NOW_MS) is None


def test_a_use_is_noted_once(verified: VerifiedKeys) -> None:
    """Until it is looked up again, no request has the use written down a second time."""
    verified.put(DIGEST, key(), verified.now_s())
    verified.note_use(DIGEST, NOW_MS)
    found = verified.get(DIGEST, NOW_MS)
    assert found is not None
    assert found.last_used_at_ms == NOW_MS
    verified.note_use(b"another", NOW_MS)
    assert verified.get(b"another", NOW_MS) is None


def test_the_keys_that_are_kept_are_bounded(verified: VerifiedKeys) -> None:
    """The oldest goes first."""
    for number in range(KEYS_MAX + 1):
        verified.put(number.to_bytes(4, "big"), key(), verified.now_s())
    assert verified.get((0).to_bytes(4, "big"), NOW_MS) is None
    assert verified.get((1).to_bytes(4, "big"), NOW_MS) is not None


def test_a_key_that_was_just_used_ends_with_its_revocation(api: LiveApi) -> None:
    """Where it is revoked over HTTP, the next request is refused."""
    admin = api.client(Role.ADMIN)
    made = admin.post("/v1/keys", json={"name": "desk", "role": "auditor"}).json()
    headers = {"Authorization": f"Bearer {made['key']}"}
    assert all(admin.get("/v1/hubs", headers=headers).status_code == 200 for _ in range(3))
    assert admin.post(f"/v1/keys/{made['id']}/revoke").status_code == 200
    assert admin.get("/v1/hubs", headers=headers).status_code == 401
