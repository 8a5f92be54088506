"""`POST /v1/imports/readings`: a data logger's file, as `coldchain import readings` takes it."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from services.devices import logic as devices
from services.devices.schemas import Name
from services.errors import InvalidInput, NotFound
from services.http.context import Db, NowMs
from services.http.fields import Document, NameText, Payload, example
from services.http.problems import answers
from services.identity.access import require
from services.identity.logic import Caller, Role
from services.imports import logic
from services.imports.content import bytes_of
from telemetry.loggers import ColumnMapping

router = APIRouter(tags=["imports"])

Editor = Annotated[Caller, require(Role.COORDINATOR)]
Heading = Annotated[str, Field(min_length=1, max_length=100)]


class Columns(Payload):
    """Which columns to read, by their headings, where these don't say it themselves."""

    model_config = example({"time": "When", "temperature": "Cargo (C)"})

    time: Heading
    temperature: Heading
    date: Heading | None = None
    humidity: Heading | None = None
    sensor: Annotated[Heading | None, Field(description="A column that names the sensor.")] = None
    sensor_name: Annotated[Heading | None, Field(description="One name for the whole file.")] = None

    def mapping(self) -> ColumnMapping:
        """As the readers of files know it."""
        return ColumnMapping(**self.model_dump())


class ReadingsFile(Payload):
    """A data logger's export; every row must be readable, or none is taken."""

    model_config = example(
        {"file_name": "hobo.csv", "content_base64": "VGltZSxUZW1wCg==", "gateway": "usb-desk", "dry_run": True}
    )

    file_name: Annotated[NameText, Field(description="Its ending tells what it is: .csv, .xlsx or .xls.")]
    content_base64: Annotated[str, Field(max_length=1_000_000)]
    gateway: Annotated[Name, Field(description="Whose readings they count as.")]
    zone: Annotated[
        str | None, Field(max_length=64, description="Where the logger's clock was set, unless the file says it.")
    ] = "Asia/Bangkok"
    columns: Columns | None = None
    dry_run: Annotated[bool, Field(description="Check all and write nothing.")] = False


class ReadingsImport(Document):
    """What became of a data logger's file. `kind` is the logger it was recognised as."""

    kind: str
    notes: list[str]
    readings: int
    stored: int
    duplicates: int
    conflicts: int
    dry_run: bool


@router.post("/v1/imports/readings", responses=answers(InvalidInput, NotFound))
def import_readings(file: ReadingsFile, caller: Editor, database: Db, now_ms: NowMs) -> ReadingsImport:
    """Take the readings of a data logger's file; sent again, what is there already counts as a duplicate."""
    with database.read() as session:
        devices.gateway_named(session, caller.tenant_id, file.gateway)
    done = logic.take_readings(
        database,
        caller.tenant_id,
        file.file_name,
        bytes_of(file.content_base64),
        file.gateway,
        file.zone,
        now_ms,
        mapping=None if file.columns is None else file.columns.mapping(),
        rehearse=file.dry_run,
    )
    return ReadingsImport(
        kind=done.kind,
        notes=list(done.notes),
        readings=done.readings,
        stored=done.stored,
        duplicates=done.duplicates,
        conflicts=done.conflicts,
        dry_run=file.dry_run,
    )
