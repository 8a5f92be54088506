"""Signing in with a password, and a second factor where the account has one."""

from services.db.engine import Database
from services.errors import SecondFactorNeeded, Unauthenticated
from services.identity import passwords, totp, users
from services.identity.schemas import SignIn
from services.identity.tables import UserAccount
from services.settings import Settings

REFUSED = "The tenant, mail address, password or code is not right."


def by_password(database: Database, settings: Settings, wanted: SignIn, now_ms: int) -> UserAccount:
    """The user who has proven to be it. Raises Unauthenticated, alike and after the same work for every wrong part."""
    with database.read() as session:
        user = users.with_address(session, wanted.tenant, wanted.email)
    # outside of the transaction: the work of argon2id must not hold a connection
    right = passwords.matches(user.password_hash if user else None, wanted.password)
    if user is None or not right or user.disabled_at_ms is not None:
        raise Unauthenticated(REFUSED)
    if user.password_hash and passwords.is_outdated(user.password_hash):
        user.password_hash = passwords.rehashed(wanted.password)
    if totp.is_needed(user):
        if wanted.totp is None:
            raise SecondFactorNeeded
        with database.write() as session:
            user = session.merge(user)
            if not totp.passes(session, user, wanted.totp, settings.resolved_secret_key(), now_ms):
                raise Unauthenticated(REFUSED)
    return user
