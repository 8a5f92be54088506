"""`/v1/commodities`: the catalogue with its sources, and a tenant's own figures."""

from typing import Annotated

from fastapi import APIRouter, Path, Response

from services.errors import Conflict, InvalidInput, NotFound
from services.evidence import ledger_store, overriding
from services.evidence.commodity_schemas import (
    CommodityDetail,
    CommodityList,
    NewOverride,
    OverrideDocument,
    OverrideList,
)
from services.evidence.figures import OwnFigures
from services.http.context import Commodities, Db, NowMs
from services.http.problems import answers
from services.identity.access import LIMITED, READERS, require
from services.identity.logic import Caller, Role
from services.identity.once import Once

router = APIRouter(tags=["commodities"])

Reader = Annotated[Caller, require(*READERS, shared=LIMITED)]
Editor = Annotated[Caller, require(Role.COORDINATOR)]
CommodityRef = Annotated[str, Path(pattern=r"^[a-z0-9_]{1,32}$", description="Its `commodity_id`.")]


@router.get("/v1/commodities")
def list_commodities(caller: Reader, database: Db, catalogue: Commodities) -> CommodityList:
    """Every commodity at its export stage, with the tenant's own figures in place."""
    with database.read() as session:
        figures = OwnFigures.of(catalogue, ledger_store.overrides(session, caller.tenant_id))
    return CommodityList(
        items=[overriding.document(figures, name) for name in catalogue.commodity_ids],
        catalogue_sha256=catalogue.sha256,
    )


@router.get("/v1/commodities/{commodity}", responses=answers(NotFound))
def get_commodity(commodity: CommodityRef, caller: Reader, database: Db, catalogue: Commodities) -> CommodityDetail:
    """One commodity with every published figure, its source, and how each parameter was chosen."""
    with database.read() as session:
        overriding.known(catalogue, commodity)
        return overriding.detail(OwnFigures.of(catalogue, ledger_store.overrides(session, caller.tenant_id)), commodity)


@router.get("/v1/commodities/{commodity}/overrides", responses=answers(NotFound))
def list_overrides(commodity: CommodityRef, caller: Reader, database: Db, catalogue: Commodities) -> OverrideList:
    """Every version of the tenant's own figures of a commodity: who, when, why."""
    with database.read() as session:
        overriding.known(catalogue, commodity)
        rows = ledger_store.overrides(session, caller.tenant_id, commodity)
        return OverrideList(items=[OverrideDocument.model_validate(row) for row in rows])


@router.post(
    "/v1/commodities/{commodity}/overrides",
    response_model=OverrideDocument,
    status_code=201,
    responses=answers(NotFound, Conflict, InvalidInput),
)
def create_override(
    commodity: CommodityRef,
    new: NewOverride,
    caller: Editor,
    database: Db,
    now_ms: NowMs,
    catalogue: Commodities,
    once: Once,
) -> OverrideDocument | Response:
    """Put an own figure in the published one's place, or give it back; lots of the commodity are assessed anew."""
    with database.write() as session:

        def make() -> OverrideDocument:
            row = overriding.override(
                session,
                caller.tenant_id,
                catalogue,
                commodity,
                {new.parameter: new.value},
                by=caller.name,
                why=new.why,
                now_ms=now_ms,
            )[0]
            return OverrideDocument.model_validate(row)

        return once.answer(session, caller, make)
