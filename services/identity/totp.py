"""The second factor: six digits of an authenticator app (TOTP, RFC 6238, 30 s steps), or a recovery code."""

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass

import pyotp
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy.orm import Session

from services.errors import Conflict, FieldFault, InvalidInput, Unavailable
from services.identity import store
from services.identity.tables import RecoveryCode, UserAccount

ISSUER = "Village Cold Chain"
STEP_S = 30
STEPS_OFF = 1
"""A phone's clock may be a step off either way (RFC 6238, section 5.2)."""

RECOVERY_CODES = 10
RECOVERY_BYTES = 10
"""80 bits each: nothing to guess, so that a plain digest is enough."""


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What the authenticator app is told, once: the secret (base32), and the same as an `otpauth:` address."""

    secret: str
    uri: str


def begin(user: UserAccount, secret_key: str) -> Enrolment:
    """Make a secret that is in force once it is confirmed. Raises Conflict where one is in force already."""
    if user.totp_confirmed_at_ms is not None:
        raise Conflict("There is a second factor already; take it off first.")
    secret = pyotp.random_base32()
    user.totp_encrypted = _seal(secret_key).encrypt(secret.encode())
    user.totp_last_step = None
    app = pyotp.TOTP(secret, interval=STEP_S, name=user.email, issuer=ISSUER)
    return Enrolment(secret, app.provisioning_uri())


def confirm(session: Session, user: UserAccount, code: str, secret_key: str, now_ms: int) -> list[str]:
    """Put the begun secret in force; the recovery codes are in the answer and nowhere else.

    Raises Conflict where none was begun, InvalidInput for a code that is not the app's.
    """
    if user.totp_encrypted is None or user.totp_confirmed_at_ms is not None:
        raise Conflict("No second factor has been begun; POST /v1/account/totp makes one.")
    if not _is_current(user, code, secret_key, now_ms):
        fault = FieldFault("/code", "is not what the app shows now.", "Check the phone's clock, and send the next one.")
        raise InvalidInput("The code is not right.", faults=[fault])
    user.totp_confirmed_at_ms = now_ms
    store.drop_recovery_codes(session, user.tenant_id, user.id)
    codes = [base64.b32encode(secrets.token_bytes(RECOVERY_BYTES)).decode() for _ in range(RECOVERY_CODES)]
    session.add_all(
        RecoveryCode(user_id=user.id, code_sha256=_digest(code), tenant_id=user.tenant_id) for code in codes
    )
    return [f"{code[:4]}-{code[4:8]}-{code[8:12]}-{code[12:]}" for code in codes]


def is_needed(user: UserAccount) -> bool:
    """Whether the user signs in with a second factor."""
    return user.totp_confirmed_at_ms is not None


def passes(session: Session, user: UserAccount, code: str, secret_key: str, now_ms: int) -> bool:
    """Whether ``code`` is the app's or an unused recovery code; either is used up by it (RFC 6238, section 5.2)."""
    if _is_current(user, code, secret_key, now_ms):
        return True
    return store.take_recovery_code(session, user.tenant_id, user.id, _digest(code))


def take_off(session: Session, user: UserAccount) -> None:
    """The user signs in without a second factor from now on."""
    user.totp_encrypted = user.totp_confirmed_at_ms = user.totp_last_step = None
    store.drop_recovery_codes(session, user.tenant_id, user.id)


def _is_current(user: UserAccount, code: str, secret_key: str, now_ms: int) -> bool:
    if user.totp_encrypted is None:
        return False
    try:
        secret = _seal(secret_key).decrypt(user.totp_encrypted).decode()
    except InvalidToken as error:
        raise Unavailable(
            "COLDCHAIN_SECRET_KEY has changed; `coldchain user reset` lets the user begin anew."
        ) from error
    totp, given = pyotp.TOTP(secret, interval=STEP_S), "".join(code.split())
    step = now_ms // 1000 // STEP_S
    for near in range(step - STEPS_OFF, step + STEPS_OFF + 1):
        fresh = user.totp_last_step is None or near > user.totp_last_step
        if fresh and hmac.compare_digest(totp.generate_otp(near).encode(), given.encode("utf-8", "replace")):
            user.totp_last_step = near
            return True
    return False


def _digest(code: str) -> bytes:
    return hashlib.sha256("".join(code.split()).replace("-", "").upper().encode()).digest()


def _seal(secret_key: str) -> Fernet:
    derived = HKDF(SHA256(), 32, salt=None, info=b"coldchain second factor").derive(secret_key.encode())
    return Fernet(base64.urlsafe_b64encode(derived))
