"""What is asked of the router: the lots that wait, with deadlines from their freshness, queued as a job."""

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from sqlalchemy.orm import Session

from routing.document import write_problem
from routing.faults import Refused
from routing.validate import validate
from services.demand.tables import Demand
from services.errors import FieldFault, InvalidInput
from services.fleet import logic as fleet
from services.fleet.tables import Hub, Truck
from services.lots import custody as lots
from services.lots.declarations import local_day
from services.lots.lives import life_left_s
from services.lots.tables import Lot
from services.plans import queue
from services.plans.building import (
    ETHYLENE_SENSITIVE,
    ETHYLENE_SOURCE,
    PlanningDay,
    WaitingLot,
    build_problem,
    deadline_of,
)
from services.plans.rides import ride_band_c
from services.plans.schemas import PlanRequest, Scenario
from services.plans.tables import PlanJob
from services.readings.status import statuses
from services.readings.tables import FreshnessStatus
from services.sourcing.building import way_loss_s
from services.sourcing.logic import Promise, promises
from telemetry.freshness.commodities import Catalogue
from telemetry.freshness.figures import Commodity
from telemetry.freshness.kinetics import loss_per_day

Coded = TypeVar("Coded", Lot, Truck, Hub)


def request_plan(
    session: Session, tenant_id: uuid.UUID, request: PlanRequest, catalogue: Catalogue, *, by: str, now_ms: int
) -> PlanJob:
    """Build the problem as of now and queue it. Raises InvalidInput when there is nothing to plan, or it can't be."""
    asked = request
    request = under(request)
    waiting = _chosen("lots", lots.waiting(session, tenant_id), request.lots)
    trucks = _chosen("trucks", fleet.all_trucks(session, tenant_id), request.trucks)
    hubs = _chosen("hubs", fleet.all_hubs(session, tenant_id), request.hubs)
    scenario = request.scenario or Scenario(name="as asked")
    waiting = _without("without_lots", waiting, scenario.without_lots)
    trucks = _without("without_trucks", trucks, scenario.without_trucks)
    promised = promises(session, tenant_id, waiting, local_day(now_ms))
    if request.which == "sourced":
        waiting = [lot for lot in waiting if lot.id in promised]
        if not waiting:
            remedy = "Accept lines first: POST /v1/sourcing/{id}/decisions."
            raise InvalidInput(
                "There is nothing to plan.", faults=[FieldFault("/which", "no accepted lot waits.", remedy)]
            )
    villages = fleet.all_villages(session, tenant_id)
    known = statuses(session, tenant_id, "lot", [lot.id for lot in waiting])
    day = PlanningDay(
        now_ms=max(now_ms, request.starts_at or 0),
        later_cutoff_s=scenario.later_cutoff_min * 60,
        longer_shift_s=scenario.longer_shift_min * 60,
    )
    hub_codes = {hub.id: hub.code for hub in hubs}
    pinned = _pins(request, waiting, trucks)
    required = RequiredLives(catalogue)
    queued = []
    for lot in waiting:
        one = waiting_lot(lot, known.get(lot.id), catalogue, ambient_c=request.ambient_c, now_ms=day.now_ms)
        promise = promised.get(lot.id)
        if promise is not None:
            one = promised_lot(one, promise, hub_codes, required)
        queued.append(replace(one, truck=pinned.get(lot.code)))
    required_s = int(request.required_life_h * 3600)
    deadlines = {lot.id: deadline_of(lot, required_s, day.now_ms) for lot in queued}
    problem = build_problem(day, queued, villages, hubs, trucks, deadlines)
    try:
        validate(problem)
    except Refused as refused:
        faults = [FieldFault(f"/problem{fault.pointer}", fault.detail, fault.remedy) for fault in refused.faults]
        raise InvalidInput("The collection day can't be planned as it stands.", faults=faults) from refused
    job = PlanJob(
        id=uuid.uuid4(),
        tenant_id=tenant_id,
        request={
            **asked.model_dump(mode="json"),
            "deadlines": {lot.code: deadlines[lot.id].reason for lot in queued},
        },
        problem=json.loads(write_problem(problem)),
        created_by=by,
        created_at_ms=now_ms,
    )
    session.add(job)
    session.flush()
    queue.tell_job(session, job, now_ms)
    return job


def under(request: PlanRequest) -> PlanRequest:
    """The request with what its scenario puts in place of its own members."""
    changes = {
        name: value
        for name in ("starts_at", "required_life_h", "ambient_c")
        if request.scenario is not None and (value := getattr(request.scenario, name)) is not None
    }
    return request.model_copy(update=changes)


