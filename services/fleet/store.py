"""All SQL on villages, hubs and trucks. The tenant comes first; lists are by code."""

import uuid
from collections.abc import Sequence
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.fleet.tables import Hub, Truck, Village
from services.http.fields import as_id

Coded = TypeVar("Coded", Village, Hub, Truck)


def listed(
    session: Session,
    tenant_id: uuid.UUID,
    table: type[Coded],
    *,
    after_code: str | None = None,
    limit: int | None = None,
    code: str | None = None,
) -> Sequence[Coded]:
    """Rows of ``table`` by code, those after ``after_code``, at most ``limit``; or the one of that ``code``."""
    query = select(table).where(table.tenant_id == tenant_id).order_by(table.code).limit(limit)
    if after_code is not None:
        query = query.where(table.code > after_code)
    if code is not None:
        query = query.where(table.code == code)
    return session.scalars(query).all()


def one(session: Session, tenant_id: uuid.UUID, table: type[Coded], ref: str) -> Coded | None:
    """The row of that id or code."""
    identity = as_id(ref)
    wanted = table.code == ref if identity is None else table.id == identity
    return session.scalar(select(table).where(table.tenant_id == tenant_id, wanted))


def of_code(session: Session, tenant_id: uuid.UUID, table: type[Coded], code: str) -> Coded | None:
    return session.scalar(select(table).where(table.tenant_id == tenant_id, table.code == code))


def codes(
    session: Session, tenant_id: uuid.UUID, table: type[Coded], identities: Sequence[uuid.UUID]
) -> dict[uuid.UUID, str]:
    """The codes of those ids."""
    query = select(table.id, table.code).where(table.tenant_id == tenant_id, table.id.in_(set(identities)))
    return {identity: code for identity, code in session.execute(query)}
