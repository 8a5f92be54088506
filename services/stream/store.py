"""All SQL on the stream. The tenant comes first."""

import uuid
from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.stream.tables import StreamEvent


def since(session: Session, tenant_id: uuid.UUID, after_id: int, *, limit: int) -> Sequence[StreamEvent]:
    """The tenant's events after ``after_id``, in order."""
    query = select(StreamEvent).where(StreamEvent.tenant_id == tenant_id, StreamEvent.id > after_id)
    return session.scalars(query.order_by(StreamEvent.id).limit(limit)).all()


def newest_id(session: Session, tenant_id: uuid.UUID) -> int:
    """The id of the tenant's newest event; 0 when there is none."""
    return session.scalar(select(func.max(StreamEvent.id)).where(StreamEvent.tenant_id == tenant_id)) or 0
