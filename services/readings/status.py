"""The stored freshness of lots, trucks and shipments: read by every feature after this one."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.orm import Session, defer
from sqlalchemy.sql.base import ExecutableOption

from services.clock import to_rfc3339
from services.db.upsert import insert_into
from services.readings.tables import FreshnessStatus
from telemetry.freshness import Condition, Confidence, Verdict

OVERDUE_MS = 1_800_000
"""An assessment this long past its due time no longer speaks: whoever should have renewed it is not at work."""

NOT_ASSESSED = {"code": "not_assessed", "sentence": "Not assessed yet: the freshness worker has not come to it."}


@dataclass(frozen=True, slots=True)
class Shown:
    """A status as it may be told at an instant: what is missing or overdue is `unknown`, whatever it was."""

    status: FreshnessStatus | None
    condition: Condition
    verdict: Verdict
    confidence: Confidence
    overdue: bool = False

    @property
    def assessed(self) -> bool:
        """Whether it was assessed at all."""
        return self.status is not None and was_assessed(self.status)

    @property
    def reasons(self) -> list[dict[str, Any]]:
        """Why, beginning with why it can't be told where that is so."""
        if self.status is None or not self.assessed:
            return [NOT_ASSESSED]
        reasons = list(self.status.assessment.get("reasons", ()))
        if not self.overdue:
            return reasons
        since = to_rfc3339(self.status.assessed_at_ms)
        sentence = f"Last assessed at {since} and overdue: the freshness worker is not keeping up."
        return [{"code": "overdue", "sentence": sentence}, *reasons]


def was_assessed(status: FreshnessStatus) -> bool:
    """Whether there was an assessment; before it, a status says only that one is due."""
    return bool(status.model_version)


def statuses(
    session: Session, tenant_id: uuid.UUID, subject_kind: str, subject_ids: Sequence[uuid.UUID]
) -> dict[uuid.UUID, FreshnessStatus]:
    """The status of each subject that has one, by its id."""
    if not subject_ids:
        return {}
    found = session.scalars(
        select(FreshnessStatus).where(
            FreshnessStatus.tenant_id == tenant_id,
            FreshnessStatus.subject_kind == subject_kind,
            FreshnessStatus.subject_id.in_(subject_ids),
        )
    )
    return {status.subject_id: status for status in found}


def shown_at(status: FreshnessStatus | None, now_ms: int) -> Shown:
    """``status`` as it may be told at ``now_ms``."""
    if status is None or not was_assessed(status):
        return Shown(status, Condition.NO_DATA, Verdict.UNKNOWN, Confidence.LOW)
    if status.due_at_ms is not None and now_ms > status.due_at_ms + OVERDUE_MS:
        return Shown(status, Condition.NO_DATA, Verdict.UNKNOWN, Confidence(status.confidence), overdue=True)
    return Shown(status, Condition(status.condition), Verdict(status.verdict), Confidence(status.confidence))


def told(verdict: Verdict, now_ms: int) -> ColumnElement[bool]:
    """The condition on an outer-joined status under which :func:`shown_at` tells ``verdict``."""
    current = or_(FreshnessStatus.due_at_ms.is_(None), FreshnessStatus.due_at_ms >= now_ms - OVERDUE_MS)
    if verdict is not Verdict.UNKNOWN:
        return and_(FreshnessStatus.model_version != "", current, FreshnessStatus.verdict == verdict)
    return or_(
        FreshnessStatus.subject_id.is_(None),
        FreshnessStatus.model_version == "",
        FreshnessStatus.verdict == Verdict.UNKNOWN,
        FreshnessStatus.due_at_ms < now_ms - OVERDUE_MS,
    )


def without_detail() -> ExecutableOption:
    """For lists: leave the assessment's detail in the database, which is most of a row."""
    return defer(FreshnessStatus.assessment, raiseload=True)


def assess_soon(
    session: Session, tenant_id: uuid.UUID, subject_kind: str, subject_ids: Sequence[uuid.UUID], now_ms: int
) -> None:
    """Have the subjects assessed at the freshness worker's next turn; new ones are `unknown` until then.

    The version goes up, so that an assessment which is under way does not pass for the one asked for.
    """
    if not subject_ids:
        return
    insert = insert_into(session, FreshnessStatus).values(
        [
            {
                "tenant_id": tenant_id,
                "subject_kind": subject_kind,
                "subject_id": subject_id,
                "condition": Condition.NO_DATA,
                "verdict": Verdict.UNKNOWN,
                "confidence": Confidence.LOW,
                "assessed_at_ms": now_ms,
                "due_at_ms": now_ms,
                "model_version": "",
                "catalogue_sha256": "",
                "assessment": {"reasons": [NOT_ASSESSED]},
                "version": 1,
            }
            for subject_id in sorted(set(subject_ids))
        ]
    )
    session.execute(
        insert.on_conflict_do_update(
            index_elements=["tenant_id", "subject_kind", "subject_id"],
            set_={"due_at_ms": now_ms, "version": FreshnessStatus.version + 1},
        )
    )


def let_rest(session: Session, tenant_id: uuid.UUID, subject_kind: str, subject_ids: Sequence[uuid.UUID]) -> None:
    """The subjects are assessed no more: what was said last stands, and is not overdue."""
    session.execute(
        update(FreshnessStatus)
        .where(
            FreshnessStatus.tenant_id == tenant_id,
            FreshnessStatus.subject_kind == subject_kind,
            FreshnessStatus.subject_id.in_(subject_ids),
        )
        .values(due_at_ms=None, version=FreshnessStatus.version + 1)
    )