class RequiredLives:
    """What programmes require at their hub, reckoned once for each."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.known: dict[uuid.UUID, int] = {}

    def life_s(self, demand: Demand) -> int:
        """Life at the reference temperature that a lot for ``demand`` must have at the hub, seconds."""
        if demand.id not in self.known:
            commodity = self.catalogue.commodity(demand.commodity_id)
            way_s = way_loss_s(commodity, demand.transit_s, demand.transit_centi_c)
            self.known[demand.id] = way_s + demand.min_life_s
        return self.known[demand.id]


def promised_lot(
    lot: WaitingLot, promise: Promise, hub_codes: Mapping[uuid.UUID, str], required: RequiredLives
) -> WaitingLot:
    """The lot at the price, for the hub and with the required life of the programme that it was accepted for."""
    demand = promise.demand
    rest_satang = lot.value_satang * (lot.weight_g - promise.weight_g) // lot.weight_g
    return replace(
        lot,
        value_satang=rest_satang + promise.weight_g * demand.price_satang_per_kg // 1000,
        # where its hub is no part of the request, the lot goes where all go
        hub=hub_codes.get(demand.hub_id),
        required_life_s=required.life_s(demand),
        wanted_by=f"{demand.code}, {demand.destination}",
    )


def _pins(request: PlanRequest, waiting: Sequence[Lot], trucks: Sequence[Truck]) -> dict[str, str]:
    """The truck of each pinned lot that waits; a pin to a truck that is not there is refused."""
    there = {truck.code for truck in trucks}
    faults = [
        FieldFault(f"/pins/{index}/truck", f"{pin.truck!r} does not drive.", "Unpin the lot, or let the truck drive.")
        for index, pin in enumerate(request.pins or ())
        if pin.truck not in there
    ]
    if faults:
        raise InvalidInput("Some pins can't be kept.", faults=faults)
    codes = {lot.code for lot in waiting}
    return {pin.lot: pin.truck for pin in request.pins or () if pin.lot in codes}


def _without(name: str, having: Sequence[Coded], codes: Sequence[str] | None) -> Sequence[Coded]:
    known = {thing.code for thing in having}
    faults = [
        FieldFault(f"/scenario/{name}/{index}", f"{code!r} is no part of the request.", "Leave it out.")
        for index, code in enumerate(codes or ())
        if code not in known
    ]
    left = [thing for thing in having if thing.code not in (codes or ())]
    if not left and not faults:
        faults = [FieldFault(f"/scenario/{name}", "leaves nothing to plan.", "Take out fewer.")]
    if faults:
        raise InvalidInput("The scenario can't be planned.", faults=faults)
    return left


def waiting_lot(
    lot: Lot, status: FreshnessStatus | None, catalogue: Catalogue, *, ambient_c: float, now_ms: int
) -> WaitingLot:
    """A lot with its low-estimate lives: from its sensor where there is evidence, else assumed from its harvest on."""
    commodity = catalogue.commodity(lot.commodity_id)
    at_reference_s, measured = life_left_s(lot, status, commodity, ambient_c=ambient_c, now_ms=now_ms)
    return WaitingLot(
        id=lot.id,
        code=lot.code,
        village_id=lot.village_id,
        weight_g=lot.weight_g,
        crates=lot.crates,
        value_satang=lot.value_satang,
        ready_at_ms=lot.ready_at_ms,
        ride_band_c=ride_band_c(commodity),
        life_at_reference_s=at_reference_s,
        life_at_ambient_s=_at_ambient_s(commodity, at_reference_s, ambient_c),
        ambient_c=ambient_c,
        assumed=not measured,
        groups=_groups(commodity),
    )


def _at_ambient_s(commodity: Commodity, at_reference_s: int | None, ambient_c: float) -> int | None:
    if at_reference_s is None or commodity.reference_temperature_c is None:
        return None
    at_reference = loss_per_day(commodity, commodity.reference_temperature_c)
    return int(at_reference_s * at_reference / loss_per_day(commodity, ambient_c))


def _groups(commodity: Commodity) -> tuple[str, ...]:
    source = (ETHYLENE_SOURCE,) if commodity.ethylene_production in {"H", "VH"} else ()
    sensitive = (ETHYLENE_SENSITIVE,) if commodity.ethylene_sensitivity == "H" else ()
    # a fruit that is both would exclude itself
    return source or sensitive


def _chosen(name: str, having: Sequence[Coded], codes: Sequence[str] | None) -> Sequence[Coded]:
    by_code = {thing.code: thing for thing in having}
    if codes is not None:
        unknown = [(index, code) for index, code in enumerate(codes) if code not in by_code]
        if unknown:
            remedy = f"GET /v1/{name} lists them; lots must be waiting."
            raise InvalidInput(
                faults=[
                    FieldFault(f"/{name}/{index}", f"{code!r} can't be planned.", remedy) for index, code in unknown
                ]
            )
        return [by_code[code] for code in dict.fromkeys(codes)]
    if not having:
        what = "no lot waits" if name == "lots" else f"there are no {name}"
        raise InvalidInput(
            "There is nothing to plan.",
            faults=[FieldFault(f"/{name}", f"{what}.", f"Add {name} first: POST /v1/{name}.")],
        )
    return having
