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
from services.readings.series import POINTS_MAX, POINTS_MIN, Source, series
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


class SeriesQuery(BaseModel):
    """Which temperatures to draw: of one sensor, in a range."""

    sensor: SensorName
    from_at: Annotated[Instant | None, Field(alias="from", description="Default: a day before `to`.")] = None
    to_at: Annotated[Instant | None, Field(alias="to", description="Until before then; default: now.")] = None
    points: Annotated[int, Field(ge=POINTS_MIN, le=POINTS_MAX, description="At most so many points.")] = 500


class PointDocument(Document):
    """A reading, or an hour at its middle."""

    at: Instant
    temperature_c: Annotated[float, Field(description="The reading, or the mean of the hour.")]
    lowest_c: float
    highest_c: float
    readings: int
    flagged: Annotated[int, Field(description="How many of the readings carry a flag.")]


class SeriesDocument(Document):
    """A sensor's temperatures thinned for drawing. The first, the last, the lowest and the highest are always there."""

    sensor: str
    source: Annotated[Source, Field(description="Readings in ranges of up to 8 days, else hours.")]
    available: Annotated[int, Field(description="How many points there would be without thinning.")]
    points: list[PointDocument]


@router.get("/v1/readings/series", responses=answers(NotFound, InvalidInput))
def draw_readings(
    caller: Reader, database: Db, now_ms: NowMs, wanted: Annotated[SeriesQuery, Query()]
) -> SeriesDocument:
    """One sensor's temperatures in few points, for charts: of readings, or of hours where the range is long."""
    from_ms, to_ms = _range(wanted.from_at, wanted.to_at, now_ms)
    with database.read() as session:
        sensor = devices.sensor_named(session, caller.tenant_id, wanted.sensor)
        drawn = series(session, caller.tenant_id, sensor.id, from_ms, to_ms, points=wanted.points, now_ms=now_ms)
    return SeriesDocument(
        sensor=sensor.external_id,
        source=drawn.source,
        available=drawn.available,
        points=[
            PointDocument.model_construct(
                at=point.at_ms,
                temperature_c=round(point.mean_centi_c / 100, 2),
                lowest_c=point.low_centi_c / 100,
                highest_c=point.high_centi_c / 100,
                readings=point.readings,
                flagged=point.flagged,
            )
            for point in drawn.points
        ],
    )


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
    from_ms, to_ms = _range(wanted.from_at, wanted.to_at, now_ms)
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


def _range(from_at: int | None, to_at: int | None, now_ms: int) -> tuple[int, int]:
    """The instants asked for: by default the day until now. Raises InvalidInput when there is nothing between them."""
    to_ms = now_ms + 1 if to_at is None else to_at
    from_ms = to_ms - DAY_MS if from_at is None else from_at
    if from_ms >= to_ms:
        fault = FieldFault("/query/from", "is not before to.", "Send an earlier instant.")
        raise InvalidInput("The range holds no time.", faults=[fault])
    return from_ms, to_ms


def flag_names(flags: int) -> list[str]:
    """The names of the flags that are set."""
    return [flag.name.lower() for flag in Flag(flags) if flag.name]
