"""Who is calling, and whether the role may do that: `caller: Annotated[Caller, require(Role.COORDINATOR)]`."""

import hashlib
import logging
from typing import Annotated, Any

from fastapi import BackgroundTasks, Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from services.db.engine import Database
from services.errors import Forbidden, RateLimited, Unauthenticated, Unavailable
from services.http.context import Db, MachineNowMs
from services.http.limits import Limits
from services.identity import logic
from services.identity.logic import Caller, Role

logger = logging.getLogger(__name__)

READERS = (Role.COORDINATOR, Role.EXPORTER, Role.AUDITOR)
"""Who may read the records of the own tenant."""

PLACE_READERS = (*READERS, Role.DRIVER, Role.GROWER)
"""Who may read where villages, hubs and trucks are: everyone but a gateway."""

_bearer = HTTPBearer(auto_error=False, scheme_name="key", description="An API key `cc_<id>_<secret>`.")


def authenticated(
    request: Request,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
    database: Db,
    now_ms: MachineNowMs,
    background: BackgroundTasks,
) -> Caller:
    """The caller behind the bearer key.

    Raises Unauthenticated without saying which part was wrong, RateLimited for guessing keys and for flooding.
    """
    if credentials is None:
        raise Unauthenticated
    limits: Limits = request.app.state.limits
    address = request.client.host if request.client else ""
    digest = hashlib.sha256(credentials.credentials.encode()).digest()
    wait_s = limits.wrong_keys.wait_s(address)
    if wait_s and not limits.was_good(digest):
        raise RateLimited(wait_s)
    try:
        with database.read() as session:
            key = logic.authenticate(session, credentials.credentials, now_ms)
    except Unauthenticated:
        limits.wrong_keys.take(address)
        limits.forget_good(digest)
        raise
    limits.note_good(digest)
    if wait_s := limits.requests.take(key.caller.key_id):
        raise RateLimited(wait_s)
    if logic.last_use_is_old(key, now_ms):
        background.add_task(_note_use, database, key.caller, now_ms)
    return key.caller


def require(*roles: Role) -> Any:
    """A dependency that answers the caller if it has one of ``roles``; an admin may do all that its tenant can.

    Raises Unauthenticated, or Forbidden naming the roles that may.
    """
    allowed = frozenset(roles) | {Role.ADMIN}

    def permitted(caller: Annotated[Caller, Depends(authenticated)]) -> Caller:
        if caller.role not in allowed:
            names = ", ".join(sorted(allowed))
            raise Forbidden(f"A key with the role {caller.role} may not do that; it takes one of: {names}.")
        return caller

    permitted.roles = allowed  # type: ignore[attr-defined]  # read by the access matrix of the tests and docs
    return Depends(permitted)


def require_exactly(*roles: Role) -> Any:
    """Like :func:`require`, but an admin is not let in: what only a machine may do."""
    allowed = frozenset(roles)

    def permitted(caller: Annotated[Caller, Depends(authenticated)]) -> Caller:
        if caller.role not in allowed:
            raise Forbidden(f"Only a key with the role {', '.join(sorted(allowed))} may do that, not {caller.role}.")
        return caller

    permitted.roles = allowed  # type: ignore[attr-defined]
    return Depends(permitted)


def _note_use(database: Database, caller: Caller, now_ms: int) -> None:
    # after the answer: a busy writer must not slow the request whose only change would be this
    try:
        with database.write() as session:
            logic.note_use(session, caller.tenant_id, caller.key_id, now_ms)
    except Unavailable as error:
        logger.warning("last use of key %s not noted: %s", caller.key_id, error.detail)
