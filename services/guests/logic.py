"""Links for guests: made for one shipment and a time, opened, counted, revoked."""

import secrets
import uuid
from dataclasses import dataclass

from sqlalchemy.orm import Session

from services.errors import FieldFault, InvalidInput, NotFound
from services.guests import store
from services.guests.tables import GuestLink
from services.identity.users import digest
from services.shipments.tables import Shipment

DAY_MS = 86_400_000
LIFE_MS = 14 * DAY_MS
"""How long a link lasts where nothing is said: a sea voyage and some days to argue."""

LONGEST_MS = 366 * DAY_MS


@dataclass(frozen=True, slots=True)
class MadeLink:
    """A link as handed out: ``token`` is shown once and kept nowhere."""

    link: GuestLink
    token: str


def add_link(
    session: Session, shipment: Shipment, *, name: str, by: str, expires_at_ms: int | None, now_ms: int
) -> MadeLink:
    """Make a link to the shipment. Raises InvalidInput for an end in the past or too far off."""
    ends_ms = now_ms + LIFE_MS if expires_at_ms is None else expires_at_ms
    if not now_ms < ends_ms <= now_ms + LONGEST_MS:
        fault = FieldFault("/expires_at", "lies in the past or more than a year off.", "Give an instant between.")
        raise InvalidInput("A link lasts for a time.", faults=[fault])
    token = secrets.token_urlsafe(32)
    link = GuestLink(
        id=uuid.uuid4(),
        tenant_id=shipment.tenant_id,
        shipment_id=shipment.id,
        token_sha256=digest(token),
        name=name,
        created_by=by,
        created_at_ms=now_ms,
        expires_at_ms=ends_ms,
        opened=0,
    )
    session.add(link)
    session.flush()
    return MadeLink(link, token)


def revoke(session: Session, shipment: Shipment, link_id: uuid.UUID, now_ms: int) -> None:
    """The link opens nothing from now on; revoking twice changes nothing. Raises NotFound."""
    link = store.one(session, shipment.tenant_id, shipment.id, link_id)
    if link is None:
        raise NotFound("There is no such link.")
    if link.revoked_at_ms is None:
        link.revoked_at_ms = now_ms


def opened(session: Session, token: str, now_ms: int) -> GuestLink:
    """The link behind ``token``. Raises NotFound, the same for an unknown, an expired and a revoked one."""
    link = store.of_token(session, digest(token))
    if link is None or link.revoked_at_ms is not None or now_ms >= link.expires_at_ms:
        raise NotFound("This link leads nowhere, or it has ended.")
    return link


def note_opening(session: Session, link: GuestLink, now_ms: int) -> None:
    """Count that the link was opened."""
    store.count_opening(session, link.tenant_id, link.id, now_ms)
