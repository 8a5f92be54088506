"""Browser sessions: a random token in a cookie, its hash in the database, an idle and an absolute end.

The CSRF token is a digest of the session's own token: who can't read the HttpOnly cookie can't compute it, the pages
get it from `GET /v1/session`, and nothing more need be kept (OWASP, "Cross-Site Request Forgery Prevention", the
signed double-submit pattern with the session token as key).
"""

import hmac
import secrets
import uuid
from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy.orm import Session

from services.errors import Unauthenticated
from services.identity import store
from services.identity.logic import Caller, Role
from services.identity.scope import scope_of
from services.identity.tables import UserAccount, UserSession
from services.identity.users import digest

IDLE_MS = 12 * 3_600_000
"""A session ends when it was not used for this long: a working day with its pauses."""

ABSOLUTE_MS = 7 * 24 * 3_600_000
"""A session ends this long after sign-in, however much it was used."""


@dataclass(frozen=True, slots=True)
class OpenedSession:
    """A session as handed to the browser: ``token`` is in the cookie and nowhere else."""

    token: str
    expires_at_ms: int


@dataclass(frozen=True, slots=True)
class LiveSession:
    """A session that was found good, with its user."""

    user: UserAccount
    caller: Caller
    last_seen_at_ms: int


def open_session(session: Session, user: UserAccount, now_ms: int, replaces: str | None = None) -> OpenedSession:
    """A new session of ``user``; the one whose token the browser sent (``replaces``) ends, so that none is fixed."""
    if replaces:
        store.end_session(session, digest(replaces))
    store.forget_sessions(session, user.tenant_id, now_ms, now_ms - IDLE_MS)
    token = secrets.token_urlsafe(32)
    expires_at_ms = now_ms + ABSOLUTE_MS
    session.add(
        UserSession(
            token_sha256=digest(token),
            tenant_id=user.tenant_id,
            user_id=user.id,
            created_at_ms=now_ms,
            last_seen_at_ms=now_ms,
            expires_at_ms=expires_at_ms,
        )
    )
    user.last_sign_in_at_ms = now_ms
    session.flush()
    return OpenedSession(token, expires_at_ms)


def live_session(session: Session, token: str, now_ms: int) -> LiveSession:
    """The session behind ``token``. Raises Unauthenticated, the same for every fault."""
    found = store.session_with_user(session, digest(token))
    if found is None:
        raise Unauthenticated
    row, user = found
    ended = now_ms >= row.expires_at_ms or now_ms >= row.last_seen_at_ms + IDLE_MS
    if ended or user.disabled_at_ms is not None:
        raise Unauthenticated
    return LiveSession(user, _caller(user, row), row.last_seen_at_ms)


def close_session(session: Session, token_sha256: bytes) -> None:
    """End the session at once."""
    store.end_session(session, token_sha256)


def note_seen(session: Session, caller: Caller, now_ms: int) -> None:
    """Remember when the session was used."""
    if caller.session_sha256 is not None:
        store.touch_session(session, caller.tenant_id, caller.session_sha256, now_ms)


def _caller(user: UserAccount, row: UserSession) -> Caller:
    return Caller(
        user.tenant_id,
        Role(user.role),
        actor_id_of(user.id),
        user.name,
        user_id=user.id,
        session_sha256=row.token_sha256,
        scope=scope_of(user.scope),
    )


def actor_id_of(user_id: uuid.UUID) -> str:
    """How limits, idempotency keys and the journal name a user; no key's id looks so."""
    return f"user-{user_id}"


def csrf_token(token: str) -> str:
    """What a page must send in `X-CSRF-Token` with every change it asks for."""
    return sha256(f"coldchain csrf {token}".encode()).hexdigest()[:43]


def is_csrf_token(token: str, given: str) -> bool:
    """Whether ``given`` is the CSRF token of this session; takes as long either way."""
    return hmac.compare_digest(csrf_token(token).encode(), given.encode("utf-8", "replace"))
