"""Imports of villages, lots, declarations, demands and readings: checked whole, then written whole."""

import json
import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from enum import StrEnum
from pathlib import Path

from sqlalchemy.orm import Session

from services.db.engine import Database
from services.demand import logic as demand
from services.demand.schemas import NewDemand
from services.errors import ColdchainError, FieldFault, InvalidInput
from services.fleet import logic as fleet
from services.fleet.schemas import NewVillage
from services.imports.rows import Checked, Model, Row, check_rows, read_rows, refused
from services.lots import declarations
from services.lots import logic as lots
from services.lots.schemas import NewDeclaration, NewLot
from services.readings.logic import Postbox
from telemetry.freshness import Catalogue
from telemetry.loggers import ColumnMapping, LoggerError, LoggerFile, read_logger
from telemetry.loggers.table import read_table
from telemetry.reading import Reading

READINGS_A_MESSAGE = 1000


class DryRun(Exception):
    """Ends the transaction of a rehearsal."""


@dataclass(frozen=True, slots=True)
class ReadingsImported:
    """What became of a data logger's file."""

    kind: str
    notes: tuple[str, ...]
    readings: int
    stored: int
    duplicates: int
    conflicts: int


class Kind(StrEnum):
    """What comes in from sheets, one row each."""

    VILLAGES = "villages"
    LOTS = "lots"
    DECLARATIONS = "declarations"
    DEMANDS = "demands"


def import_file(
    database: Database,
    tenant_id: uuid.UUID,
    kind: Kind,
    path: Path,
    zone: tzinfo,
    now_ms: int,
    *,
    catalogue: Catalogue,
    by: str,
    rehearse: bool,
) -> int:
    """`import_rows` of a file's rows."""
    return import_rows(
        database, tenant_id, kind, read_rows(path), zone, now_ms, catalogue=catalogue, by=by, rehearse=rehearse
    )


def import_rows(
    database: Database,
    tenant_id: uuid.UUID,
    kind: Kind,
    rows: Sequence[Row],
    zone: tzinfo,
    now_ms: int,
    *,
    catalogue: Catalogue,
    by: str,
    rehearse: bool,
) -> int:
    """Add what the rows say; answers how many. Raises InvalidInput with every fault; then none was added."""
    if kind is Kind.VILLAGES:
        return _add_all(
            database,
            check_rows(rows, NewVillage, zone),
            lambda session, new: fleet.add_village(session, tenant_id, new, now_ms),
            rehearse=rehearse,
        )
    if kind is Kind.LOTS:
        return _add_all(
            database,
            check_rows(rows, NewLot, zone),
            lambda session, new: lots.add_lot(session, tenant_id, new, catalogue, now_ms),
            rehearse=rehearse,
        )
    if kind is Kind.DECLARATIONS:

        def declare(session: Session, new: NewDeclaration) -> None:
            lots.demand_commodity(catalogue, new.commodity_id, "/commodity_id")
            declarations.declare(session, tenant_id, new, by=by, now_ms=now_ms)

        return _add_all(database, check_rows(rows, NewDeclaration, zone), declare, rehearse=rehearse)
    return _add_all(
        database,
        check_rows(rows, NewDemand, zone),
        lambda session, new: demand.add(session, tenant_id, new, catalogue, by=by, now_ms=now_ms),
        rehearse=rehearse,
    )


def import_readings(
    database: Database,
    tenant_id: uuid.UUID,
    path: Path,
    gateway: str,
    zone: str | None,
    now_ms: int,
    *,
    rehearse: bool,
    progress: Callable[[int, int], None] = lambda _done, _all: None,
) -> ReadingsImported:
    """`take_readings` of a file."""
    return take_readings(
        database, tenant_id, path.name, path.read_bytes(), gateway, zone, now_ms, rehearse=rehearse, progress=progress
    )


def take_readings(
    database: Database,
    tenant_id: uuid.UUID,
    file_name: str,
    content: bytes,
    gateway: str,
    zone: str | None,
    now_ms: int,
    *,
    mapping: ColumnMapping | None = None,
    rehearse: bool,
    progress: Callable[[int, int], None] = lambda _done, _all: None,
) -> ReadingsImported:
    """Take the readings of a data logger's file, as if ``gateway`` had sent them now.

    Every row must be readable, or none is taken. What is stored already is counted as a duplicate, so that an import
    which was broken off can be started again. ``mapping`` names the columns where the headings don't say it. Raises
    InvalidInput with every row that can't be taken.
    """
    try:
        columns = mapping or _own_headings(file_name, content)
        file = read_logger(file_name, content, timezone=zone, mapping=columns)
    except LoggerError as error:
        raise InvalidInput(f"{file_name} can't be read: {error.detail}.") from error
    if file.rejected:
        raise refused([FieldFault(f"row {row.row}", row.reason) for row in file.rejected])
    totals: Counter[str] = Counter()
    if not rehearse:
        for result in _post(database, tenant_id, gateway, file, now_ms, progress):
            totals.update(result)
    return ReadingsImported(file.kind, file.notes, len(file.readings), *(totals[name] for name in _COUNTS))


def _own_headings(file_name: str, content: bytes) -> ColumnMapping | None:
    """The columns of a table with the names that the API uses, None for a logger's own."""
    header = next((row for row in read_table(file_name, content) if any(cell != "" for cell in row)), [])
    names = {str(cell).strip().lower() for cell in header}
    if not {"sensor", "at", "temperature_c"} <= names:
        return None
    humidity = "humidity_pct" if "humidity_pct" in names else None
    return ColumnMapping(time="at", temperature="temperature_c", humidity=humidity, sensor="sensor")


_COUNTS = ("stored", "duplicates", "conflicts")


def _post(
    database: Database,
    tenant_id: uuid.UUID,
    gateway: str,
    file: LoggerFile,
    now_ms: int,
    progress: Callable[[int, int], None],
) -> Iterator[dict[str, int]]:
    postbox = Postbox(database)
    for start in range(0, len(file.readings), READINGS_A_MESSAGE):
        part = file.readings[start : start + READINGS_A_MESSAGE]
        body = json.dumps({"readings": [_native(reading) for reading in part]}).encode()
        result = postbox.post(tenant_id, gateway, body, now_ms)
        if result.rejected:
            raise refused([FieldFault(f"reading {start + one.index + 1}", one.reason) for one in result.rejected])
        progress(start + len(part), len(file.readings))
        yield {name: getattr(result, name) for name in _COUNTS}


def _native(reading: Reading) -> dict[str, object]:
    native: dict[str, object] = {
        "sensor": reading.sensor,
        "at": reading.measured_at_ms,
        "temperature_c": reading.temperature_c,
    }
    return native if reading.humidity_pct is None else native | {"humidity_pct": reading.humidity_pct}


def _add_all(
    database: Database, rows: Sequence[Checked[Model]], add: Callable[[Session, Model], object], *, rehearse: bool
) -> int:
    faults: list[FieldFault] = []
    try:
        with database.write() as session:
            for row in rows:
                try:
                    # a savepoint: on PostgreSQL a refused row would otherwise end the transaction for those after it
                    with session.begin_nested():
                        add(session, row.item)
                except ColdchainError as error:
                    faults += _placed(row.place, error)
            if faults:
                raise refused(faults)
            if rehearse:
                raise DryRun
    except DryRun:
        pass
    return len(rows)


def _placed(place: str, error: ColdchainError) -> list[FieldFault]:
    if not error.faults:
        return [FieldFault(place, error.detail)]
    return [FieldFault(f"{place}, {fault.pointer[1:]}", fault.detail, fault.remedy) for fault in error.faults]
