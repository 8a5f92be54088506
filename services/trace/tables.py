"""Links to trace pages, as printed in QR codes."""

import uuid

from sqlalchemy import ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from services.db.schema import Count, Name, Table, TimeMs


class TraceLink(Table):
    """A public address of one shipment's trace page; the token is kept as a hash, and sealed to print it again."""

    __tablename__ = "trace_link"
    __table_args__ = (Index("ix_trace_link_shipment", "shipment_id"),)

    token_sha256: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    tenant_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("tenant.id"))
    shipment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("shipment.id"))
    sealed_token: Mapped[bytes] = mapped_column(LargeBinary)
    created_by: Mapped[Name]
    created_at_ms: Mapped[TimeMs]
    revoked_at_ms: Mapped[TimeMs | None]
    views: Mapped[Count]
