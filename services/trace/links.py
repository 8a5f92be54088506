"""Links to trace pages: made once a shipment, printed as QR codes, revocable, counted."""

import hashlib
import secrets
import uuid

from sqlalchemy.orm import Session

from services.alarms.sealed import Seal
from services.errors import NotFound
from services.shipments.tables import Shipment
from services.trace import store
from services.trace.tables import TraceLink

PATH = "/t/"


def make(session: Session, shipment: Shipment, by: str, seal: Seal, now_ms: int) -> tuple[TraceLink, str]:
    """The shipment's link and its token; the one that is in force, else a new one."""
    link = store.link_in_force(session, shipment.tenant_id, shipment.id)
    if link is not None:
        return link, seal.open(link.sealed_token)
    token = secrets.token_urlsafe(18)
    link = TraceLink(
        token_sha256=_digest(token),
        tenant_id=shipment.tenant_id,
        shipment_id=shipment.id,
        sealed_token=seal.close(token),
        created_by=by,
        created_at_ms=now_ms,
        revoked_at_ms=None,
        views=0,
    )
    session.add(link)
    session.flush()
    return link, token


def revoke(session: Session, tenant_id: uuid.UUID, shipment: Shipment, now_ms: int) -> None:
    """Take the link back: printed codes lead nowhere from now on. Raises NotFound."""
    link = store.link_in_force(session, tenant_id, shipment.id)
    if link is None:
        raise NotFound("The shipment has no trace link.")
    link.revoked_at_ms = now_ms


def link_behind(session: Session, token: str) -> TraceLink | None:
    """The link of a token; None alike for wrong and revoked ones. The one thing to be asked of every tenant."""
    return store.link_of_token(session, _digest(token))


def shipment_behind(session: Session, link: TraceLink) -> Shipment | None:
    """What a link leads to; None where it is gone."""
    return store.shipment(session, link.tenant_id, link.shipment_id)


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
