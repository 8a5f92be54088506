"""`/v1/readings` for gateways, `/v1/sensors`, `/v1/gateways/{gateway}` and `/v1/dead-letters`."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request, Response
from msgspec import to_builtins
from sqlalchemy.orm import Session

from services.devices import logic as devices
from services.devices.schemas import (
    GapDocument,
    GapReport,
    GatewayDetail,
    LatestReading,
    Name,
    NewSensor,
    SensorChange,
    SensorDocument,
    SensorRef,
)
from services.devices.tables import Sensor
from services.errors import Conflict, FieldFault, Forbidden, InvalidInput, NotFound
from services.http.context import Db, NowMs
from services.http.fields import Instant, NumberRef
from services.http.paging import Page, Paging, page_of
from services.http.problems import answers
from services.identity.access import READERS, require, require_exactly
from services.identity.logic import Caller, Role
from services.identity.once import Once
from services.readings import logic, store
from services.readings.logic import Postbox
from services.readings.posting import (
    POSTED_EXAMPLE,
    POSTED_SCHEMA,
    DeadLetterDocument,
    DeadLetterState,
    Decision,
    LetterCounts,
    PostedDocument,
)

router = APIRouter()

Gateway = Annotated[Caller, require_exactly(Role.GATEWAY)]
Reader = Annotated[Caller, require(*READERS)]
Editor = Annotated[Caller, require(Role.COORDINATOR)]
MAX_MESSAGE_BYTES = 262_144


async def _raw_body(request: Request) -> bytes:
    return await request.body()


async def _postbox(request: Request) -> Postbox:
    postbox: Postbox = request.app.state.postbox
    return postbox


RawBody = Annotated[bytes, Depends(_raw_body)]
BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": POSTED_SCHEMA, "example": POSTED_EXAMPLE}},
    }
}


@router.post("/v1/readings", tags=["readings"], responses=answers(Forbidden, InvalidInput), openapi_extra=BODY)
def post_readings(
    caller: Gateway, body: RawBody, postbox: Annotated[Postbox, Depends(_postbox)], now_ms: NowMs
) -> PostedDocument:
    """Take up to 1,000 readings of a gateway; when this answers, what it calls stored is stored for good.

    Sending the same again is safe: what is there already counts as a duplicate.
    """
    if len(body) > MAX_MESSAGE_BYTES:
        fault = FieldFault("", f"has {len(body)} bytes.", f"Send at most {MAX_MESSAGE_BYTES} at a time.")
        raise InvalidInput("The message is too large.", faults=[fault])
    result = postbox.post(caller.tenant_id, caller.gateway or "", body, now_ms)
    return PostedDocument.model_validate(
        {
            "stored": result.stored,
            "duplicates": result.duplicates,
            "conflicts": result.conflicts,
            "rejected": [{"index": one.index, "reason": one.reason} for one in result.rejected],
            "receipt": None if result.receipt is None else to_builtins(result.receipt),
        }
    )


@router.get("/v1/gateways/{gateway}", tags=["gateways"], responses=answers(NotFound))
def get_gateway(gateway: Name, caller: Reader, database: Db) -> GatewayDetail:
    """One gateway, how far its messages are stored, and which are missing."""
    with database.read() as session:
        row = devices.gateway_named(session, caller.tenant_id, gateway)
        sequence = store.sequence(session, caller.tenant_id, row.id)
        gaps = store.gaps(session, caller.tenant_id, row.id)
    return GatewayDetail.model_validate(
        {column: getattr(row, column) for column in ("id", "name", "status", "status_at_ms", "last_seen_at_ms")}
        | {"created_at_ms": row.created_at_ms, "revoked_at_ms": row.revoked_at_ms, "gaps": gaps}
        | {
            "stored_up_to": sequence.stored_up_to if sequence else None,
            "highest": sequence.highest if sequence else None,
        }
    )


@router.get("/v1/sensors", tags=["sensors"])
def list_sensors(
    caller: Reader,
    database: Db,
    paging: Paging,
    gateway: Annotated[Name | None, Query(description="Only those of this gateway.")] = None,
) -> Page[SensorDocument]:
    """Sensors by name, each with its newest reading."""
    with database.read() as session:
        rows = devices.sensors(
            session, caller.tenant_id, gateway=gateway, after_name=paging.after_code() or "", limit=paging.fetch
        )
        shown = _sensors(session, caller, rows)
    return page_of(paging, shown, key=lambda one: (one.name,), document=lambda one: one)


@router.post(
    "/v1/sensors", tags=["sensors"], response_model=SensorDocument, status_code=201, responses=answers(Conflict)
)
def create_sensor(new: NewSensor, caller: Editor, database: Db, now_ms: NowMs, once: Once) -> SensorDocument | Response:
    """Register a sensor before it sends."""
    with database.write() as session:

        def make() -> SensorDocument:
            sensor = devices.add_sensor(session, caller.tenant_id, new.name, new.expected_interval_s, now_ms)
            return _sensors(session, caller, [sensor])[0]

        return once.answer(session, caller, make)


@router.get("/v1/sensors/{sensor}", tags=["sensors"], responses=answers(NotFound))
def get_sensor(sensor: SensorRef, caller: Reader, database: Db) -> SensorDocument:
    """One sensor with its newest reading."""
    with database.read() as session:
        return _sensors(session, caller, [devices.sensor_named(session, caller.tenant_id, sensor)])[0]


@router.patch("/v1/sensors/{sensor}", tags=["sensors"], responses=answers(NotFound))
def change_sensor(sensor: SensorRef, change: SensorChange, caller: Editor, database: Db) -> SensorDocument:
    """Say how often a sensor is expected to send."""
    with database.write() as session:
        row = devices.sensor_named(session, caller.tenant_id, sensor)
        row.expected_interval_s = change.expected_interval_s
        return _sensors(session, caller, [row])[0]


@router.get("/v1/gateways/{gateway}/gaps", tags=["gateways"], responses=answers(NotFound))
def get_gaps(gateway: Name, caller: Reader, database: Db) -> GapReport:
    """How far a gateway's numbered messages are stored, and which of them never came."""
    with database.read() as session:
        row = devices.gateway_named(session, caller.tenant_id, gateway)
        sequence = store.sequence(session, caller.tenant_id, row.id)
        gaps = store.gaps(session, caller.tenant_id, row.id)
    return GapReport(
        gateway=gateway,
        stored_up_to=sequence.stored_up_to if sequence else None,
        highest=sequence.highest if sequence else None,
        rejected=sequence.rejected if sequence else 0,
        messages_missing=sum(gap.last_seq - gap.first_seq + 1 for gap in gaps),
        gaps=[GapDocument.model_validate(gap) for gap in gaps],
    )


