"""A browser's way in: a signed, expiring link that becomes an HttpOnly cookie for one tenant and role.

Both are `<payload>.<HMAC-SHA-256>`; the purpose is part of what is signed, so that a link can't serve as a cookie. The
pages only read, and the API takes bearer keys only: a stolen cookie changes nothing, and there is nothing to forge a
request to.
"""

import base64
import hashlib
import hmac
import json
import uuid
from dataclasses import dataclass
from enum import StrEnum

from services.errors import Unauthenticated
from services.identity.logic import Role

COOKIE = "coldchain_session"
LINK_LIFE_MS = 12 * 3_600_000
SESSION_LIFE_MS = 12 * 3_600_000


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
    """A URL-safe text that only holders of ``secret`` can make."""
    fields = {"tenant": str(viewer.tenant_id), "role": viewer.role, "expires_at_ms": viewer.expires_at_ms}
    payload = _text(json.dumps(fields, separators=(",", ":")).encode())
    return f"{payload}.{_text(_mac(secret, purpose, payload))}"


def verify(secret: str, purpose: Purpose, text: str, now_ms: int) -> Viewer:
    """The viewer in a signed text. Raises Unauthenticated, the same for every fault."""
    payload, _, mac = text.partition(".")
    if not hmac.compare_digest(_text(_mac(secret, purpose, payload)).encode(), mac.encode()):
        raise Unauthenticated("This link is not valid.")
    fields = json.loads(_bytes(payload))
    viewer = Viewer(uuid.UUID(fields["tenant"]), Role(fields["role"]), fields["expires_at_ms"])
    if now_ms >= viewer.expires_at_ms:
        raise Unauthenticated("This link has expired.")
    return viewer


def entry_path(secret: str, tenant_id: uuid.UUID, role: Role, now_ms: int, life_ms: int = LINK_LIFE_MS) -> str:
    """The path and query that let a browser in; to be printed or sent to one person."""
    return f"/enter?token={sign(secret, Purpose.LINK, Viewer(tenant_id, role, now_ms + life_ms))}"


def _mac(secret: str, purpose: Purpose, payload: str) -> bytes:
    return hmac.new(secret.encode(), f"coldchain {purpose}:{payload}".encode(), hashlib.sha256).digest()


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
