"""The end of readings past their retention: the only way that any leave the database, and never without an entry.

The batches' links stay: what was dropped can't be shown any more, but neither can it be exchanged.
"""

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from services.clock import to_rfc3339
from services.db.changes import Change, Operation, text_of
from services.db.journal import note
from services.db.tables import INSTALLATION, Retention

READING = "reading"


def dropped_before_ms(session: Session) -> int:
    """Readings measured before this instant are past their retention and may be gone; 0 when none ever were."""
    found = session.scalar(select(Retention.before_ms).where(Retention.object_kind == READING))
    return found or 0


def allow_drop(session: Session, before_ms: int) -> None:
    """From here on readings before ``before_ms`` may be dropped; leaves an entry in the installation's journal."""
    was_ms = dropped_before_ms(session)
    if before_ms <= was_ms:
        return
    if was_ms:
        session.execute(update(Retention).where(Retention.object_kind == READING).values(before_ms=before_ms))
    else:
        session.execute(insert(Retention).values(object_kind=READING, before_ms=before_ms))
    session.flush()
    note(
        session,
        Change(
            INSTALLATION,
            Operation.DROP,
            READING,
            to_rfc3339(before_ms),
            text_of({"before_ms": was_ms}),
            text_of({"before_ms": before_ms}),
        ),
    )
