"""All SQL on the journal. The tenant comes first."""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.db.chain import Chain, Head
from services.db.tables import ChainHead, JournalEntry

ENTRIES_A_QUERY = 1000


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries to list; what is None does not count."""

    object_kind: str | None = None
    object_id: str | None = None
    actor: str | None = None
    request_id: str | None = None
    from_ms: int | None = None
    to_ms: int | None = None


def listed(
    session: Session, tenant_id: uuid.UUID, wanted: Wanted, *, before_number: int | None, limit: int
) -> Sequence[JournalEntry]:
    """Entries from the newest on, or from before a number on."""
    conditions = {
        JournalEntry.object_kind: wanted.object_kind,
        JournalEntry.object_id: wanted.object_id,
        JournalEntry.actor: wanted.actor,
        JournalEntry.request_id: wanted.request_id,
    }
    query = select(JournalEntry).where(JournalEntry.tenant_id == tenant_id)
    query = query.where(*(column == value for column, value in conditions.items() if value is not None))
    if wanted.from_ms is not None:
        query = query.where(JournalEntry.at_ms >= wanted.from_ms)
    if wanted.to_ms is not None:
        query = query.where(JournalEntry.at_ms < wanted.to_ms)
    if before_number is not None:
        query = query.where(JournalEntry.number < before_number)
    return session.scalars(query.order_by(JournalEntry.number.desc()).limit(limit)).all()


def in_order(session: Session, tenant_id: uuid.UUID) -> Iterator[JournalEntry]:
    """Every entry, from the first on."""
    after = -1
    while True:
        query = select(JournalEntry).where(JournalEntry.tenant_id == tenant_id, JournalEntry.number > after)
        page = session.scalars(query.order_by(JournalEntry.number).limit(ENTRIES_A_QUERY)).all()
        yield from page
        if len(page) < ENTRIES_A_QUERY:
            return
        after = page[-1].number
        session.expunge_all()


def head(session: Session, tenant_id: uuid.UUID, chain: Chain) -> Head:
    """The newest link of a chain, by its head; number 0 where there is none."""
    found = session.get(ChainHead, (tenant_id, str(chain)))
    return Head(found.number, found.link) if found else Head()
