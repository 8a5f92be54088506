"""`/v1/demands`."""

from typing import Annotated

from fastapi import APIRouter, Query, Response
from sqlalchemy.orm import Session

from services.demand import logic, store
from services.demand.schemas import DemandChange, DemandDocument, DemandQuery, DemandVersionDocument, NewDemand
from services.demand.tables import Demand
from services.errors import Conflict, InvalidInput, NotFound, PreconditionFailed
from services.http.context import Commodities, Db, NowMs
from services.http.etags import AnswerTag, ChangeTag
from services.http.fields import NumberRef, Ref
from services.http.paging import Page, Paging, page_of
from services.http.problems import answers
from services.identity.access import READERS, require
from services.identity.logic import Caller, Role
from services.identity.once import Once
from services.lots.schemas import Withdrawal

router = APIRouter(tags=["demand book"])

Reader = Annotated[Caller, require(*READERS, own=(Role.EXPORTER,))]
Editor = Annotated[Caller, require(Role.COORDINATOR, own=(Role.EXPORTER,))]


@router.get("/v1/demands")
def list_demands(
    caller: Reader, database: Db, paging: Paging, wanted: Annotated[DemandQuery, Query()]
) -> Page[DemandDocument]:
    """Buyers' programmes, by code."""
    with database.read() as session:
        rows = store.listed(
            session,
            caller.tenant_id,
            wanted,
            after_code=paging.after_code(),
            limit=paging.fetch,
            exporter=caller.scope.exporter,
        )
        shown = logic.documents(session, caller.tenant_id, rows)
    return page_of(paging, shown, key=lambda row: (row.code,), document=lambda row: row)


@router.post("/v1/demands", response_model=DemandDocument, status_code=201, responses=answers(Conflict, InvalidInput))
def create_demand(
    new: NewDemand, caller: Editor, database: Db, now_ms: NowMs, commodities: Commodities, once: Once
) -> DemandDocument | Response:
    """Write a buyer's programme into the book."""
    with database.write() as session:

        def make() -> DemandDocument:
            logic.demand_own_exporter(new.exporter, caller.scope)
            demand = logic.add(session, caller.tenant_id, new, commodities, by=caller.name, now_ms=now_ms)
            return _document(session, caller, demand)

        return once.answer(session, caller, make)


@router.get("/v1/demands/{demand}", responses=answers(NotFound))
def get_demand(demand: Ref, caller: Reader, database: Db, tag: AnswerTag) -> DemandDocument:
    """One programme as it stands."""
    with database.read() as session:
        return tag.on(_document(session, caller, logic.found(session, caller.tenant_id, demand, caller.scope)))


@router.patch("/v1/demands/{demand}", responses=answers(NotFound, Conflict, PreconditionFailed, InvalidInput))
def change_demand(
    demand: Ref,
    change: DemandChange,
    caller: Editor,
    database: Db,
    now_ms: NowMs,
    commodities: Commodities,
    tag: ChangeTag,
) -> DemandDocument:
    """Change a programme: a new version; those before stay readable."""
    with database.write() as session:
        row = logic.found(session, caller.tenant_id, demand, caller.scope, lock=True)
        tag.demand(_document(session, caller, row))
        logic.demand_own_exporter(
            change.exporter if "exporter" in change.model_fields_set else row.exporter, caller.scope
        )
        logic.change(session, row, change, commodities, by=caller.name, now_ms=now_ms)
        return tag.on(_document(session, caller, row))


@router.post("/v1/demands/{demand}/withdraw", responses=answers(NotFound, PreconditionFailed))
def withdraw_demand(
    demand: Ref, withdrawal: Withdrawal, caller: Editor, database: Db, now_ms: NowMs, tag: ChangeTag
) -> DemandDocument:
    """The buyer wants it no more; sourcing leaves it out, and its versions stay readable."""
    with database.write() as session:
        row = logic.found(session, caller.tenant_id, demand, caller.scope, lock=True)
        tag.demand(_document(session, caller, row))
        logic.withdraw(session, row, withdrawal.reason, by=caller.name, now_ms=now_ms)
        return tag.on(_document(session, caller, row))


@router.get("/v1/demands/{demand}/versions", responses=answers(NotFound))
def list_demand_versions(demand: Ref, caller: Reader, database: Db, paging: Paging) -> Page[DemandVersionDocument]:
    """What a programme said when, and who changed it; newest first."""
    seen = paging.after(int)
    with database.read() as session:
        row = logic.found(session, caller.tenant_id, demand, caller.scope)
        shown = logic.version_documents(
            session, caller.tenant_id, row, before=seen[0] if seen else None, limit=paging.fetch
        )
    return page_of(paging, shown, key=lambda version: (version.version,), document=lambda version: version)


@router.get("/v1/demands/{demand}/versions/{version}", responses=answers(NotFound))
def get_demand_version(demand: Ref, version: NumberRef, caller: Reader, database: Db) -> DemandVersionDocument:
    """A programme as it stood at that version."""
    with database.read() as session:
        row = logic.found(session, caller.tenant_id, demand, caller.scope)
        found = logic.version_documents(session, caller.tenant_id, row, before=min(version, row.version) + 1, limit=1)
    if not found or found[0].version != version:
        raise NotFound(f"The demand has no version {version}; its newest is {row.version}.")
    return found[0]


def _document(session: Session, caller: Caller, demand: Demand) -> DemandDocument:
    return logic.documents(session, caller.tenant_id, [demand])[0]
