"""What a published plan becomes: runs with stops, driven, loaded and delivered."""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from services.errors import Conflict, NotFound
from services.fleet import logic as fleet
from services.lots import custody as lots
from services.plans import queue, store
from services.plans.building import ZONE
from services.plans.tables import Plan, Run, RunStop

OPEN_STOP = ("assigned", "driving", "arrived")
"""A stop in one of these states is still to be made."""


def publish(session: Session, tenant_id: uuid.UUID, plan_id: uuid.UUID, version: int, now_ms: int) -> Plan:
    """Turn a draft into runs. Raises Conflict when it was changed meanwhile, or a lot stands on another run already."""
    plan = store.plan(session, tenant_id, plan_id, lock=True)
    if plan is None:
        raise NotFound("There is no such plan.")
    if plan.version != version:
        raise Conflict(f"The plan is at version {plan.version} now, not {version}: read it again, then publish.")
    if plan.state != "draft":
        raise Conflict(f"The plan is {plan.state} already.")
    document = plan.document["plan"]
    zero_ms = plan.document["time_zero_ms"]
    trucks = {truck.code: truck.id for truck in fleet.all_trucks(session, tenant_id)}
    hubs = {hub.code: hub.id for hub in fleet.all_hubs(session, tenant_id)}
    by_code = {lot.code: lot for lot in lots.waiting(session, tenant_id)}
    codes = [stop["pickup"] for route in document["routes"] for stop in route["stops"] if stop["kind"] == "pickup"]
    gone = [code for code in codes if code not in by_code]
    if gone:
        raise Conflict(f"No longer waiting: {', '.join(gone[:10])}. Plan again with what waits now.")
    for route in document["routes"]:
        for number, trip in enumerate(trips(route["stops"]), start=1):
            run = new_run(plan, route["truck"], number, trip, trucks, hubs, zero_ms)
            session.add(run)
            # the stops point at the run, and there is no relationship that would order the inserts
            session.flush()
            session.add_all(_stops(run, trip, by_code, zero_ms))
    try:
        session.flush()
    except IntegrityError as error:
        raise Conflict("A lot of this plan stands on another run already: plan again.") from error
    lots.mark_planned(session, tenant_id, [by_code[code].id for code in codes])
    plan.state, plan.version, plan.published_at_ms = "published", plan.version + 1, now_ms
    queue.tell_plan(session, plan, now_ms)
    return plan


def trips(stops: Sequence[Mapping[str, Any]]) -> Iterator[list[Mapping[str, Any]]]:
    """The stops of a route cut after each unloading; what comes after the last is the way home."""
    trip: list[Mapping[str, Any]] = []
    for stop in stops:
        trip.append(stop)
        if stop["kind"] == "unload":
            yield trip
            trip = []


def new_run(
    plan: Plan,
    truck: str,
    number: int | str,
    trip: Sequence[Mapping[str, Any]],
    trucks: Mapping[str, uuid.UUID],
    hubs: Mapping[str, uuid.UUID],
    zero_ms: int,
) -> Run:
    """A run of ``plan`` for one trip; ``number`` tells a truck's runs apart."""
    day = datetime.fromtimestamp(zero_ms / 1000, ZONE)
    return Run(
        id=uuid.uuid4(),
        tenant_id=plan.tenant_id,
        code=f"{day:%Y%m%d}-{truck}-{number}-{plan.id.hex[:4]}",
        plan_id=plan.id,
        truck_id=trucks[truck],
        hub_id=hubs[trip[-1]["hub"]],
        departs_at_ms=zero_ms + trip[0]["depart_s"] * 1000,
        arrives_at_ms=zero_ms + trip[-1]["arrival_s"] * 1000,
        distance_m=sum(stop["distance_m"] for stop in trip),
    )


def _stops(run: Run, trip: Sequence[Mapping[str, Any]], by_code: Mapping[str, Any], zero_ms: int) -> list[RunStop]:
    pickups = [stop for stop in trip if stop["kind"] == "pickup"]
    return [
        RunStop(
            tenant_id=run.tenant_id,
            run_id=run.id,
            position=position,
            lot_id=by_code[stop["pickup"]].id,
            arrives_at_ms=zero_ms + stop["arrival_s"] * 1000,
            departs_at_ms=zero_ms + stop["depart_s"] * 1000,
        )
        for position, stop in enumerate(pickups, start=1)
    ]


