"""`/v1/users` and `/v1/keys`: who may sign in to a tenant."""

import uuid
from typing import Annotated

from fastapi import APIRouter, Request, Response

from services.errors import Conflict, InvalidInput, NotFound
from services.http.context import AppSettings, Db, MachineNowMs
from services.http.fields import CodeText
from services.http.paging import Page, Paging, page_of
from services.http.problems import answers
from services.identity import logic, store, users
from services.identity.access import require
from services.identity.account_schemas import (
    InvitedUser,
    IssuedKeyDocument,
    KeyDocument,
    NewKey,
    NewUser,
    PasswordLink,
    UserChange,
    UserDocument,
)
from services.identity.logic import Caller
from services.identity.scope import WHOLE_TENANT
from services.identity.tables import ApiKey, UserAccount
from services.identity.verified import VerifiedKeys
from services.settings import Settings

router = APIRouter(tags=["people and keys"])

Admin = Annotated[Caller, require()]


@router.get("/v1/users")
def list_users(caller: Admin, database: Db, paging: Paging) -> Page[UserDocument]:
    """The tenant's people, by mail address."""
    after = paging.after_code()
    with database.read() as session:
        rows = store.users(session, caller.tenant_id, after_email=after, limit=paging.fetch)
    return page_of(paging, rows, key=lambda row: (row.email,), document=_user)


@router.post("/v1/users", status_code=201, responses=answers(Conflict, InvalidInput))
def add_user(
    new: NewUser, caller: Admin, request: Request, settings: AppSettings, database: Db, now_ms: MachineNowMs
) -> InvitedUser:
    """Add a person; the answer has a link, good once and for three days, with which it sets a password."""
    with database.write() as session:
        added = users.add_user(
            session,
            caller.tenant_id,
            email=new.email,
            name=new.name,
            role=new.role,
            now_ms=now_ms,
            scope=new.scope.scope(),
            locale=new.locale,
        )
        ticket = users.issue_ticket(session, added, users.Purpose.PASSWORD, now_ms, users.INVITATION_LIFE_MS)
    return InvitedUser(**_user(added).model_dump(), set_password_url=_link(request, settings, ticket))


@router.get("/v1/users/{user_id}", responses=answers(NotFound))
def get_user(user_id: uuid.UUID, caller: Admin, database: Db) -> UserDocument:
    """One person."""
    with database.read() as session:
        return _user(users.found(session, caller.tenant_id, user_id))


@router.patch("/v1/users/{user_id}", responses=answers(NotFound, InvalidInput))
def change_user(user_id: uuid.UUID, change: UserChange, caller: Admin, database: Db) -> UserDocument:
    """Change name, language, or role and scope; members left out stay. It holds from the next request on."""
    with database.write() as session:
        user = users.found(session, caller.tenant_id, user_id)
        scope = None if change.scope is None else change.scope.scope()
        return _user(users.change(user, name=change.name, role=change.role, locale=change.locale, scope=scope))


@router.post("/v1/users/{user_id}/disable", responses=answers(NotFound))
def disable_user(user_id: uuid.UUID, caller: Admin, database: Db, now_ms: MachineNowMs) -> UserDocument:
    """Shut a person out: the next request is refused. Repeating it changes nothing."""
    with database.write() as session:
        user = users.found(session, caller.tenant_id, user_id)
        users.disable(session, user, now_ms)
        return _user(user)


@router.post("/v1/users/{user_id}/reset", responses=answers(NotFound))
def reset_user(
    user_id: uuid.UUID, caller: Admin, request: Request, settings: AppSettings, database: Db, now_ms: MachineNowMs
) -> PasswordLink:
    """Take password and second factor from a person, end its sessions, and answer a link that sets a new password."""
    with database.write() as session:
        user = users.found(session, caller.tenant_id, user_id)
        users.reset(session, user)
        ticket = users.issue_ticket(session, user, users.Purpose.PASSWORD, now_ms)
    return PasswordLink(set_password_url=_link(request, settings, ticket))


@router.get("/v1/keys")
def list_keys(caller: Admin, database: Db, paging: Paging, now_ms: MachineNowMs) -> Page[KeyDocument]:
    """The tenant's keys by name, revoked and expired ones too."""
    after = paging.after_code()
    with database.read() as session:
        rows = store.keys(session, caller.tenant_id, after_name=after, limit=paging.fetch)
    return page_of(paging, rows, key=lambda row: (row.name,), document=lambda row: _key(row, now_ms))


@router.post("/v1/keys", status_code=201, responses=answers(Conflict, InvalidInput))
def add_key(new: NewKey, caller: Admin, database: Db, now_ms: MachineNowMs, response: Response) -> IssuedKeyDocument:
    """Make a key; its text is in the answer and nowhere else."""
    scope = WHOLE_TENANT if new.whole_tenant else None if new.scope is None else new.scope.scope()
    with database.write() as session:
        issued = logic.add_key(
            session,
            caller.tenant_id,
            name=new.name,
            role=new.role,
            now_ms=now_ms,
            gateway=new.gateway,
            expires_at_ms=new.expires_at,
            scope=scope,
        )
        row = logic.key_found(session, caller.tenant_id, issued.id)
    return IssuedKeyDocument(**_key(row, now_ms).model_dump(), key=issued.text)


@router.post("/v1/keys/{key_id}/revoke", responses=answers(NotFound))
def revoke_key(key_id: CodeText, caller: Admin, request: Request, database: Db, now_ms: MachineNowMs) -> KeyDocument:
    """Revoke a key at once and for good. Repeating it changes nothing."""
    with database.write() as session:
        logic.revoke_key(session, caller.tenant_id, key_id, now_ms)
        revoked = _key(logic.key_found(session, caller.tenant_id, key_id), now_ms)
    verified: VerifiedKeys = request.app.state.verified_keys
    verified.forget()
    return revoked


def _user(user: UserAccount) -> UserDocument:
    return UserDocument.model_construct(
        id=user.id,
        email=user.email,
        name=user.name,
        role=logic.Role(user.role),
        locale=user.locale,  # type: ignore[arg-type]  # checked when it was taken
        scope=user.scope,
        second_factor=user.totp_confirmed_at_ms is not None,
        disabled=user.disabled_at_ms is not None,
        created_at=user.created_at_ms,
        last_sign_in_at=user.last_sign_in_at_ms,
    )


def _key(key: ApiKey, now_ms: int) -> KeyDocument:
    return KeyDocument.model_construct(
        id=key.id,
        name=key.name,
        role=logic.Role(key.role),
        gateway=key.gateway,
        scope=key.scope,
        state=logic.state_of(key, now_ms),
        created_at=key.created_at_ms,
        expires_at=key.expires_at_ms,
        last_used_at=key.last_used_at_ms,
    )


def _link(request: Request, settings: Settings, ticket: str) -> str:
    base = settings.public_url.rstrip("/") or str(request.base_url).rstrip("/")
    return f"{base}/set-password?t={ticket}"
