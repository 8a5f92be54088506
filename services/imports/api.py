"""`POST /v1/imports/{kind}`: what `coldchain import` does, with the file in the request."""

from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from fastapi import APIRouter, Path
from pydantic import Field

from services.errors import FieldFault, InvalidInput
from services.http.context import Commodities, Db, NowMs
from services.http.fields import Document, NameText, Payload, example
from services.http.problems import answers
from services.identity.access import require
from services.identity.logic import Caller, Role
from services.imports import logic
from services.imports.content import bytes_of
from services.imports.logic import Kind
from services.imports.rows import rows_of

router = APIRouter(tags=["imports"])

Editor = Annotated[Caller, require(Role.COORDINATOR)]


class ImportFile(Payload):
    """A CSV, Excel or JSON file of one kind of thing: all of it is taken, or nothing."""

    model_config = example(
        {
            "file_name": "villages.csv",
            "content_base64": "Y29kZSxuYW1lLGxhdGl0dWRlLGxvbmdpdHVkZSxvcGVucyxjbG9zZXMK",
            "dry_run": True,
        }
    )

    file_name: Annotated[NameText, Field(description="Its ending tells what it is: .csv, .xlsx, .xls or .json.")]
    content_base64: Annotated[str, Field(max_length=1_000_000)]
    zone: Annotated[str, Field(max_length=64, description="Of times without an offset.")] = "Asia/Bangkok"
    dry_run: Annotated[bool, Field(description="Check all and write nothing.")] = False


class ImportDocument(Document):
    """What became of a file."""

    model_config = example({"kind": "demands", "rows": 12, "dry_run": False})

    kind: Kind
    rows: int
    dry_run: bool


@router.post("/v1/imports/{kind}", responses=answers(InvalidInput))
def import_file(
    kind: Annotated[Kind, Path(description="What the rows are.")],
    file: ImportFile,
    caller: Editor,
    database: Db,
    now_ms: NowMs,
    commodities: Commodities,
) -> ImportDocument:
    """Add the villages, lots, declarations or demands of a file; every fault is named by row and column."""
    count = logic.import_rows(
        database,
        caller.tenant_id,
        kind,
        rows_of(file.file_name, bytes_of(file.content_base64)),
        _zone(file.zone),
        now_ms,
        catalogue=commodities,
        by=caller.name,
        rehearse=file.dry_run,
    )
    return ImportDocument(kind=kind, rows=count, dry_run=file.dry_run)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        fault = FieldFault("/zone", f"{name!r} is not a time zone.", "Give one such as Asia/Bangkok.")
        raise InvalidInput("The zone is not known.", faults=[fault]) from error
