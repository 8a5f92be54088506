"""Who is calling, and whether the role may do that: `caller: Annotated[Caller, require(Role.COORDINATOR)]`."""

import hashlib
import logging
from typing import Annotated, Any

from fastapi import BackgroundTasks, Depends, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.security import APIKeyCookie, HTTPAuthorizationCredentials, HTTPBearer

from services.db.acting import act_for
from services.db.engine import Database
from services.errors import Forbidden, RateLimited, Unauthenticated, Unavailable
from services.http.context import Db, MachineNowMs
from services.http.limits import Limits
from services.identity import logic, sessions
from services.identity.cookie import COOKIE
from services.identity.logic import AuthenticatedKey, Caller, Role
from services.identity.scope import WHOLE_TENANT
from services.identity.verified import VerifiedKeys

logger = logging.getLogger(__name__)

READERS = (Role.COORDINATOR, Role.AUDITOR)
"""Who may read all records of the own tenant."""

LIMITED = (Role.EXPORTER, Role.DRIVER, Role.GROWER)
"""Who sees own records only."""

PEOPLE = tuple(role for role in Role if role is not Role.GATEWAY)
"""Every role that a person can have."""

CSRF_HEADER = "X-CSRF-Token"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

_bearer = HTTPBearer(auto_error=False, scheme_name="key", description="An API key `cc_<id>_<secret>`.")
_cookie = APIKeyCookie(
    name=COOKIE,
    auto_error=False,
    scheme_name="session",
    description=f"A browser's session from `POST /v1/session`; changes also need its `{CSRF_HEADER}`.",
)


async def authenticated(
    request: Request,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
    cookie: Annotated[str | None, Depends(_cookie)],
    database: Db,
    now_ms: MachineNowMs,
    background: BackgroundTasks,
) -> Caller:
    """The caller behind the bearer key, or else behind the session's cookie.

    Raises Unauthenticated without saying which part was wrong, RateLimited for guessing and for flooding, Forbidden for
    a change that comes with a cookie and without its CSRF token.
    """
    token = credentials.credentials if credentials else cookie
    if not token:
        raise Unauthenticated
    limits: Limits = request.app.state.limits
    verified: VerifiedKeys = request.app.state.verified_keys
    digest = hashlib.sha256(token.encode()).digest()
    # on the event loop where nothing need be looked up: a turn on a thread costs more than all of this
    known = verified.get(digest, now_ms) if credentials else None
    if known is None:
        address = address_of(request)
        wait_s = limits.wrong_keys.wait_s(address)
        if wait_s and not limits.was_good(digest):
            raise RateLimited(wait_s)
        looked_up_at_s = verified.now_s()
        try:
            known = await run_in_threadpool(_by_key if credentials else _by_session, database, token, now_ms)
        except Unauthenticated:
            limits.wrong_keys.take(address)
            limits.forget_good(digest)
            raise
        limits.note_good(digest)
        if credentials:
            verified.put(digest, known, looked_up_at_s)
    if wait_s := limits.requests.take(known.caller.actor_id):
        raise RateLimited(wait_s)
    if not credentials and request.method not in SAFE_METHODS:
        demand_csrf_token(request, token)
    if logic.is_old(known.last_used_at_ms, now_ms):
        verified.note_use(digest, now_ms)
        background.add_task(_note_use, database, known.caller, now_ms)
    return known.caller


def require(*roles: Role, own: tuple[Role, ...] = (), shared: tuple[Role, ...] = ()) -> Any:
    """A dependency that answers the caller if it has one of the roles; an admin may do all that its tenant can.

    A caller that sees own records only is let in where its role stands in ``own``, and the route then keeps to
    `Caller.scope`, or in ``shared``: what everybody of the tenant may know. Elsewhere it is refused, so that a route
    that knows nothing of scopes shows nothing.

    Raises Unauthenticated, or Forbidden naming the roles that may.
    """
    return _permitted(frozenset((*roles, Role.ADMIN)), frozenset(own), frozenset(shared))


def require_exactly(*roles: Role) -> Any:
    """Like :func:`require`, but an admin is not let in: what only a machine may do."""
    return _permitted(frozenset(roles), frozenset(), frozenset())


def demand_csrf_token(request: Request, token: str) -> None:
    """Nothing when the request carries the CSRF token of its session. Raises Forbidden."""
    if not sessions.is_csrf_token(token, request.headers.get(CSRF_HEADER, "")):
        raise Forbidden(f"Send the header {CSRF_HEADER} with the csrf_token of GET /v1/session.")


def address_of(request: Request) -> str:
    """The network address that the request came from, for limits and the journal."""
    return request.client.host if request.client else ""


def _permitted(whole: frozenset[Role], own: frozenset[Role], shared: frozenset[Role]) -> Any:
    allowed = whole | own | shared

    async def permitted(caller: Annotated[Caller, Depends(authenticated)]) -> Caller:
        if caller.role not in allowed:
            names = ", ".join(sorted(allowed))
            raise Forbidden(f"The role {caller.role} may not do that; it takes one of: {names}.")
        if caller.scope != WHOLE_TENANT and caller.role not in own | shared:
            raise Forbidden(f"A {caller.role} who sees own records only may not do that.")
        act_for(caller.tenant_id, f"{'key' if caller.user_id is None else 'user'} {caller.actor_id} ({caller.name})")
        return caller

    permitted.roles = allowed  # type: ignore[attr-defined]  # read by the access matrix of the tests and docs
    permitted.own = own  # type: ignore[attr-defined]
    permitted.shared = shared  # type: ignore[attr-defined]
    return Depends(permitted)


def _by_key(database: Database, token: str, now_ms: int) -> AuthenticatedKey:
    with database.read() as session:
        return logic.authenticate(session, token, now_ms)


def _by_session(database: Database, token: str, now_ms: int) -> AuthenticatedKey:
    with database.read() as session:
        live = sessions.live_session(session, token, now_ms)
    return AuthenticatedKey(live.caller, live.last_seen_at_ms, None)


def _note_use(database: Database, caller: Caller, now_ms: int) -> None:
    # after the answer: a busy writer must not slow the request whose only change would be this
    try:
        with database.write() as session:
            if caller.user_id is None:
                logic.note_use(session, caller.tenant_id, caller.actor_id, now_ms)
            else:
                sessions.note_seen(session, caller, now_ms)
    except Unavailable as error:
        logger.warning("last use by %s not noted: %s", caller.actor_id, error.detail)
