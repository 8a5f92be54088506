"""Tenants, roles and keys: what a key is worth, and how it is made, checked and revoked."""

import hashlib
import hmac
import secrets
import uuid
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy.orm import Session

from services.errors import Conflict, FieldFault, InvalidInput, NotFound, Unauthenticated
from services.identity import store
from services.identity.scope import WHOLE_TENANT, Scope, demand_fit, scope_of
from services.identity.tables import ApiKey, Tenant

KEY_PREFIX = "cc"
LAST_USE_STEP_MS = 60_000
_NO_SUCH_KEY_SHA256 = hashlib.sha256(b"").digest()


class Role(StrEnum):
    """What a person or key may do; an access rule names the roles that may."""

    ADMIN = "admin"
    COORDINATOR = "coordinator"
    EXPORTER = "exporter"
    DRIVER = "driver"
    GROWER = "grower"
    AUDITOR = "auditor"
    GATEWAY = "gateway"


class KeyState(StrEnum):
    """Whether a key opens anything."""

    IN_FORCE = "in force"
    EXPIRED = "expired"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class Caller:
    """Who is asking: a person or a key of one tenant with one role.

    ``actor_id`` is the key's id, or names the user; ``gateway`` is set for the role gateway alone, ``user_id`` for a
    person alone, with ``session_sha256``, the session it came by; ``scope`` says whose records are shown.
    """

    tenant_id: uuid.UUID
    role: Role
    actor_id: str
    name: str
    gateway: str | None = None
    user_id: uuid.UUID | None = None
    session_sha256: bytes | None = None
    scope: Scope = WHOLE_TENANT


@dataclass(frozen=True, slots=True)
class AuthenticatedKey:
    """A key that was found good, when it was last seen at work, and when it will be good no more."""

    caller: Caller
    last_used_at_ms: int | None
    expires_at_ms: int | None


@dataclass(frozen=True, slots=True)
class IssuedKey:
    """A key as handed out: ``text`` is shown once and kept nowhere."""

    id: str
    text: str


def add_tenant(session: Session, slug: str, name: str, now_ms: int) -> Tenant:
    """Add a tenant. Raises Conflict when the slug is taken."""
    if store.tenant_by_slug(session, slug) is not None:
        raise Conflict(f"There is a tenant {slug!r} already; choose another slug.")
    tenant = Tenant(id=uuid.uuid4(), slug=slug, name=name, created_at_ms=now_ms)
    session.add(tenant)
    session.flush()
    return tenant


def tenant_named(session: Session, slug: str) -> Tenant:
    """The tenant of that slug. Raises NotFound, listing what there is."""
    tenant = store.tenant_by_slug(session, slug)
    if tenant is None:
        known = ", ".join(store.tenant_slugs(session)) or "none yet"
        raise NotFound(f"There is no tenant {slug!r} (known: {known}); add it with `coldchain tenant add`.")
    return tenant


def tenant_of(session: Session, tenant_id: uuid.UUID) -> Tenant:
    """The tenant of that id, which is there."""
    return session.get_one(Tenant, tenant_id)


