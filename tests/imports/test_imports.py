"""Imports: all of a file or nothing, with every fault where the person finds it."""

import base64
import csv
import json
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from click.testing import CliRunner

from services.cli import cli
from services.clock import to_rfc3339
from services.demand.schemas import DEMAND
from services.errors import InvalidInput
from services.fleet import logic as fleet
from services.fleet.schemas import VILLAGE
from services.identity.logic import Role
from services.imports import logic
from services.lots.schemas import DECLARATION
from telemetry.freshness import load_catalogue
from tests.support.api import NOON_MS
from tests.support.orchard import LOT, Orchard

CATALOGUE = load_catalogue()
BANGKOK = ZoneInfo("Asia/Bangkok")


def sheet(path: Path, rows: list[dict]) -> Path:
    """The rows as the file type that the path names."""
    if path.suffix == ".json":
        path.write_text(json.dumps(rows), encoding="utf-8")
        return path
    names = list(dict.fromkeys(name for row in rows for name in row))
    table = [names, *([row.get(name) for name in names] for row in rows)]
    if path.suffix == ".xlsx":
        book = openpyxl.Workbook()
        for line in table:
            book.worksheets[0].append(line)
        book.save(path)
    else:
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file).writerows(table)
    return path


def villages(*changes: dict) -> list[dict]:
    return [VILLAGE | {"code": f"V-{number}"} | change for number, change in enumerate(changes)]


def import_villages(orchard: Orchard, path: Path, *, rehearse: bool = False) -> int:
    return import_file(orchard, logic.Kind.VILLAGES, path, rehearse=rehearse)


def import_file(orchard: Orchard, kind: logic.Kind, path: Path, *, rehearse: bool = False) -> int:
    return logic.import_file(
        orchard.api.database,
        orchard.tenant_id,
        kind,
        path,
        BANGKOK,
        NOON_MS,
        catalogue=CATALOGUE,
        by="test",
        rehearse=rehearse,
    )


def codes(orchard: Orchard) -> list[str]:
    with orchard.api.database.read() as session:
        return [village.code for village in fleet.all_villages(session, orchard.tenant_id)]


def refused(call) -> list[str]:  # type: ignore[no-untyped-def]
    with pytest.raises(InvalidInput) as caught:
        call()
    return [str(fault) for fault in caught.value.faults]


@pytest.mark.parametrize("kind", ["csv", "xlsx", "json"])
def test_villages_come_from_any_kind_of_file(orchard: Orchard, tmp_path: Path, kind: str) -> None:
    """Thai names, times of day and coordinates come through, from a code that looks like a number too."""
    path = sheet(tmp_path / f"villages.{kind}", villages({}, {"code": "1007"}))
    assert import_villages(orchard, path) == 2
    assert codes(orchard) == ["1007", "KLG-01", "V-0"]
    village = orchard.client.get("/v1/villages/1007").json()
    assert village.items() >= (VILLAGE | {"code": "1007"}).items()


def test_every_fault_is_named_and_nothing_is_written(orchard: Orchard, tmp_path: Path) -> None:
    """A bad value, a missing one and an unknown column in three rows are three faults, and the good row stays out."""
    rows = villages({}, {"latitude": 91}, {"opens": ""}, {"lattitude": 5})
    faults = refused(lambda: import_villages(orchard, sheet(tmp_path / "villages.csv", rows)))
    assert [fault.split(":")[0] for fault in faults] == ["column lattitude", "row 3, latitude", "row 4, opens"]
    assert "Did you mean latitude?" in faults[0]
    assert codes(orchard) == ["KLG-01"]


def test_a_code_that_is_taken_stops_the_file(orchard: Orchard, tmp_path: Path) -> None:
    """What only the database knows is named by its row as well: taken before, and twice in the file."""
    rows = villages({"code": "KLG-01"}, {"code": "NEW"}, {"code": "NEW"})
    faults = refused(lambda: import_villages(orchard, sheet(tmp_path / "villages.csv", rows)))
    assert [fault.split(":")[0] for fault in faults] == ["row 2", "row 4"]
    assert codes(orchard) == ["KLG-01"]


