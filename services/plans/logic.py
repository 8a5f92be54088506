"""What is asked of the router: the lots that wait, with deadlines from their freshness, queued as a job."""

import json
import uuid
from collections.abc import Sequence
from typing import TypeVar

from sqlalchemy.orm import Session

from routing.document import write_problem
from routing.faults import Refused
from routing.validate import validate
from services.errors import FieldFault, InvalidInput
from services.fleet import logic as fleet
from services.fleet.tables import Hub, Truck
from services.lots import custody as lots
from services.lots.tables import Lot
from services.plans.building import (
    ETHYLENE_SENSITIVE,
    ETHYLENE_SOURCE,
    PlanningDay,
    WaitingLot,
    build_problem,
    deadline_of,
)
from services.plans.rides import ride_band_c
from services.plans.schemas import PlanRequest
from services.plans.tables import PlanJob
from services.readings.status import statuses
from services.readings.tables import FreshnessStatus
from telemetry.freshness.commodities import Catalogue
from telemetry.freshness.figures import Commodity
from telemetry.freshness.kinetics import loss_per_day

DAY_S = 86_400

Coded = TypeVar("Coded", Lot, Truck, Hub)


def request_plan(
    session: Session, tenant_id: uuid.UUID, request: PlanRequest, catalogue: Catalogue, *, by: str, now_ms: int
) -> PlanJob:
    """Build the problem as of now and queue it. Raises InvalidInput when there is nothing to plan, or it can't be."""
    waiting = _chosen("lots", lots.waiting(session, tenant_id), request.lots)
    trucks = _chosen("trucks", fleet.all_trucks(session, tenant_id), request.trucks)
    hubs = _chosen("hubs", fleet.all_hubs(session, tenant_id), request.hubs)
    villages = fleet.all_villages(session, tenant_id)
    known = statuses(session, tenant_id, "lot", [lot.id for lot in waiting])
    day = PlanningDay(now_ms=max(now_ms, request.starts_at or 0))
    queued = [
        waiting_lot(lot, known.get(lot.id), catalogue, ambient_c=request.ambient_c, now_ms=day.now_ms)
        for lot in waiting
    ]
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
            **request.model_dump(mode="json"),
            "deadlines": {lot.code: deadlines[lot.id].reason for lot in queued},
        },
        problem=json.loads(write_problem(problem)),
        created_by=by,
        created_at_ms=now_ms,
    )
    session.add(job)
    session.flush()
    return job


def waiting_lot(
    lot: Lot, status: FreshnessStatus | None, catalogue: Catalogue, *, ambient_c: float, now_ms: int
) -> WaitingLot:
    """A lot with its low-estimate lives: from its sensor where there is evidence, else assumed from its harvest on."""
    commodity = catalogue.commodity(lot.commodity_id)
    measured = status is not None and status.verdict != "unknown" and status.remaining_p10_s is not None
    at_reference_s = (
        status.remaining_p10_s
        if measured and status
        else _assumed_life_s(commodity, ambient_c, (now_ms - lot.harvested_at_ms) / 86_400_000)
    )
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


def _assumed_life_s(commodity: Commodity, ambient_c: float, days_since_harvest: float) -> int | None:
    # without a sensor the lot is taken to have stood at the day's temperature since it was harvested
    if not commodity.supported or commodity.reference_life_days is None:
        return None
    lost = loss_per_day(commodity, ambient_c) * max(0.0, days_since_harvest)
    return int(max(0.0, 1.0 - lost) * commodity.reference_life_days * DAY_S)


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
