"""Gateways' message numbers in the database: read under lock, advanced, written back with the readings."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from services.db.upsert import insert_into
from services.readings.tables import GatewayGap, GatewaySequence
from telemetry.sequence import Receipt, Sequence, receipt, record

ROWS_A_QUERY = 500


@dataclass(slots=True)
class Heard:
    """What a batch heard of a gateway: the numbers of its messages (0 only asks for a receipt), and rejections."""

    numbers: list[int] = field(default_factory=list)
    rejected: int = 0


def advance(session: Session, heard: Mapping[uuid.UUID, Heard], now_ms: int) -> dict[uuid.UUID, Receipt]:
    """Record what was heard of each gateway; answers the receipts of those with numbers or rejections."""
    gateways = sorted(gateway for gateway, words in heard.items() if words.numbers or words.rejected)
    receipts: dict[uuid.UUID, Receipt] = {}
    for start in range(0, len(gateways), ROWS_A_QUERY):
        part = gateways[start : start + ROWS_A_QUERY]
        _make_rows(session, part, now_ms)
        rows = session.scalars(
            select(GatewaySequence)
            .where(GatewaySequence.gateway_id.in_(part))
            .order_by(GatewaySequence.gateway_id)
            .with_for_update()
        ).all()
        gaps = _read_gaps(session, part)
        for row in rows:
            words = heard[row.gateway_id]
            before = Sequence(row.highest, gaps.get(row.gateway_id, ()))
            after = record(before, words.numbers)
            row.rejected += words.rejected
            row.highest, row.stored_up_to, row.updated_at_ms = after.highest, after.stored_up_to, now_ms
            _write_gaps(session, row.gateway_id, before, after, now_ms)
            receipts[row.gateway_id] = receipt(after, row.rejected)
    return receipts


def _make_rows(session: Session, gateways: Iterable[uuid.UUID], now_ms: int) -> None:
    rows = [
        {"gateway_id": gateway_id, "stored_up_to": 0, "highest": 0, "rejected": 0, "updated_at_ms": now_ms}
        for gateway_id in gateways
    ]
    session.execute(insert_into(session, GatewaySequence).values(rows).on_conflict_do_nothing())


def _read_gaps(session: Session, gateways: Iterable[uuid.UUID]) -> dict[uuid.UUID, tuple[tuple[int, int], ...]]:
    gaps: dict[uuid.UUID, tuple[tuple[int, int], ...]] = {}
    query = select(GatewayGap.gateway_id, GatewayGap.first_seq, GatewayGap.last_seq)
    for gateway_id, first, last in session.execute(
        query.where(GatewayGap.gateway_id.in_(gateways)).order_by(GatewayGap.gateway_id, GatewayGap.first_seq)
    ):
        gaps[gateway_id] = (*gaps.get(gateway_id, ()), (first, last))
    return gaps


def _write_gaps(session: Session, gateway_id: uuid.UUID, before: Sequence, after: Sequence, now_ms: int) -> None:
    gone = set(before.missing) - set(after.missing)
    new = sorted(set(after.missing) - set(before.missing))
    if gone:
        firsts = [first for first, _ in gone]
        session.execute(delete(GatewayGap).where(GatewayGap.gateway_id == gateway_id, GatewayGap.first_seq.in_(firsts)))
    if new:
        session.execute(
            insert_into(session, GatewayGap).values(
                [
                    {"gateway_id": gateway_id, "first_seq": first, "last_seq": last, "noticed_at_ms": now_ms}
                    for first, last in new
                ]
            )
        )