@router.get("/v1/dead-letters", tags=["dead-letters"])
def list_dead_letters(
    caller: Editor,
    database: Db,
    paging: Paging,
    state: Annotated[DeadLetterState | Literal["any"], Query(description="`any` for all states.")] = "open",
    reason: Annotated[str | None, Query(max_length=64, description="As in the letters, like `malformed`.")] = None,
    gateway: Annotated[Name | None, Query(description="Only those on this gateway's topics.")] = None,
    from_at: Annotated[Instant | None, Query(alias="from", description="Came last at or after.")] = None,
    to_at: Annotated[Instant | None, Query(alias="to", description="Came first before.")] = None,
) -> Page[DeadLetterDocument]:
    """Messages that could not be taken, with the reason, oldest first."""
    after = paging.after(int)
    wanted = logic.LetterFilter(None if state == "any" else state, reason, gateway, from_at, to_at)
    with database.read() as session:
        rows = logic.dead_letters(
            session, caller.tenant_id, wanted, after_id=after[0] if after else 0, limit=paging.fetch
        )
    return page_of(paging, rows, key=lambda row: (row.id,), document=DeadLetterDocument.model_validate)


@router.get("/v1/dead-letters/counts", tags=["dead-letters"])
def count_dead_letters(caller: Reader, database: Db) -> LetterCounts:
    """How many there are by state, and how many were given up because there were too many."""
    with database.read() as session:
        return LetterCounts.model_validate(logic.letters(session, caller.tenant_id))


@router.post("/v1/dead-letters/{letter_id}/discard", tags=["dead-letters"], responses=answers(NotFound, Conflict))
def discard_dead_letter(
    letter_id: NumberRef, decision: Decision, caller: Editor, database: Db, now_ms: NowMs
) -> DeadLetterDocument:
    """Close a dead letter that nobody needs."""
    with database.write() as session:
        letter = logic.discard_dead_letter(
            session, caller.tenant_id, letter_id, by=caller.name, why=decision.why, now_ms=now_ms
        )
        return DeadLetterDocument.model_validate(letter)


@router.post(
    "/v1/dead-letters/{letter_id}/replay", tags=["dead-letters"], responses=answers(NotFound, Conflict, InvalidInput)
)
def replay_dead_letter(
    letter_id: NumberRef, decision: Decision, caller: Editor, database: Db, now_ms: NowMs
) -> PostedDocument:
    """Take a dead letter again, once its gateway is known or its format is read."""
    result = logic.replay_dead_letter(
        database, caller.tenant_id, letter_id, by=caller.name, why=decision.why, now_ms=now_ms
    )
    return PostedDocument(stored=result.stored, duplicates=result.duplicates, conflicts=result.conflicts, rejected=[])


def _sensors(session: Session, caller: Caller, rows: Sequence[Sensor]) -> list[SensorDocument]:
    latest = store.latest(session, caller.tenant_id, [row.id for row in rows])
    gateways = devices.gateway_names(session, caller.tenant_id, [row.gateway_id for row in rows if row.gateway_id])
    return [
        SensorDocument(
            name=row.external_id,
            gateway=gateways.get(row.gateway_id) if row.gateway_id else None,
            expected_interval_s=row.expected_interval_s,
            created_at=row.created_at_ms,
            latest=LatestReading.model_validate(latest[row.id]) if row.id in latest else None,
        )
        for row in rows
    ]
