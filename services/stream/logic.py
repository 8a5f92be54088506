"""Writing events of the stream, so that a reader that follows ids never skips one."""

import uuid
from collections.abc import Mapping
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from services.stream.tables import StreamEvent


def emit(
    session: Session, tenant_id: uuid.UUID, kind: str, subject_id: uuid.UUID, document: Mapping[str, Any], now_ms: int
) -> None:
    """Add one event; it is seen when this transaction commits, after all events of the tenant with a lower id."""
    if session.get_bind().dialect.name == "postgresql":
        # ids must rise in the order of commits, or a reader of the stream would skip one
        session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:tenant, 1))"), {"tenant": str(tenant_id)})
    session.add(
        StreamEvent(tenant_id=tenant_id, kind=kind, subject_id=subject_id, at_ms=now_ms, document=dict(document))
    )
    session.flush()
