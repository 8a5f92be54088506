"""Chains of SHA-256 links, one of changes and one of readings for each tenant.

link = SHA-256(link of the one before ‖ canonical record), with 32 zero bytes before the first. A canonical record is
UTF-8 JSON: an array whose first member names its form, without spaces, strings as they are, bytes in hexadecimal.
Whoever adds to a chain holds its `chain_head` row until the end of the transaction; heads are taken last and in order,
so that two writers wait for each other at most for the time of a commit.
"""

import hashlib
import json
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from services.db.tables import ChainHead
from services.db.upsert import insert_into

GENESIS = bytes(32)
HEADS = ChainHead.metadata.tables["chain_head"]


class Chain(StrEnum):
    """What a chain holds."""

    CHANGES = "changes"
    READINGS = "readings"


@dataclass(frozen=True, slots=True)
class Head:
    """How many links a chain has, and the newest of them."""

    number: int = 0
    link: bytes = GENESIS


def canonical(form: str, members: Sequence[str | int | None]) -> bytes:
    """The bytes of a record that its link covers."""
    return json.dumps([form, *members], ensure_ascii=False, separators=(",", ":")).encode()


def link_after(previous: bytes, record: bytes) -> bytes:
    """The link of ``record`` behind ``previous``."""
    return hashlib.sha256(previous + record).digest()


def take_heads(session: Session, chain: Chain, tenants: Iterable[uuid.UUID]) -> dict[uuid.UUID, Head]:
    """The heads of these tenants' chains, held until the transaction ends; the last thing that a transaction takes."""
    wanted = sorted(set(tenants))
    found = _held(session, chain, wanted)
    missing = [tenant_id for tenant_id in wanted if tenant_id not in found]
    if missing:
        rows = [{"tenant_id": tenant_id, "chain": chain, "number": 0, "link": GENESIS} for tenant_id in missing]
        session.connection().execute(insert_into(session, ChainHead).on_conflict_do_nothing(), rows)
        found = _held(session, chain, wanted)
    return found


def put_heads(session: Session, chain: Chain, heads: dict[uuid.UUID, Head]) -> None:
    """Write back heads that were taken."""
    session.connection().execute(
        update(HEADS)
        .where(HEADS.c.tenant_id == bindparam("tenant"), HEADS.c.chain == str(chain))
        .values(number=bindparam("to_number"), link=bindparam("to_link")),
        [
            {"tenant": tenant_id, "to_number": head.number, "to_link": head.link}
            for tenant_id, head in sorted(heads.items())
        ],
    )


def _held(session: Session, chain: Chain, tenants: Sequence[uuid.UUID]) -> dict[uuid.UUID, Head]:
    query = (
        select(HEADS.c.tenant_id, HEADS.c.number, HEADS.c.link)
        .where(HEADS.c.chain == str(chain), HEADS.c.tenant_id.in_(tenants))
        .order_by(HEADS.c.tenant_id)
        .with_for_update()
    )
    return {row.tenant_id: Head(row.number, row.link) for row in session.connection().execute(query)}
