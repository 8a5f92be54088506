"""`GET /v1/readings`: of a sensor, or of all that speak for a subject."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field

from services.devices import logic as devices
from services.devices.subjects import SubjectKind
from services.errors import FieldFault, InvalidInput, NotFound
from services.evidence import logic, ranges
from services.evidence.schemas import SensorName
from services.http.context import Db, NowMs
from services.http.fields import CodeText, Document, Instant
from services.http.paging import Page, PageRequest, page_of
from services.http.problems import answers
from services.identity.access import READERS, require
from services.identity.logic import Caller
from telemetry.reading import Flag

router = APIRouter(tags=["readings"])

Reader = Annotated[Caller, require(*READERS)]
DAY_MS = 86_400_000


class ReadingQuery(BaseModel):
    """Which readings to list: of one sensor, or of every sensor while it spoke for one subject."""

    sensor: SensorName | None = None
    subject_kind: SubjectKind | None = None
    subject: Annotated[CodeText | None, Field(description="Code of the subject.")] = None
    from_at: Annotated[Instant | None, Field(alias="from", description="Default: a day before `to`.")] = None
    to_at: Annotated[Instant | None, Field(alias="to", description="Until before then; default: now.")] = None
    limit: Annotated[int, Field(ge=1, le=5000, description="Readings a page.")] = 1000
    cursor: Annotated[str | None, Field(max_length=1000, description="`next_cursor` of the page before.")] = None


class ReadingDocument(Document):
    """One stored reading. Flags say why it is to be trusted less; it is kept all the same."""

    sensor: str
    at: Instant
    received_at: Instant
    temperature_c: float
    humidity_pct: float | None
    flags: list[str]


@router.get("/v1/readings", responses=answers(NotFound, InvalidInput))
def list_readings(
    request: Request,
    response: Response,
    caller: Reader,
    database: Db,
    now_ms: NowMs,
    wanted: Annotated[ReadingQuery, Query()],
) -> Page[ReadingDocument]:
    """Readings by sensor and time."""
    to_ms = now_ms + 1 if wanted.to_at is None else wanted.to_at
    from_ms = to_ms - DAY_MS if wanted.from_at is None else wanted.from_at
    if from_ms >= to_ms:
        fault = FieldFault("/query/from", "is not before to.", "Send an earlier instant.")
        raise InvalidInput("The range holds no time.", faults=[fault])
    paging = PageRequest(request, response, wanted.limit, wanted.cursor)
    after = paging.after(int, int)
    with database.read() as session:
        if wanted.sensor is not None:
            sensor = devices.sensor_named(session, caller.tenant_id, wanted.sensor)
            spans, names = {sensor.id: [(from_ms, to_ms)]}, {sensor.id: sensor.external_id}
        elif wanted.subject is not None and wanted.subject_kind is not None:
            subject = logic.subject_named(
                session, caller.tenant_id, wanted.subject_kind, wanted.subject, "/query/subject"
            )
            spans, names = ranges.spoken(session, caller.tenant_id, subject, from_ms, to_ms)
        else:
            fault = FieldFault("/query/sensor", "is missing.", "Send sensor, or subject_kind and subject.")
            raise InvalidInput("Whose readings?", faults=[fault])
        rows = ranges.samples(
            session, caller.tenant_id, spans, after=(after[0], after[1]) if after else None, limit=paging.fetch
        )
    return page_of(
        paging,
        rows,
        key=lambda row: (row.sensor_id, row.measured_at_ms),
        document=lambda row: ReadingDocument.model_construct(
            sensor=names[row.sensor_id],
            at=row.measured_at_ms,
            received_at=row.received_at_ms,
            temperature_c=row.temperature_centi_c / 100,
            humidity_pct=None if row.humidity_centi_pct is None else row.humidity_centi_pct / 100,
            flags=flag_names(row.flags),
        ),
    )


def flag_names(flags: int) -> list[str]:
    """The names of the flags that are set."""
    return [flag.name.lower() for flag in Flag(flags) if flag.name]
