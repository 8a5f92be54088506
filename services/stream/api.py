"""`GET /v1/stream`: changes as they happen (server-sent events), and what was missed since `Last-Event-ID`."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Request
from fastapi.sse import EventSourceResponse, ServerSentEvent
from starlette.concurrency import run_in_threadpool

from services.clock import to_rfc3339
from services.db.engine import Database
from services.errors import Unavailable
from services.http.context import Db
from services.http.fields import MAX_BIGINT
from services.identity.access import LIMITED, READERS, require
from services.identity.logic import Caller, still_in_force
from services.stream import store
from services.stream.own import own_subjects
from services.stream.tables import StreamEvent

router = APIRouter(tags=["stream"])

Reader = Annotated[Caller, require(*READERS, own=LIMITED)]
LastEventId = Annotated[
    int | None,
    Header(ge=0, le=MAX_BIGINT, description="The id of the last event seen; what came after it is sent first."),
]

POLL_S = 1.0
EVENTS_A_POLL = 200
RETRY_MS = 3000


def _starting_point(caller: Reader, database: Db, last_event_id: LastEventId = None) -> int:
    # found out before the answer begins: what happens once the listener sees it begin is sent
    if last_event_id is not None:
        return last_event_id
    with database.read() as session:
        return store.newest_id(session, caller.tenant_id)


@router.get("/v1/stream", response_class=EventSourceResponse)
async def stream(
    request: Request, caller: Reader, database: Db, start: Annotated[int, Depends(_starting_point)]
) -> AsyncIterator[ServerSentEvent]:
    """Changes of what the caller may see, from now on or from after `Last-Event-ID`.

    Each event's name says what changed (`lot.freshness`, `shipment.freshness`). The stream ends when the key is
    revoked or expires, or the user signed out, and when the database is away: come back with the id of the last event.
    """
    yield ServerSentEvent(comment="connected", retry=RETRY_MS, id=str(start))
    seen = start
    while True:
        try:
            events = await run_in_threadpool(_poll, request, database, caller, seen)
        except Unavailable:
            return
        if events is None:
            return
        for event, is_shown in events:
            if is_shown:
                yield ServerSentEvent(id=str(event.id), event=event.kind, data=_document(event))
            seen = event.id
        if len(events) < EVENTS_A_POLL:
            await asyncio.sleep(POLL_S)


def _poll(request: Request, database: Database, caller: Caller, seen: int) -> Sequence[tuple[StreamEvent, bool]] | None:
    """What has happened after ``seen``, and whether the caller is shown it; None when it may listen no more."""
    state = request.app.state
    with database.read() as session:
        if not still_in_force(session, caller, state.machine_clock()):
            return None
        events = store.since(session, caller.tenant_id, seen, limit=EVENTS_A_POLL)
        shown = own_subjects(session, caller, events, state.own_records, state.clock())
    return [(event, shown is None or event.subject_id in shown) for event in events]


def _document(event: StreamEvent) -> dict[str, object]:
    return {"id": str(event.subject_id), "at": to_rfc3339(event.at_ms), **event.document}
