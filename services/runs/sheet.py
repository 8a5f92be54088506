"""A run's sheet: all that a driver needs to know of it, for the phone and for the printed page."""

import uuid
from typing import Annotated, Literal

from pydantic import Field
from sqlalchemy.orm import Session

from services.errors import NotFound
from services.fleet import logic as fleet
from services.fleet.tables import Hub, Village
from services.http.fields import Document, Instant, example
from services.lots import custody as lots
from services.plans.rides import set_point_c
from services.runs import store
from services.runs.schemas import SheetDocument
from telemetry.freshness.commodities import Catalogue

PLACE = {"code": "KLG-01", "name": "Klaeng", "name_th": "แกลง", "latitude": 12.7797, "longitude": 101.6483}
STOP = {
    "position": 1,
    "lot": "LOT-20261123-017",
    "produce_en": "Durian",
    "produce_th": "ทุเรียน",
    "grade": "A",
    "weight_g": 420_000,
    "crates": 28,
    "village": PLACE,
    "arrives_at": "2026-11-23T02:20:00Z",
    "departs_at": "2026-11-23T02:35:00Z",
    "state": "loaded",
    "arrived_at": "2026-11-23T02:24:00Z",
    "done_at": "2026-11-23T02:41:00Z",
    "loaded_weight_g": 405_000,
    "loaded_crates": 27,
    "reason": "One crate was bruised.",
}
VERSION = {"version": 2, "reason": "LOT-7 warms up.", "lines": ["LOT-7: …"], "created_at": "2026-11-23T02:10:30Z"}


class PlaceDocument(Document):
    """A village or hub, and where it is."""

    model_config = example(PLACE)

    code: str
    name: str
    name_th: str | None
    latitude: float
    longitude: float


class SheetStop(Document):
    """A pick-up: where, when, and what is to be loaded; `weight_g` and `crates` are as the village declared them."""

    model_config = example(STOP)

    position: int
    lot: str
    produce_en: str
    produce_th: str
    grade: str | None
    weight_g: int
    crates: int
    village: PlaceDocument
    arrives_at: Instant
    departs_at: Instant
    state: Literal["assigned", "driving", "arrived", "loaded", "skipped"]
    arrived_at: Instant | None
    done_at: Instant | None
    loaded_weight_g: int | None
    loaded_crates: int | None
    reason: str | None


class RunSheetDocument(Document):
    """A run as its driver sees it; `changes` are the later versions of the sheet, the newest last."""

    model_config = example(
        {
            "run_id": "5a2f0f4e-9c7d-4a58-9f31-0b7f3c2d1e97",
            "code": "20261123-TRK-7-1-9f31",
            "truck": "TRK-7",
            "state": "delivered",
            "version": 2,
            "set_point_c": 14.0,
            "distance_m": 182_000,
            "departs_at": "2026-11-23T01:00:00Z",
            "departed_at": "2026-11-23T01:05:00Z",
            "arrives_at": "2026-11-23T07:40:00Z",
            "arrived_at": "2026-11-23T07:52:00Z",
            "hub": PLACE | {"code": "LCB", "name": "Laem Chabang", "name_th": "แหลมฉบัง"},
            "stops": [STOP],
            "changes": [VERSION],
        }
    )

    run_id: uuid.UUID
    code: str
    truck: str
    state: Literal["assigned", "driving", "delivered", "cancelled"]
    version: Annotated[int, Field(ge=1)]
    set_point_c: Annotated[float | None, Field(description="What the unit is set to; null: an ambient truck.")]
    distance_m: int
    departs_at: Instant
    departed_at: Instant | None
    arrives_at: Instant
    arrived_at: Instant | None
    hub: PlaceDocument
    stops: list[SheetStop]
    changes: list[SheetDocument]


def sheet_of(session: Session, tenant_id: uuid.UUID, run_id: uuid.UUID, catalogue: Catalogue) -> RunSheetDocument:
    """The sheet of a run as it is now. Raises NotFound."""
    run = store.run(session, tenant_id, run_id)
    if run is None:
        raise NotFound("There is no such run.")
    truck = next(one for one in fleet.all_trucks(session, tenant_id) if one.id == run.truck_id)
    hub = next(one for one in fleet.all_hubs(session, tenant_id) if one.id == run.hub_id)
    villages = {one.id: one for one in fleet.all_villages(session, tenant_id)}
    rows = store.stops(session, tenant_id, run_id)
    collected = lots.by_ids(session, tenant_id, [stop.lot_id for stop in rows])
    aboard = [catalogue.commodity(collected[stop.lot_id].commodity_id) for stop in rows if stop.state != "skipped"]
    stops = []
    for stop in rows:
        lot = collected[stop.lot_id]
        commodity = catalogue.commodity(lot.commodity_id)
        stops.append(
            SheetStop(
                position=stop.position,
                lot=lot.code,
                produce_en=commodity.name_en,
                produce_th=commodity.name_th,
                grade=lot.grade,
                weight_g=lot.weight_g,
                crates=lot.crates,
                village=_place(villages[lot.village_id]),
                arrives_at=stop.arrives_at_ms,
                departs_at=stop.departs_at_ms,
                state=stop.state,
                arrived_at=stop.arrived_at_ms,
                done_at=stop.done_at_ms,
                loaded_weight_g=stop.loaded_weight_g,
                loaded_crates=stop.loaded_crates,
                reason=stop.reason,
            )
        )
    return RunSheetDocument(
        run_id=run.id,
        code=run.code,
        truck=truck.code,
        state=run.state,
        version=run.sheet_version,
        set_point_c=set_point_c(truck, aboard),
        distance_m=run.distance_m,
        departs_at=run.departs_at_ms,
        departed_at=run.departed_at_ms,
        arrives_at=run.arrives_at_ms,
        arrived_at=run.arrived_at_ms,
        hub=_place(hub),
        stops=stops,
        changes=[SheetDocument.model_validate(row) for row in store.sheets(session, tenant_id, run_id)],
    )


def _place(row: Village | Hub) -> PlaceDocument:
    name_th = row.name_th if isinstance(row, Village) else None
    return PlaceDocument(code=row.code, name=row.name, name_th=name_th, latitude=row.latitude, longitude=row.longitude)