def depart_run(session: Session, tenant_id: uuid.UUID, run_id: uuid.UUID, at_ms: int) -> Run:
    """The truck has left its start. Doing it twice changes nothing."""
    run = store.run(session, tenant_id, run_id, lock=True)
    if run is None:
        raise NotFound("There is no such run.")
    if run.state in {"delivered", "cancelled"}:
        raise Conflict(f"The run is {run.state} already.")
    if run.departed_at_ms is None:
        run.state, run.departed_at_ms = "driving", at_ms
    return run


def near_stop(session: Session, tenant_id: uuid.UUID, run_id: uuid.UUID, position: int, state: str, at_ms: int) -> Run:
    """The truck is `driving` to a stop or has `arrived` there. What was made already stays as it is."""
    run, stop = _open_stop(session, tenant_id, run_id, position, state)
    if stop.state in OPEN_STOP:
        stop.state = state
        if state == "arrived" and stop.arrived_at_ms is None:
            stop.arrived_at_ms = at_ms
        _on_the_road(run, at_ms)
    return run


def load_stop(
    session: Session,
    tenant_id: uuid.UUID,
    run_id: uuid.UUID,
    position: int,
    at_ms: int,
    *,
    weight_g: int | None = None,
    crates: int | None = None,
) -> Run:
    """The lot of a stop is on the truck, with what it weighs where it was weighed. Doing it twice changes nothing."""
    run, stop = _open_stop(session, tenant_id, run_id, position, "loaded")
    if stop.state in OPEN_STOP:
        stop.state, stop.done_at_ms = "loaded", at_ms
        stop.loaded_weight_g, stop.loaded_crates = weight_g, crates
        lots.mark_loaded(session, tenant_id, stop.lot_id, run.truck_id, at_ms, weight_g=weight_g, crates=crates)
        _on_the_road(run, at_ms)
    return run


def skip_stop(session: Session, tenant_id: uuid.UUID, run_id: uuid.UUID, position: int, reason: str, at_ms: int) -> Run:
    """The stop is left out and its lot waits again, free for another plan."""
    run, stop = _open_stop(session, tenant_id, run_id, position, "skipped")
    if stop.state in OPEN_STOP:
        stop.state, stop.done_at_ms, stop.reason = "skipped", at_ms, reason
        lots.mark_waiting(session, tenant_id, stop.lot_id)
    return run


def _open_stop(
    session: Session, tenant_id: uuid.UUID, run_id: uuid.UUID, position: int, becomes: str
) -> tuple[Run, RunStop]:
    run = store.run(session, tenant_id, run_id, lock=True)
    stop = store.stop(session, tenant_id, run_id, position)
    if run is None or stop is None:
        raise NotFound("There is no such stop on a run of yours.")
    if run.state in {"delivered", "cancelled"}:
        raise Conflict(f"The run has been {run.state}; its stops can't change any more.")
    if stop.state not in {*OPEN_STOP, becomes}:
        raise Conflict(f"The stop is {stop.state} already.")
    return run, stop


def _on_the_road(run: Run, at_ms: int) -> None:
    run.state = "driving"
    if run.departed_at_ms is None:
        run.departed_at_ms = min(run.departs_at_ms, at_ms)


def deliver_run(session: Session, tenant_id: uuid.UUID, run_id: uuid.UUID, at_ms: int) -> Run:
    """The truck has unloaded at its hub: all that it loaded is received there. Doing it twice changes nothing."""
    run = store.run(session, tenant_id, run_id, lock=True)
    if run is None:
        raise NotFound("There is no such run.")
    if run.state == "delivered":
        return run
    stops = store.stops(session, tenant_id, [run_id])
    waiting = [stop.position for stop in stops if stop.state in OPEN_STOP]
    if waiting:
        raise Conflict(f"Stops {', '.join(map(str, waiting))} are neither loaded nor skipped: say which, then deliver.")
    lots.mark_received(session, tenant_id, [stop.lot_id for stop in stops if stop.state == "loaded"], run.hub_id, at_ms)
    run.state, run.arrived_at_ms = "delivered", at_ms
    return run