def test_a_rehearsal_finds_the_same_and_writes_nothing(orchard: Orchard, tmp_path: Path) -> None:
    """--dry-run goes through the database too."""
    good = sheet(tmp_path / "good.csv", villages({}))
    assert import_villages(orchard, good, rehearse=True) == 1
    assert codes(orchard) == ["KLG-01"]
    taken = sheet(tmp_path / "taken.csv", villages({"code": "KLG-01"}))
    assert refused(lambda: import_villages(orchard, taken, rehearse=True))


@pytest.mark.parametrize("content", [b"", b"code\n", b"\x00\x01\x02", b"PK\x03\x04broken", b"{", b'{"a": 1}'])
def test_a_file_that_is_none_is_refused(orchard: Orchard, tmp_path: Path, content: bytes) -> None:
    """Whatever the bytes, the answer is a sentence."""
    path = tmp_path / ("villages.json" if content.startswith(b"{") else "villages.csv")
    path.write_bytes(content)
    with pytest.raises(InvalidInput):
        import_villages(orchard, path)


def test_lots_take_local_times(orchard: Orchard, tmp_path: Path) -> None:
    """A time without an offset is local, in text and as Excel's own time."""
    rows = [
        LOT | {"code": "TEXT", "harvested_at": "2026-11-23 07:00"},
        LOT | {"code": "CELL", "harvested_at": datetime(2026, 11, 23, 7, 0)},  # noqa: DTZ001
    ]
    path = sheet(tmp_path / "lots.xlsx", rows)
    assert import_file(orchard, logic.Kind.LOTS, path) == 2
    for code in ("TEXT", "CELL"):
        assert orchard.client.get(f"/v1/lots/{code}").json()["harvested_at"] == "2026-11-23T00:00:00Z"


def test_a_lot_of_an_unknown_village_or_commodity_is_named(orchard: Orchard, tmp_path: Path) -> None:
    """Both faults, each with its row and column."""
    rows = [LOT | {"code": "A", "village": "NOPE"}, LOT | {"code": "B", "commodity_id": "durain"}, LOT | {"code": "C"}]
    path = sheet(tmp_path / "lots.csv", rows)
    faults = refused(lambda: import_file(orchard, logic.Kind.LOTS, path))
    assert [fault.split(":")[0] for fault in faults] == ["row 2, village", "row 3, commodity_id"]
    assert orchard.client.get("/v1/lots").json()["items"] == []


def test_demands_come_with_days_and_certificates_in_one_cell(orchard: Orchard, tmp_path: Path) -> None:
    """Excel's own dates are days, certificates are split, and a programme is version 1 in the book."""
    day = datetime(2026, 11, 24)  # noqa: DTZ001
    row = DEMAND | {"from_on": day, "certificates": "GAP; packing_house"}
    assert import_file(orchard, logic.Kind.DEMANDS, sheet(tmp_path / "demand.xlsx", [row])) == 1
    demand = orchard.client.get(f"/v1/demands/{DEMAND['code']}").json()
    assert demand.items() >= DEMAND.items()
    assert demand["version"] == 1


def test_a_faulty_demand_file_names_row_and_column(orchard: Orchard, tmp_path: Path) -> None:
    """A hub that is not there, days in the wrong order: nothing is written, in a rehearsal as in earnest."""
    good = DEMAND | {"certificates": "gap"}
    rows = [good, good | {"code": "B", "hub": "NOPE"}]
    faults = refused(lambda: import_file(orchard, logic.Kind.DEMANDS, sheet(tmp_path / "d.csv", rows), rehearse=True))
    assert [fault.split(":")[0] for fault in faults] == ["row 3, hub"]
    late = sheet(tmp_path / "late.csv", [good | {"to_on": "2026-11-01"}])
    assert "to_on must not be before from_on" in refused(lambda: import_file(orchard, logic.Kind.DEMANDS, late))[0]
    assert orchard.client.get("/v1/demands").json()["items"] == []


