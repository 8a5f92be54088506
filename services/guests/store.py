"""All SQL on links for guests. The tenant comes first, except where a token says which it is of."""

import uuid
from collections.abc import Sequence

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from services.guests.tables import GuestLink


def of_shipment(
    session: Session,
    tenant_id: uuid.UUID,
    shipment_id: uuid.UUID,
    *,
    after: tuple[int, uuid.UUID] | None = None,
    limit: int | None = None,
) -> Sequence[GuestLink]:
    """By when they were made; ``after`` is the key of the last one seen."""
    query = select(GuestLink).where(GuestLink.tenant_id == tenant_id, GuestLink.shipment_id == shipment_id)
    if after is not None:
        later = (GuestLink.created_at_ms == after[0]) & (GuestLink.id > after[1])
        query = query.where((GuestLink.created_at_ms > after[0]) | later)
    return session.scalars(query.order_by(GuestLink.created_at_ms, GuestLink.id).limit(limit)).all()


def one(session: Session, tenant_id: uuid.UUID, shipment_id: uuid.UUID, link_id: uuid.UUID) -> GuestLink | None:
    wanted = (GuestLink.tenant_id == tenant_id, GuestLink.shipment_id == shipment_id, GuestLink.id == link_id)
    return session.scalar(select(GuestLink).where(*wanted))


def of_token(session: Session, token_sha256: bytes) -> GuestLink | None:
    """The link of that token, which says of which tenant it is."""
    return session.scalar(select(GuestLink).where(GuestLink.token_sha256 == token_sha256))


def count_opening(session: Session, tenant_id: uuid.UUID, link_id: uuid.UUID, now_ms: int) -> None:
    session.execute(
        update(GuestLink)
        .where(GuestLink.tenant_id == tenant_id, GuestLink.id == link_id)
        .values(opened=GuestLink.opened + 1, last_opened_at_ms=now_ms)
    )
