"""Keys: what is kept, what is checked, and what a key is worth after it was revoked or has expired."""

import uuid

import pytest
from sqlalchemy import select

from services.db.engine import Database
from services.errors import Conflict, InvalidInput, NotFound, Unauthenticated
from services.identity import logic, store
from services.identity.logic import Caller, Role
from services.identity.tables import ApiKey

NOW_MS = 1_795_410_000_000


@pytest.fixture
def tenant_id(database: Database) -> uuid.UUID:
    with database.write() as session:
        return logic.add_tenant(session, "klaeng", "Klaeng growers", NOW_MS).id


def test_a_key_says_who_is_calling(database: Database, tenant_id: uuid.UUID) -> None:
    """The caller has the tenant, role, name and gateway that the key was made for."""
    with database.write() as session:
        issued = logic.add_key(
            session, tenant_id, name="GW", role=Role.GATEWAY, gateway="GW-07", now_ms=NOW_MS, expires_at_ms=NOW_MS + 1
        )
    with database.read() as session:
        found = logic.authenticate(session, issued.text, NOW_MS)
    assert found.caller == Caller(tenant_id, Role.GATEWAY, issued.id, "GW", "GW-07")


def test_the_secret_is_not_kept(database: Database, tenant_id: uuid.UUID) -> None:
    """The table holds a digest from which the secret can't be had, and the key has 256 random bits."""
    with database.write() as session:
        issued = logic.add_key(session, tenant_id, name="desk", role=Role.COORDINATOR, now_ms=NOW_MS)
        row = session.scalars(select(ApiKey)).one()
    secret = issued.text.split("_", 2)[2]
    assert len(secret) == 43  # 32 bytes in base64
    assert secret.encode() not in row.secret_sha256
    assert secret not in repr(vars(row))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda key: key[:-1] + ("A" if key[-1] != "A" else "B"),
        lambda key: key + "x",
        lambda key: key.replace("cc_", "dd_", 1),
        lambda key: "cc_" + "0" * 12 + key[15:],
        lambda key: "cc_" + "9" * 4000,
        lambda _: "",
        lambda _: "cc",
        lambda _: "cc__",
        lambda _: "cc_ไทย_ไทย",
    ],
)
def test_any_other_text_is_refused_alike(database: Database, tenant_id: uuid.UUID, spoil) -> None:
    """A wrong secret, a wrong id and nonsense get the same error with the same words."""
    with database.write() as session:
        key = logic.add_key(session, tenant_id, name="desk", role=Role.COORDINATOR, now_ms=NOW_MS).text
    with database.read() as session, pytest.raises(Unauthenticated) as caught:
        logic.authenticate(session, spoil(key), NOW_MS)
    assert caught.value.detail == Unauthenticated().detail


def test_an_expired_key_is_refused(database: Database, tenant_id: uuid.UUID) -> None:
    """A key is good until the millisecond before it expires."""
    with database.write() as session:
        key = logic.add_key(
            session, tenant_id, name="desk", role=Role.AUDITOR, now_ms=NOW_MS, expires_at_ms=NOW_MS + 1000
        )
    with database.read() as session:
        assert logic.authenticate(session, key.text, NOW_MS + 999).caller.role is Role.AUDITOR
        with pytest.raises(Unauthenticated):
            logic.authenticate(session, key.text, NOW_MS + 1000)


def test_a_revoked_key_is_refused_at_once(database: Database, tenant_id: uuid.UUID) -> None:
    """Revoking works for the next call, and revoking again changes nothing."""
    with database.write() as session:
        key = logic.add_key(session, tenant_id, name="desk", role=Role.ADMIN, now_ms=NOW_MS)
    for revoked_at_ms in (NOW_MS + 5, NOW_MS + 9):
        with database.write() as session:
            logic.revoke_key(session, tenant_id, key.id, revoked_at_ms)
    with database.read() as session:
        assert store.key_by_id(session, tenant_id, key.id).revoked_at_ms == NOW_MS + 5
        with pytest.raises(Unauthenticated):
            logic.authenticate(session, key.text, NOW_MS + 6)


def test_another_tenants_key_can_not_be_revoked(database: Database, tenant_id: uuid.UUID) -> None:
    """The other tenant learns only that it has no such key."""
    with database.write() as session:
        key = logic.add_key(session, tenant_id, name="desk", role=Role.ADMIN, now_ms=NOW_MS)
        other = logic.add_tenant(session, "trat", "Trat growers", NOW_MS)
        with pytest.raises(NotFound):
            logic.revoke_key(session, other.id, key.id, NOW_MS)


def test_names_are_unique_in_a_tenant(database: Database, tenant_id: uuid.UUID) -> None:
    """A second key of one name is refused; another tenant may use the name."""
    with database.write() as session:
        logic.add_key(session, tenant_id, name="desk", role=Role.ADMIN, now_ms=NOW_MS)
        with pytest.raises(Conflict):
            logic.add_key(session, tenant_id, name="desk", role=Role.ADMIN, now_ms=NOW_MS)
        other = logic.add_tenant(session, "trat", "Trat growers", NOW_MS)
        logic.add_key(session, other.id, name="desk", role=Role.ADMIN, now_ms=NOW_MS)


@pytest.mark.parametrize(("role", "gateway"), [(Role.GATEWAY, None), (Role.DRIVER, "GW-07")])
def test_gateway_keys_and_no_others_name_a_gateway(
    database: Database, tenant_id: uuid.UUID, role: Role, gateway: str | None
) -> None:
    """A gateway key without a gateway would write for all of them."""
    with database.write() as session, pytest.raises(InvalidInput):
        logic.add_key(session, tenant_id, name="x", role=role, now_ms=NOW_MS, gateway=gateway)


def test_a_key_can_not_be_born_expired(database: Database, tenant_id: uuid.UUID) -> None:
    """An expiry in the past is a slip, not a wish."""
    with database.write() as session, pytest.raises(InvalidInput):
        logic.add_key(session, tenant_id, name="x", role=Role.ADMIN, now_ms=NOW_MS, expires_at_ms=NOW_MS)
