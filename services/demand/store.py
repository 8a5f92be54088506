"""All SQL on the demand book. The tenant comes first."""

import uuid
from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.demand.schemas import DemandQuery
from services.demand.tables import Demand, DemandVersion
from services.http.fields import as_id


def listed(
    session: Session,
    tenant_id: uuid.UUID,
    wanted: DemandQuery,
    *,
    after_code: str | None = None,
    limit: int | None = None,
    exporter: str | None = None,
) -> Sequence[Demand]:
    """Programmes, by code; with ``exporter``, that one's only."""
    query = select(Demand).where(Demand.tenant_id == tenant_id).order_by(Demand.code).limit(limit)
    for condition in (
        None if after_code is None else Demand.code > after_code,
        None if wanted.state is None else Demand.state == wanted.state,
        None if exporter is None else Demand.exporter == exporter,
        None if wanted.exporter is None else Demand.exporter == wanted.exporter,
        None if wanted.commodity_id is None else Demand.commodity_id == wanted.commodity_id,
        None if wanted.on is None else (Demand.from_on <= wanted.on) & (Demand.to_on >= wanted.on),
        None if wanted.code is None else Demand.code == wanted.code,
    ):
        if condition is not None:
            query = query.where(condition)
    return session.scalars(query).all()


def running(session: Session, tenant_id: uuid.UUID, from_on: date, to_on: date) -> Sequence[Demand]:
    """Open programmes that want something between these days, by code."""
    return session.scalars(
        select(Demand)
        .where(Demand.tenant_id == tenant_id, Demand.state == "open", Demand.from_on <= to_on, Demand.to_on >= from_on)
        .order_by(Demand.code)
    ).all()


def one(session: Session, tenant_id: uuid.UUID, ref: str, *, lock: bool = False) -> Demand | None:
    """The programme of that id or code."""
    demand_id = as_id(ref)
    wanted = Demand.code == ref if demand_id is None else Demand.id == demand_id
    query = select(Demand).where(Demand.tenant_id == tenant_id, wanted)
    return session.scalar(query.with_for_update() if lock else query)


def by_ids(session: Session, tenant_id: uuid.UUID, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Demand]:
    found = session.scalars(select(Demand).where(Demand.tenant_id == tenant_id, Demand.id.in_(ids)))
    return {demand.id: demand for demand in found}


def versions(
    session: Session, tenant_id: uuid.UUID, demand_id: uuid.UUID, *, before: int | None = None, limit: int | None = None
) -> Sequence[DemandVersion]:
    """Newest first."""
    query = select(DemandVersion).where(DemandVersion.tenant_id == tenant_id, DemandVersion.demand_id == demand_id)
    if before is not None:
        query = query.where(DemandVersion.version < before)
    return session.scalars(query.order_by(DemandVersion.version.desc()).limit(limit)).all()
