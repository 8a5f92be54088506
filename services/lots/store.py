"""All SQL on lots, except their custody. The tenant comes first."""

import uuid
from collections.abc import Sequence
from datetime import date

from sqlalchemy import ColumnElement, and_, false, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from services.devices.subjects import SubjectKind
from services.fleet.tables import Village
from services.http.fields import as_id
from services.identity.scope import WHOLE_TENANT, Scope
from services.lots.schemas import DeclarationQuery
from services.lots.tables import HarvestDeclaration, Lot
from services.readings.status import told, without_detail
from services.readings.tables import FreshnessStatus
from telemetry.freshness import Verdict

LotRow = tuple[Lot, FreshnessStatus | None]


def listed(
    session: Session,
    tenant_id: uuid.UUID,
    *,
    now_ms: int,
    after_code: str | None = None,
    limit: int | None = None,
    state: str | None = None,
    village_id: uuid.UUID | None = None,
    verdict: Verdict | None = None,
    code: str | None = None,
    scope: Scope = WHOLE_TENANT,
) -> Sequence[LotRow]:
    """Lots with their freshness, by code."""
    query = (
        select(Lot, FreshnessStatus)
        .outerjoin(
            FreshnessStatus,
            and_(
                FreshnessStatus.tenant_id == tenant_id,
                FreshnessStatus.subject_kind == SubjectKind.LOT,
                FreshnessStatus.subject_id == Lot.id,
            ),
        )
        .where(Lot.tenant_id == tenant_id)
        .order_by(Lot.code)
        .limit(limit)
        .options(without_detail())
    )
    for condition in (
        None if after_code is None else Lot.code > after_code,
        None if state is None else Lot.state == state,
        None if village_id is None else Lot.village_id == village_id,
        None if code is None else Lot.code == code,
        None if verdict is None else told(verdict, now_ms),
        _in_scope(tenant_id, Lot.village_id, scope),
    ):
        if condition is not None:
            query = query.where(condition)
    return [(lot, status) for lot, status in session.execute(query)]


def one(session: Session, tenant_id: uuid.UUID, ref: str, scope: Scope = WHOLE_TENANT) -> Lot | None:
    """The lot of that id or code, if it is of a village in ``scope``."""
    lot_id = as_id(ref)
    query = select(Lot).where(Lot.tenant_id == tenant_id, Lot.code == ref if lot_id is None else Lot.id == lot_id)
    condition = _in_scope(tenant_id, Lot.village_id, scope)
    return session.scalar(query if condition is None else query.where(condition))


def in_scope(session: Session, tenant_id: uuid.UUID, ids: Sequence[uuid.UUID], scope: Scope) -> set[uuid.UUID]:
    """Those of the lots that are of a village in ``scope``."""
    query = select(Lot.id).where(Lot.tenant_id == tenant_id, Lot.id.in_(ids))
    condition = _in_scope(tenant_id, Lot.village_id, scope)
    return set(session.scalars(query if condition is None else query.where(condition)))


def _in_scope(
    tenant_id: uuid.UUID, village_id: InstrumentedAttribute[uuid.UUID], scope: Scope
) -> ColumnElement[bool] | None:
    if scope == WHOLE_TENANT:
        return None
    if scope.villages is None:  # which lots are an exporter's, its shipments say
        return false()
    own = select(Village.id).where(Village.tenant_id == tenant_id, Village.code.in_(scope.villages))
    return village_id.in_(own)


def of_codes(session: Session, tenant_id: uuid.UUID, codes: Sequence[str]) -> dict[str, Lot]:
    """Those of the lots that are there, by code."""
    found = session.scalars(select(Lot).where(Lot.tenant_id == tenant_id, Lot.code.in_(codes)))
    return {lot.code: lot for lot in found}


def declaration(
    session: Session,
    tenant_id: uuid.UUID,
    declaration_id: uuid.UUID,
    *,
    lock: bool = False,
    scope: Scope = WHOLE_TENANT,
) -> HarvestDeclaration | None:
    query = select(HarvestDeclaration).where(
        HarvestDeclaration.tenant_id == tenant_id, HarvestDeclaration.id == declaration_id
    )
    condition = _in_scope(tenant_id, HarvestDeclaration.village_id, scope)
    query = query if condition is None else query.where(condition)
    return session.scalar(query.with_for_update() if lock else query)


def declarations(
    session: Session,
    tenant_id: uuid.UUID,
    wanted: DeclarationQuery,
    *,
    village_id: uuid.UUID | None = None,
    after: tuple[date, uuid.UUID] | None = None,
    limit: int | None = None,
    scope: Scope = WHOLE_TENANT,
) -> Sequence[HarvestDeclaration]:
    """By day of harvest; ``after`` is the key of the last one seen."""
    table = HarvestDeclaration
    query = select(table).where(table.tenant_id == tenant_id)
    for condition in (
        None if wanted.state is None else table.state == wanted.state,
        None if village_id is None else table.village_id == village_id,
        _in_scope(tenant_id, table.village_id, scope),
        None if wanted.commodity_id is None else table.commodity_id == wanted.commodity_id,
        None if wanted.from_on is None else table.harvest_on >= wanted.from_on,
        None if wanted.to_on is None else table.harvest_on <= wanted.to_on,
        None
        if after is None
        else (table.harvest_on > after[0]) | ((table.harvest_on == after[0]) & (table.id > after[1])),
    ):
        if condition is not None:
            query = query.where(condition)
    return session.scalars(query.order_by(table.harvest_on, table.id).limit(limit)).all()


def harvested_g(session: Session, tenant_id: uuid.UUID, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, int]:
    """The weight of the lots that name each declaration, withdrawn ones left out."""
    if not ids:
        return {}
    found = session.execute(
        select(Lot.declaration_id, func.sum(Lot.weight_g))
        .where(Lot.tenant_id == tenant_id, Lot.declaration_id.in_(ids), Lot.state != "withdrawn")
        .group_by(Lot.declaration_id)
    )
    return {declaration_id: int(weight_g) for declaration_id, weight_g in found if declaration_id is not None}


def collected_g(
    session: Session, tenant_id: uuid.UUID, since_ms: int, states: Sequence[str]
) -> dict[tuple[uuid.UUID, str], int]:
    """The weight of lots in ``states`` harvested since then, by village and commodity."""
    found = session.execute(
        select(Lot.village_id, Lot.commodity_id, func.sum(Lot.weight_g))
        .where(Lot.tenant_id == tenant_id, Lot.harvested_at_ms >= since_ms, Lot.state.in_(states))
        .group_by(Lot.village_id, Lot.commodity_id)
    )
    return {(village_id, commodity_id): int(weight_g) for village_id, commodity_id, weight_g in found}


def locked(session: Session, tenant_id: uuid.UUID, lot_id: uuid.UUID) -> Lot | None:
    """The lot, held by this transaction."""
    return session.scalar(select(Lot).where(Lot.tenant_id == tenant_id, Lot.id == lot_id).with_for_update())
