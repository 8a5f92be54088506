"""Writing dead letters: what could not be taken, once each, with its reason, cut to size."""

import hashlib
import uuid
from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import case, delete, func, select
from sqlalchemy.orm import Session

from services.db.upsert import insert_into
from services.readings.tables import DeadLetter, DeadLetterPruning
from telemetry import ports

PAYLOAD_BYTES_MAX = 16 * 1024
TOPIC_CHARS_MAX = 512
ROWS_A_QUERY = 200
KEPT_MAX = 10_000
"""Dead letters of one tenant, with up to 16 KiB each: a gateway gone mad can't fill the disk."""


class Addressed(NamedTuple):
    """A dead letter and the tenant that may see it; None when the topic names none that we know."""

    tenant_id: uuid.UUID | None
    letter: ports.DeadLetter


def fingerprint(topic: str, payload: bytes) -> bytes:
    """128 bits that tell one message from another."""
    return hashlib.blake2b(
        payload, digest_size=16, key=hashlib.blake2b(topic.encode("utf-8", "replace")).digest()
    ).digest()


def write_letters(session: Session, letters: Iterable[Addressed], *, kept_max: int = KEPT_MAX) -> int:
    """Store dead letters; one that is there already and still open is counted up. Answers how many were given.

    A tenant that then has more than ``kept_max`` loses the oldest, decided ones first; how many is on record.
    """
    rows: dict[bytes, dict[str, object]] = {}
    youngest_ms: dict[uuid.UUID | None, int] = {}
    given = 0
    for tenant_id, letter in letters:
        given += 1
        youngest_ms[tenant_id] = max(letter.received_at_ms, youngest_ms.get(tenant_id, 0))
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
    for owner, at_ms in sorted(youngest_ms.items(), key=str):
        prune(session, owner, at_ms, kept_max)
    return given


def prune(session: Session, tenant_id: uuid.UUID | None, now_ms: int, kept_max: int = KEPT_MAX) -> int:
    """Give up the oldest letters of a tenant that has more than ``kept_max``, and record it; answers how many.

    Letters that somebody has decided about go first. A tenth more than the excess goes, so that the next message does
    not bring the next pruning. What went stays counted in its gateway's `rejected`.
    """
    own = DeadLetter.tenant_id.is_(None) if tenant_id is None else DeadLetter.tenant_id == tenant_id
    kept = session.scalar(select(func.count()).select_from(DeadLetter).where(own)) or 0
    if kept <= kept_max:
        return 0
    excess = kept - kept_max + kept_max // 10
    is_open = case((DeadLetter.state == "open", 1), else_=0)
    oldest = session.execute(
        select(DeadLetter.id, DeadLetter.state, DeadLetter.last_received_at_ms)
        .where(own)
        .order_by(is_open, DeadLetter.id)
        .limit(excess)
    ).all()
    ids = [letter_id for letter_id, _, _ in oldest]
    for start in range(0, len(ids), ROWS_A_QUERY):
        session.execute(delete(DeadLetter).where(own, DeadLetter.id.in_(ids[start : start + ROWS_A_QUERY])))
    still_open = sum(state == "open" for _, state, _ in oldest)
    session.execute(
        insert_into(session, DeadLetterPruning).values(
            tenant_id=tenant_id,
            at_ms=now_ms,
            closed=len(ids) - still_open,
            open=still_open,
            received_until_ms=max(received_ms for _, _, received_ms in oldest),
        )
    )
    return len(ids)


def _storable(text: str) -> str:
    """Text without what PostgreSQL refuses in a string: NUL and lone surrogates."""
    return text.replace("\0", "\\0").encode("utf-8", "backslashreplace").decode()
