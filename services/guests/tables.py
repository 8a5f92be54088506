"""Links for guests."""

import uuid

from sqlalchemy import ForeignKey, Index, Integer, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from services.db.schema import Id, Name, Table, TimeMs


class GuestLink(Table):
    """A link to one shipment; only the SHA-256 of its 256-bit token is kept. ``opened`` counts its uses."""

    __tablename__ = "guest_link"
    __table_args__ = (Index("ix_guest_link_shipment", "tenant_id", "shipment_id"),)

    id: Mapped[Id]
    tenant_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("tenant.id"))
    shipment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("shipment.id"))
    token_sha256: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    name: Mapped[Name]
    created_by: Mapped[str] = mapped_column(String(200))
    created_at_ms: Mapped[TimeMs]
    expires_at_ms: Mapped[TimeMs]
    revoked_at_ms: Mapped[TimeMs | None]
    opened: Mapped[int] = mapped_column(Integer, default=0)
    last_opened_at_ms: Mapped[TimeMs | None]
