"""Places and trucks that runs are planned over."""

import uuid

from sqlalchemy import Boolean, Float, ForeignKey, Integer, SmallInteger, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.db.schema import Code, Count, Id, Name, Table, TimeMs, Word


class Village(Table):
    """A collection point, where lots wait; daily opening in seconds from local midnight."""

    __tablename__ = "village"
    __table_args__ = (UniqueConstraint("tenant_id", "code"),)

    id: Mapped[Id]
    tenant_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("tenant.id"))
    code: Mapped[Code]
    name: Mapped[Name]
    name_th: Mapped[str | None] = mapped_column(String(200))
    province: Mapped[str | None] = mapped_column(String(100))
    latitude: Mapped[float] = mapped_column(Float)
    longitude: Mapped[float] = mapped_column(Float)
    opens_s: Mapped[int] = mapped_column(Integer)
    closes_s: Mapped[int] = mapped_column(Integer)
    source: Mapped[str | None] = mapped_column(String(300))
    synthetic: Mapped[bool] = mapped_column(Boolean, default=False)
    created_at_ms: Mapped[TimeMs]


class Hub(Table):
    """An export hub or packing house, where runs end; daily opening in seconds from local midnight."""

    __tablename__ = "hub"
    __table_args__ = (UniqueConstraint("tenant_id", "code"),)

    id: Mapped[Id]
    tenant_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("tenant.id"))
    code: Mapped[Code]
    kind: Mapped[Word]
    name: Mapped[Name]
    latitude: Mapped[float] = mapped_column(Float)
    longitude: Mapped[float] = mapped_column(Float)
    opens_s: Mapped[int] = mapped_column(Integer)
    closes_s: Mapped[int] = mapped_column(Integer)
    source: Mapped[str | None] = mapped_column(String(300))
    created_at_ms: Mapped[TimeMs]


class Truck(Table):
    """A truck, its home hub, what it holds, what it costs, and the temperatures it can keep (none: ambient)."""

    __tablename__ = "truck"
    __table_args__ = (UniqueConstraint("tenant_id", "code"),)

    id: Mapped[Id]
    tenant_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("tenant.id"))
    code: Mapped[Code]
    home_hub_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("hub.id"))
    capacity_g: Mapped[Count]
    capacity_crates: Mapped[int] = mapped_column(Integer)
    min_temperature_centi_c: Mapped[int | None] = mapped_column(SmallInteger)
    max_temperature_centi_c: Mapped[int | None] = mapped_column(SmallInteger)
    shift_starts_s: Mapped[int] = mapped_column(Integer)
    shift_ends_s: Mapped[int] = mapped_column(Integer)
    fixed_cost_satang: Mapped[Count]
    cost_per_km_satang: Mapped[Count]
    cost_per_hour_satang: Mapped[Count]
    created_at_ms: Mapped[TimeMs]
