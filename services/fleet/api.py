"""`/v1/villages`, `/v1/hubs` and `/v1/trucks`."""

from typing import Annotated

from fastapi import APIRouter, Query, Response
from sqlalchemy.orm import Session

from services.errors import Conflict, InvalidInput, NotFound, PreconditionFailed
from services.fleet import logic, store
from services.fleet.schemas import (
    HubChange,
    HubDocument,
    NewHub,
    NewTruck,
    NewVillage,
    TruckChange,
    TruckDocument,
    VillageChange,
    VillageDocument,
)
from services.fleet.tables import Hub, Truck, Village
from services.http.context import Db, NowMs
from services.http.etags import AnswerTag, ChangeTag
from services.http.fields import CodeText, Ref
from services.http.merge import merged
from services.http.paging import Page, Paging, page_of
from services.http.problems import answers
from services.identity.access import LIMITED, READERS, require
from services.identity.logic import Caller, Role
from services.identity.once import Once

router = APIRouter(tags=["fleet"])

Reader = Annotated[Caller, require(*READERS, shared=LIMITED)]
Editor = Annotated[Caller, require(Role.COORDINATOR)]
Code = Annotated[CodeText | None, Query(description="Only the one of this code.")]

CREATES = answers(Conflict, InvalidInput)
READS = answers(NotFound)
CHANGES = answers(NotFound, Conflict, PreconditionFailed, InvalidInput)
REMOVES = answers(NotFound, Conflict, PreconditionFailed)


@router.get("/v1/villages")
def list_villages(caller: Reader, database: Db, paging: Paging, code: Code = None) -> Page[VillageDocument]:
    """Collection points, by code."""
    with database.read() as session:
        rows = store.listed(
            session, caller.tenant_id, Village, after_code=paging.after_code(), limit=paging.fetch, code=code
        )
    return page_of(paging, rows, key=lambda row: (row.code,), document=VillageDocument.model_validate)


@router.post("/v1/villages", response_model=VillageDocument, status_code=201, responses=CREATES)
def create_village(
    new: NewVillage, caller: Editor, database: Db, now_ms: NowMs, once: Once
) -> VillageDocument | Response:
    """Add a collection point."""
    with database.write() as session:
        return once.answer(
            session,
            caller,
            lambda: VillageDocument.model_validate(logic.add_village(session, caller.tenant_id, new, now_ms)),
        )


@router.get("/v1/villages/{village}", responses=READS)
def get_village(village: Ref, caller: Reader, database: Db, tag: AnswerTag) -> VillageDocument:
    """One collection point."""
    with database.read() as session:
        document = VillageDocument.model_validate(logic.found(session, caller.tenant_id, Village, village))
    return tag.on(document)


@router.patch("/v1/villages/{village}", responses=CHANGES)
def change_village(
    village: Ref, change: VillageChange, caller: Editor, database: Db, tag: ChangeTag
) -> VillageDocument:
    """Change a collection point; members left out stay."""
    with database.write() as session:
        row = logic.found(session, caller.tenant_id, Village, village)
        current = VillageDocument.model_validate(row)
        tag.demand(current)
        logic.change(session, row, merged(NewVillage, current, change).columns())
        document = VillageDocument.model_validate(row)
    return tag.on(document)


@router.delete("/v1/villages/{village}", status_code=204, responses=REMOVES)
def remove_village(village: Ref, caller: Editor, database: Db, tag: ChangeTag) -> None:
    """Remove a collection point that has no lots."""
    with database.write() as session:
        row = logic.found(session, caller.tenant_id, Village, village)
        tag.demand(VillageDocument.model_validate(row))
        logic.remove(session, row)


@router.get("/v1/hubs")
def list_hubs(caller: Reader, database: Db, paging: Paging, code: Code = None) -> Page[HubDocument]:
    """Export hubs and packing houses, by code."""
    with database.read() as session:
        rows = store.listed(
            session, caller.tenant_id, Hub, after_code=paging.after_code(), limit=paging.fetch, code=code
        )
    return page_of(paging, rows, key=lambda row: (row.code,), document=HubDocument.model_validate)


@router.post("/v1/hubs", response_model=HubDocument, status_code=201, responses=CREATES)
def create_hub(new: NewHub, caller: Editor, database: Db, now_ms: NowMs, once: Once) -> HubDocument | Response:
    """Add a hub."""
    with database.write() as session:
        return once.answer(
            session, caller, lambda: HubDocument.model_validate(logic.add_hub(session, caller.tenant_id, new, now_ms))
        )


