"""Which events a caller is shown that sees own records only: those on subjects that a later feature says are its."""

import uuid
from collections.abc import Mapping, Sequence, Set
from typing import Protocol

from sqlalchemy.orm import Session

from services.identity.logic import Caller
from services.identity.scope import WHOLE_TENANT, Scope
from services.stream.tables import StreamEvent


class OwnRecords(Protocol):
    """Answers which of a feature's records are in a scope; the features give theirs in wiring."""

    def __call__(
        self, session: Session, tenant_id: uuid.UUID, ids: Sequence[uuid.UUID], scope: Scope, now_ms: int
    ) -> Set[uuid.UUID]: ...


def own_subjects(
    session: Session,
    caller: Caller,
    events: Sequence[StreamEvent],
    features: Mapping[str, OwnRecords],
    now_ms: int,
) -> Set[uuid.UUID] | None:
    """The subjects of ``events`` that the caller may see; None for all. ``features`` go by an event's first word."""
    if caller.scope == WHOLE_TENANT:
        return None
    by_feature: dict[str, list[uuid.UUID]] = {}
    for event in events:
        by_feature.setdefault(event.kind.partition(".")[0], []).append(event.subject_id)
    own: set[uuid.UUID] = set()
    for feature, ids in by_feature.items():
        if feature in features:
            own |= features[feature](session, caller.tenant_id, ids, caller.scope, now_ms)
    return own
