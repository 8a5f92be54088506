"""`/v1/session`: a browser signs in, asks who it is, and signs out."""

import logging
from typing import Annotated

from fastapi import APIRouter, Request, Response
from sqlalchemy.orm import Session

from services.errors import RateLimited, SecondFactorNeeded, Unauthenticated
from services.http.context import AppSettings, Db, MachineNowMs
from services.http.limits import Limits
from services.identity import sessions, sign_in, users
from services.identity.access import LIMITED, READERS, address_of, require
from services.identity.cookie import cookie_of, drop_cookie, put_cookie
from services.identity.logic import Caller, tenant_of
from services.identity.schemas import Entry, NewPassword, SessionDocument, SessionTenant, SessionUser, SignIn
from services.identity.sessions import OpenedSession
from services.identity.tables import UserAccount
from services.settings import Settings

logger = logging.getLogger(__name__)

router = APIRouter(tags=["signing in"])

Person = Annotated[Caller, require(*READERS, shared=LIMITED)]


@router.post("/v1/session")
def open_session(
    wanted: SignIn, request: Request, response: Response, settings: AppSettings, database: Db, now_ms: MachineNowMs
) -> SessionDocument:
    """Sign in with a password, and a second factor where the account has one. Sets the session's cookie.

    Every wrong part is answered alike. Guessing is slowed down by account and by address.
    """
    limits: Limits = request.app.state.limits
    address, account = address_of(request), f"{wanted.tenant}/{wanted.email.strip().lower()}"
    if wait_s := max(limits.sign_ins.wait_s(address), limits.account_guesses.wait_s(account)):
        raise RateLimited(wait_s)
    try:
        user = sign_in.by_password(database, settings, wanted, now_ms)
    except SecondFactorNeeded:
        raise  # the password was right: nothing was guessed
    except Unauthenticated as refused:
        limits.sign_ins.take(address)
        limits.account_guesses.take(account)
        logger.warning("sign-in refused for %r from %s: %s", account, address, refused.code)
        raise
    with database.write() as session:
        return let_in(session, user, request, response, settings, now_ms)


@router.post("/v1/session/entry")
def enter(
    entry: Entry, request: Request, response: Response, settings: AppSettings, database: Db, now_ms: MachineNowMs
) -> SessionDocument:
    """Trade the one-time ticket of an entry link for a session."""
    with database.write() as session:
        user = redeemed(session, request, entry.ticket, users.Purpose.ENTRY, now_ms)
        return let_in(session, user, request, response, settings, now_ms)


@router.post("/v1/session/password", status_code=204)
def set_password(new: NewPassword, request: Request, database: Db, now_ms: MachineNowMs) -> None:
    """Set a password with the one-time ticket of its link; every session of the user ends."""
    with database.write() as session:
        user = redeemed(session, request, new.ticket, users.Purpose.PASSWORD, now_ms)
        users.set_password(session, user, tenant_of(session, user.tenant_id).slug, new.password, "/password")


@router.get("/v1/session")
def get_session(caller: Person, request: Request, database: Db) -> SessionDocument:
    """Who is signed in with this cookie."""
    token = cookie_of(request)
    if caller.user_id is None or token is None:
        raise Unauthenticated("This is a key, not a browser's session.")
    with database.read() as session:
        return _document(session, users.found(session, caller.tenant_id, caller.user_id), token)


@router.delete("/v1/session", status_code=204)
def close_session(caller: Person, response: Response, settings: AppSettings, database: Db) -> None:
    """Sign out: the session is worth nothing from now on."""
    if caller.session_sha256 is None:
        raise Unauthenticated("This is a key, not a browser's session.")
    with database.write() as session:
        sessions.close_session(session, caller.session_sha256)
    drop_cookie(response, settings)


def redeemed(session: Session, request: Request, ticket: str, purpose: users.Purpose, now_ms: int) -> UserAccount:
    """The user of a ticket, which it uses up. Raises Unauthenticated, RateLimited for guessing."""
    limits: Limits = request.app.state.limits
    address = address_of(request)
    if wait_s := limits.sign_ins.wait_s(address):
        raise RateLimited(wait_s)
    try:
        return users.redeem_ticket(session, ticket, purpose, now_ms)
    except Unauthenticated:
        limits.sign_ins.take(address)
        raise


def let_in(
    session: Session, user: UserAccount, request: Request, response: Response, settings: Settings, now_ms: int
) -> SessionDocument:
    """Open a session for ``user`` in place of the one the browser may have, and hand out its cookie."""
    user = session.merge(user)
    opened: OpenedSession = sessions.open_session(session, user, now_ms, replaces=cookie_of(request))
    put_cookie(response, settings, opened, now_ms)
    return _document(session, user, opened.token)


def _document(session: Session, user: UserAccount, token: str) -> SessionDocument:
    return SessionDocument(
        user=SessionUser.model_validate(user),
        tenant=SessionTenant.model_validate(tenant_of(session, user.tenant_id)),
        role=user.role,
        locale=user.locale,
        csrf_token=sessions.csrf_token(token),
    )
