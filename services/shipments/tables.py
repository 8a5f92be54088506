"""Shipments: lots on their way from a hub to a buyer."""

import uuid

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, SmallInteger, String, UniqueConstraint
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
    demand_id: Mapped[uuid.UUID | None]


class ShipmentLot(Table):
    """A lot in a shipment, from the minute it was loaded; a lot is in one shipment at most."""

    __tablename__ = "shipment_lot"
    __table_args__ = (UniqueConstraint("lot_id"),)

    shipment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("shipment.id"), primary_key=True)
    lot_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("lot.id"), primary_key=True)
    tenant_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("tenant.id"))
    loaded_at_ms: Mapped[TimeMs]


class ItineraryLeg(Table):
    """One part of a shipment's planned way, in one custody: a drive, a voyage, a wait, a night in a store.

    `border_wait_s` of it is expected to be spent waiting at its end, for documents and inspections, and in one case of
    ten `border_wait_late_s`. `required_life_s` is the remaining life that whoever takes over at its end asks for.
    """

    __tablename__ = "itinerary_leg"

    shipment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("shipment.id"), primary_key=True)
    position: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    tenant_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("tenant.id"))
    custodian: Mapped[str | None] = mapped_column(String(200))
    from_place: Mapped[Name]
    to_place: Mapped[Name]
    mode: Mapped[Word]
    starts_at_ms: Mapped[TimeMs]
    ends_at_ms: Mapped[TimeMs]
    set_point_centi_c: Mapped[int] = mapped_column(SmallInteger)
    border_wait_s: Mapped[int] = mapped_column(Integer, default=0)
    border_wait_late_s: Mapped[int] = mapped_column(Integer, default=0)
    required_life_s: Mapped[int | None] = mapped_column(BigInteger)


class Handover(Table):
    """A shipment passed from one custodian to the next: where, when, how warm, under which seal, who signed."""

    __tablename__ = "handover"
    __table_args__ = (Index("ix_handover_shipment", "shipment_id", "at_ms"),)

    id: Mapped[Id]
    tenant_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("tenant.id"))
    shipment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("shipment.id"))
    from_party: Mapped[Name]
    to_party: Mapped[Name]
    place: Mapped[Name]
    at_ms: Mapped[TimeMs]
    temperature_centi_c: Mapped[int | None] = mapped_column(SmallInteger)
    seal: Mapped[str | None] = mapped_column(String(64))
    note: Mapped[str | None] = mapped_column(String(400))
    by: Mapped[Name]
    created_at_ms: Mapped[TimeMs]
