"""Addresses with tokens in them, kept encrypted: who has only the database can't write to anybody's chat."""

import base64

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from services.errors import Unavailable


class Seal:
    """Encrypts and opens (Fernet) with a key made from the installation's secret key (HKDF, RFC 5869)."""

    def __init__(self, secret_key: str) -> None:
        derived = HKDF(SHA256(), 32, salt=None, info=b"coldchain channels").derive(secret_key.encode())
        self._fernet = Fernet(base64.urlsafe_b64encode(derived))

    def close(self, text: str) -> bytes:
        """``text`` encrypted."""
        return self._fernet.encrypt(text.encode())

    def open(self, sealed: bytes) -> str:
        """What was sealed. Raises Unavailable when the secret key is another one now."""
        try:
            return self._fernet.decrypt(sealed).decode()
        except InvalidToken as error:
            raise Unavailable("COLDCHAIN_SECRET_KEY has changed; enter the channel's address again.") from error
