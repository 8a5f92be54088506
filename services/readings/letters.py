"""Writing dead letters: what could not be taken, once each, with its reason, cut to size."""

import hashlib
import uuid
from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy.orm import Session

from services.db.upsert import insert_into
from services.readings.tables import DeadLetter
from telemetry import ports

PAYLOAD_BYTES_MAX = 16 * 1024
TOPIC_CHARS_MAX = 512
ROWS_A_QUERY = 200


class Addressed(NamedTuple):
    """A dead letter and the tenant that may see it; None when the topic names none that we know."""

    tenant_id: uuid.UUID | None
    letter: ports.DeadLetter


def fingerprint(topic: str, payload: bytes) -> bytes:
    """128 bits that tell one message from another."""
    return hashlib.blake2b(
        payload, digest_size=16, key=hashlib.blake2b(topic.encode("utf-8", "replace")).digest()
    ).digest()


def write_letters(session: Session, letters: Iterable[Addressed]) -> int:
    """Store dead letters; one that is there already and still open is counted up. Answers how many were given."""
    rows: dict[bytes, dict[str, object]] = {}
    given = 0
    for tenant_id, letter in letters:
        given += 1
        mark = fingerprint(letter.topic, letter.payload)
        row = rows.setdefault(
            mark,
            {
                "tenant_id": tenant_id,
                "topic": _storable(letter.topic[:TOPIC_CHARS_MAX]),
                "payload": letter.payload[:PAYLOAD_BYTES_MAX],
                "payload_size": len(letter.payload),
                "reason": letter.reason,
                "detail": _storable(letter.detail),
                "received_at_ms": letter.received_at_ms,
                "fingerprint": mark,
                "seen": 0,
                "last_received_at_ms": letter.received_at_ms,
                "state": "open",
            },
        )
        row["seen"] = int(str(row["seen"])) + 1
        row["last_received_at_ms"] = letter.received_at_ms
    ordered = [rows[mark] for mark in sorted(rows)]
    for start in range(0, len(ordered), ROWS_A_QUERY):
        insert = insert_into(session, DeadLetter).values(ordered[start : start + ROWS_A_QUERY])
        session.execute(
            insert.on_conflict_do_update(
                index_elements=[DeadLetter.fingerprint],
                index_where=DeadLetter.state == "open",
                set_={
                    "seen": DeadLetter.seen + insert.excluded.seen,
                    "last_received_at_ms": insert.excluded.last_received_at_ms,
                },
            )
        )
    return given


def _storable(text: str) -> str:
    """Text without what PostgreSQL refuses in a string: NUL and lone surrogates."""
    return text.replace("\0", "\\0").encode("utf-8", "backslashreplace").decode()
