"""All SQL on lots, except their custody. The tenant comes first."""

import uuid
from collections.abc import Sequence

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from services.devices.subjects import SubjectKind
from services.http.fields import as_id
from services.lots.tables import Lot
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
    ):
        if condition is not None:
            query = query.where(condition)
    return [(lot, status) for lot, status in session.execute(query)]


def one(session: Session, tenant_id: uuid.UUID, ref: str) -> Lot | None:
    """The lot of that id or code."""
    lot_id = as_id(ref)
    wanted = Lot.code == ref if lot_id is None else Lot.id == lot_id
    return session.scalar(select(Lot).where(Lot.tenant_id == tenant_id, wanted))


def of_codes(session: Session, tenant_id: uuid.UUID, codes: Sequence[str]) -> dict[str, Lot]:
    """Those of the lots that are there, by code."""
    found = session.scalars(select(Lot).where(Lot.tenant_id == tenant_id, Lot.code.in_(codes)))
    return {lot.code: lot for lot in found}
