"""A file of villages, lots or the like as rows by column: CSV, XLS, XLSX or JSON."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ValidationError

from services.errors import FieldFault, InvalidInput
from services.http.problems import faults_of
from telemetry.loggers import LoggerError
from telemetry.loggers.table import read_table

FAULTS_SHOWN = 100

Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Row:
    """One row by column; `place` is where a person finds it: the row of a sheet, the index of a JSON list."""

    place: str
    cells: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Checked(Generic[Model]):
    """A row that is what it should be."""

    place: str
    item: Model


def read_rows(path: Path) -> list[Row]:
    """The rows of a file. Raises InvalidInput when it is none that can be read."""
    return rows_of(path.name, path.read_bytes())


def rows_of(name: str, content: bytes) -> list[Row]:
    """The rows of a file by its name and content. Raises InvalidInput when it is none that can be read."""
    if name.lower().endswith(".json"):
        return _json_rows(name, content)
    try:
        table = read_table(name, content)
    except LoggerError as error:
        raise InvalidInput(f"{name} can't be read: {error.detail}.") from error
    if not any(cell != "" for row in table for cell in row):
        raise InvalidInput(f"{name} is empty.")
    header = next(index for index, row in enumerate(table) if any(cell != "" for cell in row))
    names = [str(cell).strip().lower().replace(" ", "_") for cell in table[header]]
    return [
        Row(f"row {number}", {name: cell for name, cell in zip(names, cells, strict=False) if name and cell != ""})
        for number, cells in enumerate(table[header + 1 :], start=header + 2)
        if any(cell != "" for cell in cells)
    ]


def check_rows(rows: Sequence[Row], model: type[Model], zone: tzinfo) -> list[Checked[Model]]:
    """Every row as ``model``; instants without an offset are in ``zone``.

    Raises InvalidInput with the row and column of every fault, the first hundred of them.
    """
    if not rows:
        raise InvalidInput("The file has a heading and no rows.")
    faults = _unknown_columns(rows, model)
    checked = []
    for row in rows:
        known = {name: value for name, value in row.cells.items() if name in model.model_fields}
        try:
            item = model.model_validate({name: _value(name, cell, zone) for name, cell in known.items()})
            checked.append(Checked(row.place, item))
        except ValidationError as error:
            faults += [
                FieldFault(f"{row.place}{', ' if fault.pointer else ''}{fault.pointer[1:]}", fault.detail, fault.remedy)
                for fault in faults_of(error)
            ]
    if faults:
        raise refused(faults)
    return checked


def refused(faults: Sequence[FieldFault]) -> InvalidInput:
    """The error for a file with these faults: nothing of it is taken."""
    count = f"{len(faults)} fault{'' if len(faults) == 1 else 's'}"
    more = f" The first {FAULTS_SHOWN} are shown." if len(faults) > FAULTS_SHOWN else ""
    return InvalidInput(f"Nothing was imported: the file has {count}.{more}", faults=faults[:FAULTS_SHOWN])


def _unknown_columns(rows: Sequence[Row], model: type[BaseModel]) -> list[FieldFault]:
    known = sorted(model.model_fields)
    faults = []
    for name in dict.fromkeys(name for row in rows for name in row.cells if name not in model.model_fields):
        near = get_close_matches(name, known, n=1)
        remedy = f"Did you mean {near[0]}?" if near else f"The columns are: {', '.join(known)}."
        faults.append(FieldFault(f"column {name}", "is not known.", remedy))
    return faults


def _value(name: str, cell: Any, zone: tzinfo) -> Any:
    if isinstance(cell, datetime) and name.endswith("_on"):
        return cell.date().isoformat()
    if isinstance(cell, datetime):
        return cell.replace(tzinfo=cell.tzinfo or zone).isoformat()
    if isinstance(cell, float):
        # text of a number is read as a number where one is wanted, and as a code where that is
        return str(int(cell)) if cell.is_integer() else repr(cell)
    if name.endswith("_at") and isinstance(cell, str):
        try:
            instant = datetime.fromisoformat(cell)
        except ValueError:
            return cell  # the model says what is wrong with it
        return instant.replace(tzinfo=instant.tzinfo or zone).isoformat()
    return cell


def _json_rows(name: str, content: bytes) -> list[Row]:
    try:
        document = json.loads(content)
    except ValueError as error:
        raise InvalidInput(f"{name} is not JSON: {error}.") from error
    items = document.get("items") if isinstance(document, dict) else document
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise InvalidInput(f"{name} is not a list of objects, nor an object with such a list as `items`.")
    return [Row(f"/{index}", {key: value for key, value in item.items()}) for index, item in enumerate(items)]
