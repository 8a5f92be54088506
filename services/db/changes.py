"""One change of one row as the journal tells it, and the bytes that its link covers."""

import hashlib
import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from services.db.chain import canonical
from services.db.policy import COLUMNS_NOT_AUDITED, VALUE_CHARS_MAX, is_secret
from services.db.tables import INSTALLATION, JournalEntry

FORM = "change-1"
SECRET_KEPT = "(secret)"  # noqa: S105  # what stands in its place
Values = Mapping[str, Any]


class Operation(StrEnum):
    """What was done to an object."""

    INSERT = "insert"
    UPDATE = "update"
    DELETE = "delete"
    DROP = "drop"
    """Readings past their retention."""


@dataclass(frozen=True, slots=True)
class Change:
    """What became of one object; ``before`` and ``after`` hold the columns that differ, or all of them."""

    tenant_id: uuid.UUID
    operation: Operation
    object_kind: str
    object_id: str
    before: str | None
    after: str | None


def change_of(table: str, key: Sequence[str], before: Values | None, after: Values | None) -> Change | None:
    """The change from one state of a row to the next; None when no audited column differs."""
    hidden = COLUMNS_NOT_AUDITED.get(table, set())
    whole = {**(before or {}), **(after or {})}
    columns = [column for column in whole if column not in hidden]
    operation = Operation.UPDATE
    if before is None:
        operation = Operation.INSERT
    elif after is None:
        operation = Operation.DELETE
    else:
        columns = [column for column in columns if before.get(column) != after.get(column)]
        if not columns:
            return None
    tenant_id = whole.get("id") if table == "tenant" else whole.get("tenant_id")
    return Change(
        tenant_id or INSTALLATION,
        operation,
        table,
        "/".join(_name(whole[column]) for column in key),
        None if before is None else text_of({column: before.get(column) for column in columns}),
        None if after is None else text_of({column: after.get(column) for column in columns}),
    )


def text_of(values: Values) -> str:
    """The values as JSON, by column; secrets and what is long stand as less than they are."""
    shown = {column: _shown(column, value) for column, value in values.items()}
    return json.dumps(shown, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def record_of(entry: JournalEntry) -> bytes:
    """The bytes of an entry that its link covers: all of it but the link."""
    return canonical(
        FORM,
        (
            str(entry.tenant_id),
            entry.number,
            entry.at_ms,
            entry.actor,
            entry.request_id,
            entry.address,
            entry.operation,
            entry.object_kind,
            entry.object_id,
            entry.before,
            entry.after,
            entry.reason,
        ),
    )


def _name(value: Any) -> str:
    """A part of a key; of a digest, which may stand for a secret, the first half only."""
    return value[: len(value) // 2].hex() if isinstance(value, bytes) else str(value)


def _shown(column: str, value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float):
        return value
    if is_secret(column):
        return SECRET_KEPT
    if isinstance(value, bytes):
        return {"sha256": hashlib.sha256(value).hexdigest(), "bytes": len(value)}
    if isinstance(value, uuid.UUID):
        return str(value)
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)
    if len(text) > VALUE_CHARS_MAX:
        return {"sha256": hashlib.sha256(text.encode()).hexdigest(), "characters": len(text)}
    return value if isinstance(value, str) else json.loads(text)
