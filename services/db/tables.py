"""The journal of changes, and where each chain ends."""

import uuid

from sqlalchemy import BigInteger, Index, Integer, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.db.schema import Code, Count, Table, TimeMs, Word

INSTALLATION = uuid.UUID(int=0)
"""The chain of what belongs to no tenant."""


class JournalEntry(Table):
    """One change: who, when, from where, before and after. Append-only; ``link`` covers it and all before it."""

    __tablename__ = "journal_entry"
    __table_args__ = (
        Index("ix_journal_entry_object", "tenant_id", "object_kind", "object_id", "number"),
        Index("ix_journal_entry_actor", "tenant_id", "actor", "number"),
        Index("ix_journal_entry_at", "tenant_id", "at_ms"),
    )

    tenant_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    at_ms: Mapped[TimeMs]
    actor: Mapped[str] = mapped_column(String(200))
    request_id: Mapped[Code]
    address: Mapped[Code]
    operation: Mapped[Word]
    object_kind: Mapped[Code]
    object_id: Mapped[str] = mapped_column(String(200))
    before: Mapped[str | None] = mapped_column(Text)
    after: Mapped[str | None] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(Text)
    link: Mapped[bytes] = mapped_column(LargeBinary(32))


class ChainHead(Table):
    """The newest link of a tenant's chain of changes or of readings; whoever adds one holds this row."""

    __tablename__ = "chain_head"

    tenant_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    chain: Mapped[Word] = mapped_column(primary_key=True)
    number: Mapped[Count]
    link: Mapped[bytes] = mapped_column(LargeBinary(32))


class ReadingBatch(Table):
    """A tenant's readings of one stored batch: which they are, the digest of what they say, and their link."""

    __tablename__ = "reading_batch"

    tenant_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    sealed_at_ms: Mapped[TimeMs]
    readings: Mapped[int] = mapped_column(Integer)
    digest: Mapped[bytes] = mapped_column(LargeBinary(32))
    link: Mapped[bytes] = mapped_column(LargeBinary(32))
    keys: Mapped[bytes] = mapped_column(LargeBinary)


class Retention(Table):
    """Up to when records were dropped as past their retention; the journal has an entry for each drop."""

    __tablename__ = "retention"

    object_kind: Mapped[Code] = mapped_column(primary_key=True)
    before_ms: Mapped[TimeMs]
