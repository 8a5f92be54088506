"""People: added, disabled, and let in by a password or a one-time ticket."""

import hashlib
import re
import secrets
import uuid
from enum import StrEnum

from sqlalchemy.orm import Session

from services.errors import Conflict, FieldFault, InvalidInput, NotFound, Unauthenticated
from services.identity import passwords, store
from services.identity.logic import Role
from services.identity.scope import WHOLE_TENANT, Scope, demand_fit, scope_of
from services.identity.tables import UserAccount, UserTicket

EMAIL = re.compile(r"[^@\s\x00-\x1f\x7f]{1,64}@[^@\s\x00-\x1f\x7f]{1,189}")
LOCALES = ("en", "th", "zh")
MINUTE_MS = 60_000


class Purpose(StrEnum):
    """What a one-time ticket is good for."""

    ENTRY = "entry"
    PASSWORD = "password"  # noqa: S105


TICKET_LIFE_MS = {Purpose.ENTRY: 12 * 60 * MINUTE_MS, Purpose.PASSWORD: 30 * MINUTE_MS}
INVITATION_LIFE_MS = 72 * 60 * MINUTE_MS
"""A link to set the first password: whoever gets it may be in the field until the day after tomorrow."""


def add_user(
    session: Session,
    tenant_id: uuid.UUID,
    *,
    email: str,
    name: str,
    role: Role,
    now_ms: int,
    scope: Scope = WHOLE_TENANT,
    locale: str = "en",
    oidc_subject: str | None = None,
) -> UserAccount:
    """Add a person without a password. Raises Conflict for a taken address, InvalidInput naming the member."""
    address = normal_email(email)
    if role is Role.GATEWAY:
        fault = FieldFault("/role", "gateway is no role of a person.", "Make a key for a gateway.")
        raise InvalidInput("A person can't be a gateway.", faults=[fault])
    if locale not in LOCALES:
        fault = FieldFault("/locale", f"is {locale!r}.", f"Use one of: {', '.join(LOCALES)}.")
        raise InvalidInput("The pages are not in that language.", faults=[fault])
    demand_fit(role, scope)
    if store.user_by_email(session, tenant_id, address) is not None:
        raise Conflict(f"There is a user {address!r} already.")
    user = UserAccount(
        id=uuid.uuid4(),
        tenant_id=tenant_id,
        email=address,
        name=name,
        role=role,
        locale=locale,
        scope=scope.stored(),
        oidc_subject=oidc_subject,
        created_at_ms=now_ms,
    )
    session.add(user)
    session.flush()
    return user


def normal_email(email: str) -> str:
    """The address as it is kept and compared. Raises InvalidInput."""
    address = email.strip().lower()
    if not EMAIL.fullmatch(address):
        fault = FieldFault("/email", f"is {email[:60]!r}.", "Send one such as nok@example.org.")
        raise InvalidInput("That is no mail address.", faults=[fault])
    return address


def found(session: Session, tenant_id: uuid.UUID, ref: uuid.UUID | str) -> UserAccount:
    """The user of that id or mail address. Raises NotFound."""
    user = (
        store.user_by_id(session, tenant_id, ref)
        if isinstance(ref, uuid.UUID)
        else store.user_by_email(session, tenant_id, ref.strip().lower())
    )
    if user is None:
        raise NotFound("There is no such user.")
    return user


def with_address(session: Session, tenant_slug: str, email: str) -> UserAccount | None:
    """The user of that tenant and mail address, if there is one."""
    tenant = store.tenant_by_slug(session, tenant_slug)
    return store.user_by_email(session, tenant.id, email.strip().lower()) if tenant else None


def change(
    user: UserAccount,
    *,
    name: str | None = None,
    role: Role | None = None,
    locale: str | None = None,
    scope: Scope | None = None,
) -> UserAccount:
    """Change what is given. Raises InvalidInput where role and scope do not go together."""
    demand_fit(role or user.role, scope_of(user.scope) if scope is None else scope)
    user.name, user.role, user.locale = name or user.name, role or user.role, locale or user.locale
    if scope is not None:
        user.scope = scope.stored()
    return user


def set_password(session: Session, user: UserAccount, tenant_slug: str, password: str, pointer: str) -> None:
    """Give the user a new password and end its sessions and tickets. Raises InvalidInput for a weak one."""
    own_names = (user.email, user.email.partition("@")[0], user.name, tenant_slug, "coldchain")
    user.password_hash = passwords.hashed(password, pointer=pointer, unlike=own_names)
    end_access(session, user)


def disable(session: Session, user: UserAccount, now_ms: int) -> None:
    """Shut the user out, from the next request on; disabling twice changes nothing."""
    if user.disabled_at_ms is None:
        user.disabled_at_ms = now_ms
    end_access(session, user)


def reset(session: Session, user: UserAccount) -> None:
    """Take password and second factor from the user, and let a disabled one in again by a new password."""
    user.password_hash = None
    user.disabled_at_ms = None
    user.totp_encrypted = user.totp_confirmed_at_ms = user.totp_last_step = None
    store.drop_recovery_codes(session, user.tenant_id, user.id)
    end_access(session, user)


def end_access(session: Session, user: UserAccount) -> None:
    """End every session and ticket of the user."""
    store.end_sessions(session, user.tenant_id, user.id)
    store.drop_tickets(session, user.tenant_id, user.id)


def issue_ticket(session: Session, user: UserAccount, purpose: Purpose, now_ms: int, life_ms: int | None = None) -> str:
    """A one-time ticket of 256 random bits for ``user``; an earlier one of its purpose to set a password ends."""
    if purpose is Purpose.PASSWORD:
        store.drop_tickets(session, user.tenant_id, user.id, purpose)
    token = secrets.token_urlsafe(32)
    session.add(
        UserTicket(
            token_sha256=digest(token),
            tenant_id=user.tenant_id,
            user_id=user.id,
            purpose=purpose,
            created_at_ms=now_ms,
            expires_at_ms=now_ms + (life_ms or TICKET_LIFE_MS[purpose]),
        )
    )
    session.flush()
    return token


def redeem_ticket(session: Session, token: str, purpose: Purpose, now_ms: int) -> UserAccount:
    """The user of a ticket, which is used up by it. Raises Unauthenticated, the same for every fault."""
    ticket = store.take_ticket(session, digest(token), purpose)
    if ticket is None or now_ms >= ticket.expires_at_ms:
        raise Unauthenticated("This link has been used or has expired.")
    user = store.user_by_id(session, ticket.tenant_id, ticket.user_id)
    if user is None or user.disabled_at_ms is not None:
        raise Unauthenticated("This link has been used or has expired.")
    return user


def digest(token: str) -> bytes:
    """What is kept of a token: plain SHA-256, since 256 random bits leave nothing to guess faster."""
    return hashlib.sha256(token.encode()).digest()
