"""Changes that pages and machines follow live."""

import uuid
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from services.db.schema import Serial, Table, TimeMs, Word


class StreamEvent(Table):
    """One change, written in the transaction that made it; its id is the `Last-Event-ID` of the stream."""

    __tablename__ = "stream_event"
    __table_args__ = (Index("ix_stream_event_tenant", "tenant_id", "id"), Index("ix_stream_event_at", "at_ms"))

    id: Mapped[Serial]
    tenant_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("tenant.id"))
    kind: Mapped[Word]
    subject_id: Mapped[uuid.UUID]
    at_ms: Mapped[TimeMs]
    document: Mapped[dict[str, Any]] = mapped_column(JSON)
