"""Passwords: argon2id with the second recommended parameters of RFC 9106 (64 MiB, 3 passes, 4 lanes)."""

import threading

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.profiles import RFC_9106_LOW_MEMORY

from services.errors import FieldFault, InvalidInput

MIN_LENGTH = 12
MAX_LENGTH = 200
MIN_DIFFERENT = 5

_hasher = PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY)
_turns = threading.BoundedSemaphore(4)
"""Each verification takes 64 MiB: more at once would let a flood of sign-ins take the memory of the machine."""

NO_PASSWORD = "$argon2id$v=19$m=65536,t=3,p=4$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"  # noqa: S105
"""Takes the work of a verification and matches nothing: who has no account is not told apart by the time taken."""


def hashed(password: str, *, pointer: str, unlike: tuple[str, ...]) -> str:
    """The argon2id hash of a new password.

    Raises InvalidInput for one that is short, long, of few characters, or made of ``unlike`` (the account's own names).
    """
    fault = _weakness(password, unlike)
    if fault:
        raise InvalidInput("Choose another password.", faults=[FieldFault(pointer, fault, "Use several words.")])
    with _turns:
        return _hasher.hash(password)


def matches(password_hash: str | None, password: str) -> bool:
    """Whether the password is the one hashed; the same work where there is none."""
    with _turns:
        try:
            return _hasher.verify(password_hash or NO_PASSWORD, password) and password_hash is not None
        except (VerificationError, InvalidHashError):
            return False


def is_outdated(password_hash: str) -> bool:
    """Whether the hash was made with other parameters than today's."""
    return _hasher.check_needs_rehash(password_hash)


def rehashed(password: str) -> str:
    """The hash of a password that was accepted before, with today's parameters."""
    with _turns:
        return _hasher.hash(password)


def _weakness(password: str, unlike: tuple[str, ...]) -> str | None:
    if len(password) < MIN_LENGTH:
        return f"has {len(password)} characters, and {MIN_LENGTH} are the least."
    if len(password) > MAX_LENGTH:
        return f"has {len(password)} characters, and {MAX_LENGTH} are the most."
    if len(set(password)) < MIN_DIFFERENT:
        return f"has {len(set(password))} different characters, and {MIN_DIFFERENT} are the least."
    rest = password.casefold()
    for name in sorted(filter(None, unlike), key=len, reverse=True):
        rest = rest.replace(name.casefold(), "")
    if len(rest) < MIN_LENGTH // 2:
        return "is hardly more than the account's own names."
    return None
