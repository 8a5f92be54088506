"""`/v1/lots`."""

from typing import Annotated

from fastapi import APIRouter, Query, Response
from sqlalchemy.orm import Session

from services.errors import Conflict, InvalidInput, NotFound, PreconditionFailed
from services.fleet import logic as fleet
from services.fleet.tables import Village
from services.http.context import Commodities, Db, NowMs
from services.http.etags import AnswerTag, ChangeTag
from services.http.fields import Ref
from services.http.paging import Page, Paging, page_of
from services.http.problems import answers
from services.identity.access import READERS, require
from services.identity.logic import Caller, Role
from services.identity.once import Once
from services.lots import logic, store
from services.lots.schemas import LotChange, LotDocument, LotQuery, NewLot, Withdrawal
from services.lots.tables import Lot
from services.readings.schemas import LotFreshnessDocument, freshness, measured
from services.readings.status import shown_at

router = APIRouter(tags=["lots"])

Reader = Annotated[Caller, require(*READERS, own=(Role.GROWER,))]
Editor = Annotated[Caller, require(Role.COORDINATOR, own=(Role.GROWER,))]
Coordinator = Annotated[Caller, require(Role.COORDINATOR)]


@router.get("/v1/lots")
def list_lots(
    caller: Reader, database: Db, now_ms: NowMs, paging: Paging, wanted: Annotated[LotQuery, Query()]
) -> Page[LotDocument]:
    """Lots with their freshness, by code."""
    with database.read() as session:
        village_id = None
        if wanted.village is not None:
            village_id = fleet.named(session, caller.tenant_id, Village, wanted.village, "/query/village").id
        rows = store.listed(
            session,
            caller.tenant_id,
            now_ms=now_ms,
            after_code=paging.after_code(),
            limit=paging.fetch,
            state=wanted.state,
            village_id=village_id,
            verdict=wanted.verdict,
            code=wanted.code,
            scope=caller.scope,
        )
        shown = logic.documents(session, caller.tenant_id, rows, now_ms)
    return page_of(paging, shown, key=lambda lot: (lot.code,), document=lambda lot: lot)


@router.post("/v1/lots", response_model=LotDocument, status_code=201, responses=answers(Conflict, InvalidInput))
def create_lot(
    new: NewLot, caller: Editor, database: Db, now_ms: NowMs, commodities: Commodities, once: Once
) -> LotDocument | Response:
    """Add a lot that waits in its village."""
    with database.write() as session:

        def make() -> LotDocument:
            logic.demand_own_village(new.village, caller.scope)
            lot = logic.add_lot(session, caller.tenant_id, new, commodities, now_ms)
            return _document(session, caller, lot, now_ms)

        return once.answer(session, caller, make)


@router.get("/v1/lots/{lot}", responses=answers(NotFound))
def get_lot(lot: Ref, caller: Reader, database: Db, now_ms: NowMs, tag: AnswerTag) -> LotDocument:
    """One lot with its freshness."""
    with database.read() as session:
        return tag.on(_document(session, caller, logic.found(session, caller.tenant_id, lot, caller.scope), now_ms))


@router.patch("/v1/lots/{lot}", responses=answers(NotFound, Conflict, PreconditionFailed, InvalidInput))
def change_lot(lot: Ref, change: LotChange, caller: Editor, database: Db, now_ms: NowMs, tag: ChangeTag) -> LotDocument:
    """Set right what was entered of a lot that waits; members left out stay."""
    with database.write() as session:
        row = logic.found(session, caller.tenant_id, lot, caller.scope)
        tag.demand(_document(session, caller, row, now_ms))
        logic.change(session, row, change)
        return tag.on(_document(session, caller, row, now_ms))


@router.post("/v1/lots/{lot}/withdraw", responses=answers(NotFound, Conflict))
def withdraw_lot(lot: Ref, withdrawal: Withdrawal, caller: Coordinator, database: Db, now_ms: NowMs) -> LotDocument:
    """Take a lot back that still waits; it is planned no more."""
    with database.write() as session:
        withdrawn = logic.withdraw(session, caller.tenant_id, lot, withdrawal.reason, now_ms)
        return _document(session, caller, withdrawn, now_ms)


@router.get("/v1/lots/{lot}/freshness", responses=answers(NotFound))
def get_lot_freshness(lot: Ref, caller: Reader, database: Db, now_ms: NowMs) -> LotFreshnessDocument:
    """How fresh a lot is, on which evidence, and why."""
    with database.read() as session:
        row, status = logic.with_status(
            session, caller.tenant_id, logic.found(session, caller.tenant_id, lot, caller.scope)
        )
    shown = shown_at(status, now_ms)
    return LotFreshnessDocument.model_validate(
        freshness(shown, row.id, row.code) | {"commodity_id": row.commodity_id, "measured": measured(shown)}
    )


def _document(session: Session, caller: Caller, lot: Lot, now_ms: int) -> LotDocument:
    row = logic.with_status(session, caller.tenant_id, lot)
    return logic.documents(session, caller.tenant_id, [row], now_ms)[0]
