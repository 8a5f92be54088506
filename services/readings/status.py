"""The stored freshness of lots, trucks and shipments: read by every feature after this one."""

import uuid
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.readings.tables import FreshnessStatus


def statuses(
    session: Session, tenant_id: uuid.UUID, subject_kind: str, subject_ids: Sequence[uuid.UUID]
) -> dict[uuid.UUID, FreshnessStatus]:
    """The status of each subject that has one, by its id."""
    found = session.scalars(
        select(FreshnessStatus).where(
            FreshnessStatus.tenant_id == tenant_id,
            FreshnessStatus.subject_kind == subject_kind,
            FreshnessStatus.subject_id.in_(subject_ids),
        )
    )
    return {status.subject_id: status for status in found}