def test_the_same_file_comes_in_over_http(orchard: Orchard, tmp_path: Path) -> None:
    """A declaration sheet sent by a page: first rehearsed, then taken; rubbish is refused with the member."""
    path = sheet(tmp_path / "declarations.csv", [DECLARATION | {"certificates": "organic"}])
    body = {"file_name": path.name, "content_base64": base64.b64encode(path.read_bytes()).decode()}
    rehearsed = orchard.client.post("/v1/imports/declarations", json=body | {"dry_run": True})
    assert rehearsed.json() == {"kind": "declarations", "rows": 1, "dry_run": True}
    assert orchard.client.get("/v1/declarations").json()["items"] == []
    assert orchard.client.post("/v1/imports/declarations", json=body).status_code == 200
    (declared,) = orchard.client.get("/v1/declarations").json()["items"]
    assert declared.items() >= DECLARATION.items()
    refused_answer = orchard.client.post("/v1/imports/demands", json=body)
    assert refused_answer.status_code == 422
    assert any("column expected_g" in fault["pointer"] for fault in refused_answer.json()["errors"])
    rubbish = orchard.client.post("/v1/imports/lots", json=body | {"content_base64": "%"})
    assert rubbish.json()["errors"][0]["pointer"] == "/content_base64"


def readings_file(path: Path, count: int = 1500) -> Path:
    times = [to_rfc3339(NOON_MS - 60_000 * number) for number in range(count)]
    return sheet(path, [{"sensor": "TH-1", "at": time, "temperature_c": 13.5} for time in times])


def import_readings(orchard: Orchard, path: Path, *, rehearse: bool = False) -> logic.ReadingsImported:
    return logic.import_readings(
        orchard.api.database, orchard.tenant_id, path, "GW-1", "Asia/Bangkok", NOON_MS, rehearse=rehearse
    )


def test_readings_come_in_once(orchard: Orchard, tmp_path: Path) -> None:
    """A file of more than one message is stored whole; a second import finds all of it there."""
    path = readings_file(tmp_path / "logger.csv")
    assert import_readings(orchard, path, rehearse=True).stored == 0
    first = import_readings(orchard, path)
    assert (first.readings, first.stored, first.duplicates) == (1500, 1500, 0)
    second = import_readings(orchard, path)
    assert (second.stored, second.duplicates, second.conflicts) == (0, 1500, 0)
    assert orchard.client.get("/v1/sensors/TH-1").json()["latest"]["at"] == to_rfc3339(NOON_MS)


def test_a_bad_row_keeps_all_readings_out(orchard: Orchard, tmp_path: Path) -> None:
    """One value that is none: its row is named and nothing is stored."""
    path = readings_file(tmp_path / "logger.csv", 20)
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    lines[7] = lines[7].replace("13.5", "warm")
    path.write_text("\n".join(lines), encoding="utf-8")
    faults = refused(lambda: import_readings(orchard, path))
    assert faults[0].startswith("row 8:")
    assert orchard.client.get("/v1/sensors").json()["items"] == []


def test_the_command_says_what_it_did(orchard: Orchard, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The tenant must be named where there are several; a rehearsal says that it is one."""
    url = orchard.api.database.url.render_as_string(hide_password=False)
    monkeypatch.setenv("COLDCHAIN_DATABASE_URL", url)
    path = str(sheet(tmp_path / "villages.csv", villages({}, {})))
    slug = f"klaeng-{orchard.api.suffix}"
    orchard.api.key(Role.AUDITOR, tenant="another")
    run = CliRunner().invoke
    nobody = run(cli, ["import", "villages", path])
    assert isinstance(nobody.exception, InvalidInput)
    assert nobody.exception.faults[0].pointer == "--tenant"
    rehearsed = run(cli, ["import", "villages", path, "--tenant", slug, "--dry-run"])
    assert rehearsed.output == "2 villages would be imported; nothing was written.\n"
    assert codes(orchard) == ["KLG-01"]
    assert run(cli, ["import", "villages", path, "--tenant", slug]).output == "Imported 2 villages.\n"
    assert codes(orchard) == ["KLG-01", "V-0", "V-1"]
