"""All SQL on sourcing and its lines. The tenant comes first."""

import uuid
from collections.abc import Sequence
from datetime import date

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from services.sourcing.tables import Sourcing, SourcingLine

ACCEPTED = "accepted"


def one(session: Session, tenant_id: uuid.UUID, sourcing_id: uuid.UUID, *, lock: bool = False) -> Sourcing | None:
    query = select(Sourcing).where(Sourcing.tenant_id == tenant_id, Sourcing.id == sourcing_id)
    return session.scalar(query.with_for_update() if lock else query)


def listed(
    session: Session, tenant_id: uuid.UUID, limit: int, before: tuple[int, uuid.UUID] | None
) -> Sequence[Sourcing]:
    """Newest first; ``before`` is the key of the last one seen."""
    query = select(Sourcing).where(Sourcing.tenant_id == tenant_id)
    if before:
        earlier = Sourcing.created_at_ms < before[0]
        query = query.where(earlier | ((Sourcing.created_at_ms == before[0]) & (Sourcing.id < before[1])))
    return session.scalars(query.order_by(Sourcing.created_at_ms.desc(), Sourcing.id.desc()).limit(limit)).all()


def lines(
    session: Session,
    tenant_id: uuid.UUID,
    sourcing_id: uuid.UUID,
    *,
    after: int = 0,
    limit: int | None = None,
    state: str | None = None,
    numbers: Sequence[int] | None = None,
    lock: bool = False,
) -> Sequence[SourcingLine]:
    """By number."""
    query = select(SourcingLine).where(
        SourcingLine.tenant_id == tenant_id, SourcingLine.sourcing_id == sourcing_id, SourcingLine.number > after
    )
    if state is not None:
        query = query.where(SourcingLine.state == state)
    if numbers is not None:
        query = query.where(SourcingLine.number.in_(numbers))
    query = query.order_by(SourcingLine.number).limit(limit)
    return session.scalars(query.with_for_update() if lock else query).all()


def line_counts(
    session: Session, tenant_id: uuid.UUID, ids: Sequence[uuid.UUID]
) -> dict[tuple[uuid.UUID, str], tuple[int, int]]:
    """How many lines each sourcing has in each state, and their grams."""
    found = session.execute(
        select(SourcingLine.sourcing_id, SourcingLine.state, func.count(), func.sum(SourcingLine.weight_g))
        .where(SourcingLine.tenant_id == tenant_id, SourcingLine.sourcing_id.in_(ids))
        .group_by(SourcingLine.sourcing_id, SourcingLine.state)
    )
    return {(sourcing_id, state): (int(count), int(grams)) for sourcing_id, state, count, grams in found}


def accepted(session: Session, tenant_id: uuid.UUID, from_on: date) -> Sequence[SourcingLine]:
    """Accepted lines for that day or later, by day."""
    return session.scalars(
        select(SourcingLine)
        .where(SourcingLine.tenant_id == tenant_id, SourcingLine.state == ACCEPTED, SourcingLine.deliver_on >= from_on)
        .order_by(SourcingLine.deliver_on, SourcingLine.sourcing_id, SourcingLine.number)
    ).all()


def accepted_g(
    session: Session,
    tenant_id: uuid.UUID,
    *,
    lot_id: uuid.UUID | None = None,
    declaration_id: uuid.UUID | None = None,
) -> int:
    """Grams of one lot or one declaration that are accepted, in whichever sourcing."""
    query = select(func.coalesce(func.sum(SourcingLine.weight_g), 0)).where(
        SourcingLine.tenant_id == tenant_id, SourcingLine.state == ACCEPTED
    )
    supply = SourcingLine.lot_id == lot_id if lot_id is not None else SourcingLine.declaration_id == declaration_id
    return int(session.scalar(query.where(supply)) or 0)


def request_cancel(session: Session, tenant_id: uuid.UUID, sourcing_id: uuid.UUID) -> bool:
    """Ask for a job to stop; a queued one is cancelled at once. False when it has ended already."""
    for now, then in (("queued", "cancelled"), ("running", "cancelling")):
        changed = session.scalar(
            update(Sourcing)
            .where(Sourcing.tenant_id == tenant_id, Sourcing.id == sourcing_id, Sourcing.state == now)
            .values(state=then)
            .returning(Sourcing.id)
        )
        if changed:
            return True
    return False
