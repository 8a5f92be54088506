"""`/v1/declarations`."""

import uuid
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query, Response
from sqlalchemy.orm import Session

from services.errors import Conflict, InvalidInput, NotFound, PreconditionFailed
from services.fleet import logic as fleet
from services.fleet.tables import Village
from services.http.context import Commodities, Db, NowMs
from services.http.etags import AnswerTag, ChangeTag
from services.http.paging import Page, Paging, page_of
from services.http.problems import answers
from services.identity.access import READERS, require
from services.identity.logic import Caller, Role
from services.identity.once import Once
from services.lots import declarations, logic, store
from services.lots.schemas import (
    DeclarationChange,
    DeclarationDocument,
    DeclarationQuery,
    NewDeclaration,
    Withdrawal,
)
from services.lots.tables import HarvestDeclaration

router = APIRouter(tags=["harvest declarations"])

Reader = Annotated[Caller, require(*READERS, own=(Role.GROWER,))]
Editor = Annotated[Caller, require(Role.COORDINATOR, own=(Role.GROWER,))]


@router.get("/v1/declarations")
def list_declarations(
    caller: Reader, database: Db, paging: Paging, wanted: Annotated[DeclarationQuery, Query()]
) -> Page[DeclarationDocument]:
    """Declared harvests, by day."""
    with database.read() as session:
        village_id = None
        if wanted.village is not None:
            village_id = fleet.named(session, caller.tenant_id, Village, wanted.village, "/query/village").id
        rows = store.declarations(
            session,
            caller.tenant_id,
            wanted,
            village_id=village_id,
            after=paging.after(date.fromisoformat, uuid.UUID),
            limit=paging.fetch,
            scope=caller.scope,
        )
        shown = declarations.documents(session, caller.tenant_id, rows)
    return page_of(paging, shown, key=lambda row: (row.harvest_on.isoformat(), row.id), document=lambda row: row)


@router.post("/v1/declarations", response_model=DeclarationDocument, status_code=201, responses=answers(InvalidInput))
def declare_harvest(
    new: NewDeclaration, caller: Editor, database: Db, now_ms: NowMs, commodities: Commodities, once: Once
) -> DeclarationDocument | Response:
    """A village says what it will harvest on a day, and how sure it is."""
    with database.write() as session:

        def make() -> DeclarationDocument:
            logic.demand_own_village(new.village, caller.scope)
            logic.demand_commodity(commodities, new.commodity_id, "/commodity_id")
            declared = declarations.declare(session, caller.tenant_id, new, by=caller.name, now_ms=now_ms)
            return _document(session, caller, declared)

        return once.answer(session, caller, make)


@router.get("/v1/declarations/{declaration_id}", responses=answers(NotFound))
def get_declaration(declaration_id: uuid.UUID, caller: Reader, database: Db, tag: AnswerTag) -> DeclarationDocument:
    """One declared harvest."""
    with database.read() as session:
        declared = store.declaration(session, caller.tenant_id, declaration_id, scope=caller.scope)
        if declared is None:
            raise NotFound("There is no such declaration.")
        return tag.on(_document(session, caller, declared))


@router.patch(
    "/v1/declarations/{declaration_id}", responses=answers(NotFound, Conflict, PreconditionFailed, InvalidInput)
)
def change_declaration(
    declaration_id: uuid.UUID, change: DeclarationChange, caller: Editor, database: Db, now_ms: NowMs, tag: ChangeTag
) -> DeclarationDocument:
    """Change an open declaration; members left out stay."""
    with database.write() as session:
        declared = declarations.found(session, caller.tenant_id, declaration_id, caller.scope)
        tag.demand(_document(session, caller, declared))
        declarations.change(session, declared, change, now_ms)
        return tag.on(_document(session, caller, declared))


@router.post("/v1/declarations/{declaration_id}/withdraw", responses=answers(NotFound, Conflict))
def withdraw_declaration(
    declaration_id: uuid.UUID, withdrawal: Withdrawal, caller: Editor, database: Db, now_ms: NowMs
) -> DeclarationDocument:
    """There will be no such harvest; sourcing counts on it no more."""
    with database.write() as session:
        declared = declarations.found(session, caller.tenant_id, declaration_id, caller.scope)
        declarations.withdraw(session, declared, withdrawal.reason, now_ms)
        return _document(session, caller, declared)


def _document(session: Session, caller: Caller, declared: HarvestDeclaration) -> DeclarationDocument:
    return declarations.documents(session, caller.tenant_id, [declared])[0]
