"""Signing in with a password, and a second factor where the account has one."""

from services.db.engine import Database
from services.errors import Unauthenticated
from services.identity import passwords, store
from services.identity.schemas import SignIn
from services.identity.tables import UserAccount
from services.settings import Settings

REFUSED = "The tenant, mail address or password is not right."


def by_password(database: Database, settings: Settings, wanted: SignIn, now_ms: int) -> UserAccount:
    """The user who has proven to be it. Raises Unauthenticated, alike and after the same work for every wrong part."""
    with database.read() as session:
        tenant = store.tenant_by_slug(session, wanted.tenant)
        user = store.user_by_email(session, tenant.id, wanted.email.strip().lower()) if tenant else None
    # outside of the transaction: the work of argon2id must not hold a connection
    right = passwords.matches(user.password_hash if user else None, wanted.password)
    if user is None or not right or user.disabled_at_ms is not None:
        raise Unauthenticated(REFUSED)
    if user.password_hash and passwords.is_outdated(user.password_hash):
        user.password_hash = passwords.rehashed(wanted.password)
    return user
