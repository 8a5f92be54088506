"""Shipments: lots on their way from a hub to a buyer."""

import uuid

from sqlalchemy import BigInteger, ForeignKey, Index, SmallInteger, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.db.schema import Code, Id, Name, Table, TimeMs, Word


class Shipment(Table):
    """A consignment from one hub to one destination, planned at a set-point and due at an hour."""

    __tablename__ = "shipment"
    __table_args__ = (UniqueConstraint("tenant_id", "code"), Index("ix_shipment_state", "tenant_id", "state"))

    id: Mapped[Id]
    tenant_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("tenant.id"))
    code: Mapped[Code]
    exporter: Mapped[str | None] = mapped_column(String(200))
    hub_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("hub.id"))
    destination: Mapped[Name]
    set_point_centi_c: Mapped[int | None] = mapped_column(SmallInteger)
    state: Mapped[Word] = mapped_column(default="loading")
    departs_at_ms: Mapped[TimeMs | None]
    eta_at_ms: Mapped[int | None] = mapped_column(BigInteger)
    arrived_at_ms: Mapped[TimeMs | None]
    created_at_ms: Mapped[TimeMs]


class ShipmentLot(Table):
    """A lot in a shipment, from the minute it was loaded; a lot is in one shipment at most."""

    __tablename__ = "shipment_lot"
    __table_args__ = (UniqueConstraint("lot_id"),)

    shipment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("shipment.id"), primary_key=True)
    lot_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("lot.id"), primary_key=True)
    tenant_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("tenant.id"))
    loaded_at_ms: Mapped[TimeMs]
