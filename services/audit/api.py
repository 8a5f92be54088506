"""`/v1/audit`: who changed what, and signed checkpoints of it."""

import json
from typing import Annotated

from fastapi import APIRouter, Query

from services.audit import logic, store
from services.audit.checkpoint import make_checkpoint
from services.audit.schemas import CheckpointDocument, JournalEntryDocument, JournalQuery
from services.audit.store import Wanted
from services.db.tables import JournalEntry
from services.http.context import AppSettings, Db, MachineNowMs
from services.http.paging import Page, Paging, page_of
from services.identity.access import require
from services.identity.logic import Caller, Role

router = APIRouter(tags=["audit"])

Auditor = Annotated[Caller, require(Role.AUDITOR)]
Verifier = Annotated[Caller, require(Role.AUDITOR, Role.EXPORTER)]


@router.get("/v1/audit")
def list_changes(
    caller: Auditor, database: Db, paging: Paging, wanted: Annotated[JournalQuery, Query()]
) -> Page[JournalEntryDocument]:
    """Changes of everything that is audited, the newest first."""
    after = paging.after(int)
    query = Wanted(wanted.object_kind, wanted.object_id, wanted.actor, wanted.request_id, wanted.from_at, wanted.to_at)
    with database.read() as session:
        before = after[0] if after else None
        rows = store.listed(session, caller.tenant_id, query, before_number=before, limit=paging.fetch)
    return page_of(paging, rows, key=lambda row: (row.number,), document=_document)


@router.get("/v1/audit/checkpoint")
def get_checkpoint(
    caller: Verifier, database: Db, settings: AppSettings, machine_now_ms: MachineNowMs
) -> CheckpointDocument:
    """Where the tenant's chains stand now, signed: whoever keeps this can tell later whether the record was changed."""
    with database.read() as session:
        states = logic.states(session, caller.tenant_id)
    return CheckpointDocument.model_validate(make_checkpoint(logic.audit_key(settings), states, machine_now_ms))


def _document(entry: JournalEntry) -> JournalEntryDocument:
    return JournalEntryDocument(
        number=entry.number,
        at=entry.at_ms,
        actor=entry.actor,
        request_id=entry.request_id,
        address=entry.address,
        operation=entry.operation,
        object_kind=entry.object_kind,
        object_id=entry.object_id,
        before=None if entry.before is None else json.loads(entry.before),
        after=None if entry.after is None else json.loads(entry.after),
        reason=entry.reason,
        link=entry.link.hex(),
    )
