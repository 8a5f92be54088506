"""All SQL on kept accounts, on what they rest on besides readings, and on a tenant's own figures. The tenant comes
first."""

import uuid
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from services.db.upsert import insert_into
from services.evidence.accounts import Advanced, Basis, Kept
from services.evidence.tables import CommodityOverride, Inspection, LedgerCheckpoint, LotLedger, LotTreatment
from telemetry.freshness.treatment import Treatment, TreatmentKind

IDS_A_QUERY = 500


def kept(session: Session, tenant_id: uuid.UUID, lot_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Kept]:
    """The kept account of each lot that has one."""
    found: dict[uuid.UUID, Kept] = {}
    for part in _parts(lot_ids):
        rows = session.execute(
            select(LotLedger.lot_id, LotLedger.basis, LotLedger.settled_ms, LotLedger.state, LotLedger.digest).where(
                LotLedger.tenant_id == tenant_id, LotLedger.lot_id.in_(part)
            )
        )
        found |= {
            lot_id: Kept(Basis.read(basis), settled_ms, state, digest)
            for lot_id, basis, settled_ms, state, digest in rows
        }
    return found


def checkpoint_before(
    session: Session, tenant_id: uuid.UUID, lot_id: uuid.UUID, before_ms: int
) -> tuple[int, bytes] | None:
    """The newest checkpoint of a lot that holds readings up to before an instant only."""
    row = session.execute(
        select(LedgerCheckpoint.at_ms, LedgerCheckpoint.state)
        .where(
            LedgerCheckpoint.tenant_id == tenant_id,
            LedgerCheckpoint.lot_id == lot_id,
            LedgerCheckpoint.at_ms < before_ms,
        )
        .order_by(LedgerCheckpoint.at_ms.desc())
        .limit(1)
    ).first()
    return None if row is None else (row[0], row[1])


def keep(session: Session, tenant_id: uuid.UUID, advanced: Mapping[uuid.UUID, Advanced]) -> None:
    """Store the accounts that have changed, with their checkpoints; those that are out of date are taken away."""
    accounts, checkpoints = [], []
    for lot_id, one in sorted(advanced.items()):
        if one.valid_until_ms is not None:
            session.execute(
                delete(LedgerCheckpoint).where(
                    LedgerCheckpoint.tenant_id == tenant_id,
                    LedgerCheckpoint.lot_id == lot_id,
                    LedgerCheckpoint.at_ms > one.valid_until_ms,
                )
            )
        own = {"lot_id": lot_id, "tenant_id": tenant_id}
        checkpoints += [own | {"at_ms": at_ms, "state": state} for at_ms, state in one.checkpoints]
        if one.kept is not None:
            account = {"settled_ms": one.kept.settled_ms, "state": one.kept.state, "digest": one.kept.digest}
            accounts.append(own | account | {"basis": one.kept.basis.document()})
    if checkpoints:
        session.execute(insert_into(session, LedgerCheckpoint).on_conflict_do_nothing(), checkpoints)
    if accounts:
        upsert = insert_into(session, LotLedger)
        columns = {name: upsert.excluded[name] for name in ("settled_ms", "basis", "state", "digest")}
        session.execute(upsert.on_conflict_do_update(index_elements=["lot_id"], set_=columns), accounts)


def forget_accounts(session: Session, tenant_id: uuid.UUID, lot_ids: Iterable[uuid.UUID]) -> None:
    """Take the kept accounts and checkpoints of these lots away: the next look replays their readings."""
    for part in _parts(lot_ids):
        for table in (LedgerCheckpoint, LotLedger):
            session.execute(delete(table).where(table.tenant_id == tenant_id, table.lot_id.in_(part)))