def add_key(
    session: Session,
    tenant_id: uuid.UUID,
    *,
    name: str,
    role: Role,
    now_ms: int,
    gateway: str | None = None,
    expires_at_ms: int | None = None,
    scope: Scope | None = None,
) -> IssuedKey:
    """Make a key. Raises Conflict for a taken name, InvalidInput for a gateway key without its gateway.

    A key for a role that sees own records only says whose, or `WHOLE_TENANT` where the tenant's own machine uses it.
    """
    if (role is Role.GATEWAY) != (gateway is not None):
        raise InvalidInput(
            "A key with the role gateway names its gateway, and no other key does.",
            faults=[FieldFault("/gateway", f"is {gateway!r} for the role {role}.", "Give --gateway NAME.")],
        )
    if scope is None or scope != WHOLE_TENANT:
        demand_fit(role, scope or WHOLE_TENANT)
    if expires_at_ms is not None and expires_at_ms <= now_ms:
        raise InvalidInput(
            "The key would have expired already.",
            faults=[FieldFault("/expires_at", "lies in the past.", "Give a later instant.")],
        )
    if store.key_by_name(session, tenant_id, name) is not None:
        raise Conflict(f"There is a key named {name!r} already; revoke it or choose another name.")
    key_id, secret = secrets.token_hex(6), secrets.token_urlsafe(32)
    session.add(
        ApiKey(
            id=key_id,
            tenant_id=tenant_id,
            name=name,
            role=role,
            gateway=gateway,
            scope=(scope or WHOLE_TENANT).stored(),
            secret_sha256=_digest(secret),
            created_at_ms=now_ms,
            expires_at_ms=expires_at_ms,
        )
    )
    session.flush()
    return IssuedKey(key_id, f"{KEY_PREFIX}_{key_id}_{secret}")


def key_found(session: Session, tenant_id: uuid.UUID, key_id: str) -> ApiKey:
    """The key of that id. Raises NotFound."""
    key = store.key_by_id(session, tenant_id, key_id)
    if key is None:
        raise NotFound(f"There is no key {key_id!r}; `coldchain key list` shows them.")
    return key


def revoke_key(session: Session, tenant_id: uuid.UUID, key_id: str, now_ms: int) -> None:
    """Revoke a key at once and for good; revoking twice changes nothing. Raises NotFound."""
    key = key_found(session, tenant_id, key_id)
    if key.revoked_at_ms is None:
        key.revoked_at_ms = now_ms


def authenticate(session: Session, text: str, now_ms: int) -> AuthenticatedKey:
    """The key behind ``text``. Raises Unauthenticated, the same for every fault and after the same work."""
    prefix, _, rest = text.partition("_")
    key_id, _, secret = rest.partition("_")
    key = store.key_of_any_tenant(session, key_id) if prefix == KEY_PREFIX and len(key_id) <= 16 else None
    expected = key.secret_sha256 if key else _NO_SUCH_KEY_SHA256
    matches = hmac.compare_digest(_digest(secret), expected)
    if key is None or not matches or state_of(key, now_ms) is not KeyState.IN_FORCE:
        raise Unauthenticated
    caller = Caller(key.tenant_id, Role(key.role), key.id, key.name, key.gateway, scope=scope_of(key.scope))
    return AuthenticatedKey(caller, key.last_used_at_ms, key.expires_at_ms)


def still_in_force(session: Session, caller: Caller, now_ms: int) -> bool:
    """Whether a caller that was good still is: its key in force, its session not ended."""
    if caller.session_sha256 is not None:
        return store.has_session(session, caller.tenant_id, caller.session_sha256, now_ms)
    key = store.key_by_id(session, caller.tenant_id, caller.actor_id)
    return key is not None and state_of(key, now_ms) is KeyState.IN_FORCE


def is_old(last_used_at_ms: int | None, now_ms: int) -> bool:
    """Whether the last use is worth writing again: at most once a minute."""
    return last_used_at_ms is None or now_ms - last_used_at_ms >= LAST_USE_STEP_MS


def note_use(session: Session, tenant_id: uuid.UUID, key_id: str, now_ms: int) -> None:
    """Remember when the key was used."""
    store.touch_key(session, tenant_id, key_id, now_ms)


def state_of(key: ApiKey | store.KeyRow, now_ms: int) -> KeyState:
    """The state of ``key`` at ``now_ms``."""
    if key.revoked_at_ms is not None:
        return KeyState.REVOKED
    expired = key.expires_at_ms is not None and now_ms >= key.expires_at_ms
    return KeyState.EXPIRED if expired else KeyState.IN_FORCE


def _digest(secret: str) -> bytes:
    # plain SHA-256 is enough: the secret has 256 random bits, so there is nothing to guess faster
    return hashlib.sha256(secret.encode()).digest()
