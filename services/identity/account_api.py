"""`/v1/account`: what a person changes of the own way to sign in, and a forgotten password."""

import logging
from typing import Annotated

import segno
from fastapi import APIRouter, BackgroundTasks, Request
from sqlalchemy.orm import Session

from services.db.engine import Database
from services.errors import Conflict, FieldFault, InvalidInput, RateLimited, Unauthenticated, Unavailable
from services.http.context import AppSettings, Db, MachineNowMs
from services.http.limits import Limits
from services.http.problems import answers
from services.identity import passwords, totp, users
from services.identity.access import LIMITED, READERS, address_of, require
from services.identity.account_schemas import (
    PasswordChange,
    PasswordProof,
    RecoveryCodes,
    ResetRequest,
    TotpCode,
    TotpEnrolment,
)
from services.identity.logic import Caller, tenant_of
from services.identity.mail import Mail
from services.identity.tables import UserAccount
from services.settings import Settings

logger = logging.getLogger(__name__)

router = APIRouter(tags=["signing in"])

Person = Annotated[Caller, require(*READERS, shared=LIMITED)]


@router.post("/v1/session/password-reset", status_code=202)
def request_reset(
    wanted: ResetRequest,
    request: Request,
    settings: AppSettings,
    database: Db,
    now_ms: MachineNowMs,
    background: BackgroundTasks,
) -> None:
    """Mail a link that sets a new password within half an hour. The answer is the same whether there is an account."""
    limits: Limits = request.app.state.limits
    if wait_s := limits.resets.take(f"from {address_of(request)}"):
        raise RateLimited(wait_s)
    mail: Mail | None = request.app.state.mail
    if mail is None:
        raise Unavailable("No mail is sent from here; whoever runs this can make a link with `coldchain user reset`.")
    account = f"{wanted.tenant}/{wanted.email.strip().lower()}"
    if limits.resets.take(f"to {account}") == 0:
        # after the answer: neither its words nor its time tell whether there is such an account
        background.add_task(_mail_reset, database, settings, mail, wanted, now_ms)


@router.post("/v1/account/password", status_code=204, responses=answers(InvalidInput))
def change_password(new: PasswordChange, caller: Person, request: Request, database: Db) -> None:
    """Change the own password; every session ends, this one too."""
    with database.write() as session:
        user = _proven(session, request, caller, new.current, "/current")
        users.set_password(session, user, tenant_of(session, user.tenant_id).slug, new.new, "/new")


@router.post("/v1/account/totp", responses=answers(Conflict))
def begin_totp(
    proof: PasswordProof, caller: Person, request: Request, settings: AppSettings, database: Db
) -> TotpEnrolment:
    """Begin a second factor: the secret for an authenticator app, in force once a code of it is confirmed."""
    with database.write() as session:
        user = _proven(session, request, caller, proof.password, "/password")
        begun = totp.begin(user, settings.resolved_secret_key())
    picture = segno.make_qr(begun.uri, error="m").svg_data_uri(scale=4)
    return TotpEnrolment(secret=begun.secret, uri=begun.uri, qr_code=picture)


@router.post("/v1/account/totp/confirm", responses=answers(Conflict))
def confirm_totp(
    given: TotpCode, caller: Person, settings: AppSettings, database: Db, now_ms: MachineNowMs
) -> RecoveryCodes:
    """Put the second factor in force with a code of the app; the answer has the recovery codes, shown once."""
    with database.write() as session:
        user = _own(session, caller)
        codes = totp.confirm(session, user, given.code, settings.resolved_secret_key(), now_ms)
    return RecoveryCodes(recovery_codes=codes)


@router.post("/v1/account/totp/remove", status_code=204)
def remove_totp(proof: PasswordProof, caller: Person, request: Request, database: Db) -> None:
    """Sign in without a second factor from now on."""
    with database.write() as session:
        totp.take_off(session, _proven(session, request, caller, proof.password, "/password"))


def _own(session: Session, caller: Caller) -> UserAccount:
    if caller.user_id is None:
        raise Unauthenticated("A key has no account; sign in as a person.")
    return users.found(session, caller.tenant_id, caller.user_id)


def _proven(session: Session, request: Request, caller: Caller, password: str, pointer: str) -> UserAccount:
    """The caller's own account, whose password it has given again. Raises InvalidInput, RateLimited for guessing."""
    limits: Limits = request.app.state.limits
    user = _own(session, caller)
    if wait_s := limits.account_guesses.wait_s(caller.actor_id):
        raise RateLimited(wait_s)
    if not passwords.matches(user.password_hash, password):
        limits.account_guesses.take(caller.actor_id)
        fault = FieldFault(pointer, "is not the password of this account.", "Send it again.")
        raise InvalidInput("The password is not right.", faults=[fault])
    return user


def _mail_reset(database: Database, settings: Settings, mail: Mail, wanted: ResetRequest, now_ms: int) -> None:
    try:
        with database.write() as session:
            user = users.with_address(session, wanted.tenant, wanted.email)
            if user is None or user.disabled_at_ms is not None:
                return
            ticket = users.issue_ticket(session, user, users.Purpose.PASSWORD, now_ms)
        link = f"{settings.public_url.rstrip('/')}/set-password?t={ticket}"
        mail.send(user.email, "Set a new password", RESET_TEXT.format(name=user.name, link=link))
    except Unavailable as error:
        logger.warning("a mail with a link was not sent: %s", error.detail)


RESET_TEXT = """{name},

somebody, probably you, asked to set a new password for your account at Village Cold Chain.
This link does it, once, within 30 minutes:

{link}

If it was not you, do nothing: your password stays as it is.
"""
