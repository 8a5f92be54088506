"""A browser's way in to the pages: an entry link with a one-time ticket, and who is signed in by the cookie."""

import uuid

from fastapi import Request
from sqlalchemy.orm import Session

from services.db.acting import act_for
from services.db.engine import Database
from services.errors import Unauthenticated
from services.identity import sessions, users
from services.identity.cookie import cookie_of
from services.identity.logic import Caller
from services.identity.users import Purpose

SET_PASSWORD_PATH = "/set-password"  # noqa: S105


def entry_path(session: Session, tenant_id: uuid.UUID, user_id: uuid.UUID, now_ms: int) -> str:
    """The path and query that let one browser in, once; to be printed or sent to that person."""
    user = users.found(session, tenant_id, user_id)
    return f"/enter?t={users.issue_ticket(session, user, Purpose.ENTRY, now_ms)}"


def password_path(
    session: Session, tenant_id: uuid.UUID, user_id: uuid.UUID, now_ms: int, life_ms: int | None = None
) -> str:
    """The path and query where that person sets a password, once."""
    user = users.found(session, tenant_id, user_id)
    return f"{SET_PASSWORD_PATH}?t={users.issue_ticket(session, user, Purpose.PASSWORD, now_ms, life_ms)}"


def viewer_of(database: Database, request: Request, now_ms: int) -> Caller | None:
    """Who looks at the pages, or None where the browser is not signed in; the page then sees that tenant's rows."""
    token = cookie_of(request)
    if token is None:
        return None
    try:
        with database.read() as session:
            caller = sessions.live_session(session, token, now_ms).caller
    except Unauthenticated:
        return None
    act_for(caller.tenant_id, f"user {caller.actor_id} ({caller.name})")
    return caller