@router.get("/v1/hubs/{hub}", responses=READS)
def get_hub(hub: Ref, caller: Reader, database: Db, tag: AnswerTag) -> HubDocument:
    """One hub."""
    with database.read() as session:
        document = HubDocument.model_validate(logic.found(session, caller.tenant_id, Hub, hub))
    return tag.on(document)


@router.patch("/v1/hubs/{hub}", responses=CHANGES)
def change_hub(hub: Ref, change: HubChange, caller: Editor, database: Db, tag: ChangeTag) -> HubDocument:
    """Change a hub; members left out stay."""
    with database.write() as session:
        row = logic.found(session, caller.tenant_id, Hub, hub)
        current = HubDocument.model_validate(row)
        tag.demand(current)
        logic.change(session, row, merged(NewHub, current, change).columns())
        document = HubDocument.model_validate(row)
    return tag.on(document)


@router.delete("/v1/hubs/{hub}", status_code=204, responses=REMOVES)
def remove_hub(hub: Ref, caller: Editor, database: Db, tag: ChangeTag) -> None:
    """Remove a hub that no truck, run, lot or shipment knows."""
    with database.write() as session:
        row = logic.found(session, caller.tenant_id, Hub, hub)
        tag.demand(HubDocument.model_validate(row))
        logic.remove(session, row)


@router.get("/v1/trucks")
def list_trucks(caller: Reader, database: Db, paging: Paging, code: Code = None) -> Page[TruckDocument]:
    """Trucks, by code."""
    with database.read() as session:
        rows = store.listed(
            session, caller.tenant_id, Truck, after_code=paging.after_code(), limit=paging.fetch, code=code
        )
        homes = logic.codes(session, caller.tenant_id, Hub, [row.home_hub_id for row in rows])
    return page_of(
        paging, rows, key=lambda row: (row.code,), document=lambda row: truck_document(row, homes[row.home_hub_id])
    )


@router.post("/v1/trucks", response_model=TruckDocument, status_code=201, responses=CREATES)
def create_truck(new: NewTruck, caller: Editor, database: Db, now_ms: NowMs, once: Once) -> TruckDocument | Response:
    """Add a truck."""
    with database.write() as session:
        return once.answer(
            session,
            caller,
            lambda: truck_document(logic.add_truck(session, caller.tenant_id, new, now_ms), new.home_hub),
        )


@router.get("/v1/trucks/{truck}", responses=READS)
def get_truck(truck: Ref, caller: Reader, database: Db, tag: AnswerTag) -> TruckDocument:
    """One truck."""
    with database.read() as session:
        document = _shown(session, caller, logic.found(session, caller.tenant_id, Truck, truck))
    return tag.on(document)


@router.patch("/v1/trucks/{truck}", responses=CHANGES)
def change_truck(truck: Ref, change: TruckChange, caller: Editor, database: Db, tag: ChangeTag) -> TruckDocument:
    """Change a truck; members left out stay."""
    with database.write() as session:
        row = logic.found(session, caller.tenant_id, Truck, truck)
        current = _shown(session, caller, row)
        tag.demand(current)
        after = merged(NewTruck, current, change)
        logic.change(session, row, logic.truck_columns(session, caller.tenant_id, after))
        document = truck_document(row, after.home_hub)
    return tag.on(document)


@router.delete("/v1/trucks/{truck}", status_code=204, responses=REMOVES)
def remove_truck(truck: Ref, caller: Editor, database: Db, tag: ChangeTag) -> None:
    """Remove a truck that has driven no run."""
    with database.write() as session:
        row = logic.found(session, caller.tenant_id, Truck, truck)
        tag.demand(_shown(session, caller, row))
        logic.remove(session, row)


def truck_document(truck: Truck, home_hub: str) -> TruckDocument:
    """A truck with its home hub's code."""
    return TruckDocument.model_validate({**vars(truck), "home_hub": home_hub})


def _shown(session: Session, caller: Caller, truck: Truck) -> TruckDocument:
    homes = logic.codes(session, caller.tenant_id, Hub, [truck.home_hub_id])
    return truck_document(truck, homes[truck.home_hub_id])
