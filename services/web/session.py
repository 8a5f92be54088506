"""A browser's way in: a signed, expiring link that becomes an HttpOnly cookie for one tenant and role.

Both carry 128 bits of HMAC-SHA-256 (RFC 2104, section 5, on truncation); the purpose is part of what is signed, so that
a link can't serve as a cookie. The pages only read, and the API takes bearer keys only: a stolen cookie changes
nothing, and there is nothing to forge a request to.
"""

import base64
import hmac
import uuid
from dataclasses import dataclass
from enum import StrEnum

from services.errors import Unauthenticated
from services.identity.logic import Role

COOKIE = "coldchain_session"
LINK_LIFE_MS = 12 * 3_600_000
SESSION_LIFE_MS = 12 * 3_600_000
MAC_BYTES = 16
EXPIRY_BYTES = 6


class Purpose(StrEnum):
    """What a signed text is good for."""

    LINK = "link"
    SESSION = "session"


@dataclass(frozen=True, slots=True)
class Viewer:
    """Whoever looks at the pages: a tenant, a role, and until when (UTC epoch milliseconds of the machine)."""

    tenant_id: uuid.UUID
    role: Role
    expires_at_ms: int


def sign(secret: str, purpose: Purpose, viewer: Viewer) -> str:
    """A URL-safe text that only holders of ``secret`` can make, short enough for a line of a terminal."""
    payload = viewer.tenant_id.bytes + viewer.expires_at_ms.to_bytes(EXPIRY_BYTES, "big") + viewer.role.encode()
    return base64.urlsafe_b64encode(_mac(secret, purpose, payload) + payload).rstrip(b"=").decode()


def verify(secret: str, purpose: Purpose, text: str, now_ms: int) -> Viewer:
    """The viewer in a signed text. Raises Unauthenticated, the same for every fault."""
    try:
        signed = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except ValueError:
        signed = b""
    mac, payload = signed[:MAC_BYTES], signed[MAC_BYTES:]
    # what decodes alike but is written otherwise is not what we made
    written = base64.urlsafe_b64encode(signed).rstrip(b"=").decode() == text
    if not hmac.compare_digest(_mac(secret, purpose, payload), mac) or not written:
        raise Unauthenticated("This link is not valid.")
    tenant, expiry, role = payload[:16], payload[16 : 16 + EXPIRY_BYTES], payload[16 + EXPIRY_BYTES :]
    viewer = Viewer(uuid.UUID(bytes=tenant), Role(role.decode()), int.from_bytes(expiry, "big"))
    if now_ms >= viewer.expires_at_ms:
        raise Unauthenticated("This link has expired.")
    return viewer


def entry_path(secret: str, tenant_id: uuid.UUID, role: Role, now_ms: int, life_ms: int = LINK_LIFE_MS) -> str:
    """The path and query that let a browser in; to be printed or sent to one person."""
    return f"/enter?t={sign(secret, Purpose.LINK, Viewer(tenant_id, role, now_ms + life_ms))}"


def _mac(secret: str, purpose: Purpose, payload: bytes) -> bytes:
    return hmac.digest(secret.encode(), f"coldchain {purpose}:".encode() + payload, "sha256")[:MAC_BYTES]