def kept_lots(session: Session, tenant_id: uuid.UUID, after: uuid.UUID | None, limit: int) -> Sequence[uuid.UUID]:
    """The lots that have a kept account, by id."""
    query = select(LotLedger.lot_id).where(LotLedger.tenant_id == tenant_id).order_by(LotLedger.lot_id).limit(limit)
    return session.scalars(query if after is None else query.where(LotLedger.lot_id > after)).all()


def treatments(
    session: Session, tenant_id: uuid.UUID, lot_ids: Iterable[uuid.UUID]
) -> dict[uuid.UUID, list[Treatment]]:
    """The heat treatments of each lot that had any."""
    found: dict[uuid.UUID, list[Treatment]] = {}
    for part in _parts(lot_ids):
        rows = session.execute(
            select(LotTreatment.lot_id, LotTreatment.kind, LotTreatment.from_ms, LotTreatment.to_ms).where(
                LotTreatment.tenant_id == tenant_id, LotTreatment.lot_id.in_(part)
            )
        )
        for lot_id, kind, from_ms, to_ms in rows:
            found.setdefault(lot_id, []).append(Treatment(TreatmentKind(kind), from_ms, to_ms))
    return found


def inspected(session: Session, tenant_id: uuid.UUID, lot_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, list[int]]:
    """When each lot was inspected."""
    found: dict[uuid.UUID, list[int]] = {}
    for part in _parts(lot_ids):
        rows = session.execute(
            select(Inspection.lot_id, Inspection.inspected_at_ms).where(
                Inspection.tenant_id == tenant_id, Inspection.lot_id.in_(part)
            )
        )
        for lot_id, at_ms in rows:
            found.setdefault(lot_id, []).append(at_ms)
    return found


def overrides(session: Session, tenant_id: uuid.UUID, commodity_id: str | None = None) -> Sequence[CommodityOverride]:
    """A tenant's own figures, by version."""
    query = select(CommodityOverride).where(CommodityOverride.tenant_id == tenant_id)
    if commodity_id is not None:
        query = query.where(CommodityOverride.commodity_id == commodity_id)
    return session.scalars(query.order_by(CommodityOverride.version)).all()


def newest_override(session: Session, tenant_id: uuid.UUID) -> int:
    """The version of the tenant's newest own figure; 0 when there is none."""
    query = select(func.max(CommodityOverride.version)).where(CommodityOverride.tenant_id == tenant_id)
    return session.scalar(query) or 0


def treatment_rows(session: Session, tenant_id: uuid.UUID, lot_id: uuid.UUID) -> Sequence[LotTreatment]:
    """The heat treatments of a lot, by time."""
    query = select(LotTreatment).where(LotTreatment.tenant_id == tenant_id, LotTreatment.lot_id == lot_id)
    return session.scalars(query.order_by(LotTreatment.from_ms)).all()


def inspections(
    session: Session,
    tenant_id: uuid.UUID,
    *,
    shipment_id: uuid.UUID | None = None,
    commodity_id: str | None = None,
    exporter: str | None = None,
) -> Sequence[Inspection]:
    """Recorded inspections, by time and lot."""
    query = select(Inspection).where(Inspection.tenant_id == tenant_id)
    if shipment_id is not None:
        query = query.where(Inspection.shipment_id == shipment_id)
    if commodity_id is not None:
        query = query.where(Inspection.commodity_id == commodity_id)
    if exporter is not None:
        query = query.where(Inspection.exporter == exporter)
    return session.scalars(query.order_by(Inspection.inspected_at_ms, Inspection.lot_id)).all()


def inspection(session: Session, tenant_id: uuid.UUID, inspection_id: uuid.UUID) -> Inspection | None:
    """One recorded inspection."""
    return session.scalar(select(Inspection).where(Inspection.tenant_id == tenant_id, Inspection.id == inspection_id))


def _parts(ids: Iterable[uuid.UUID]) -> Iterable[Sequence[uuid.UUID]]:
    whole = sorted(set(ids))
    return (whole[start : start + IDS_A_QUERY] for start in range(0, len(whole), IDS_A_QUERY))
