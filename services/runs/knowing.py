"""A published plan as it is known now: its problem with deadlines renewed, how far trucks are, and what breaks it."""

import json
import math
import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from routing import Plan, Problem, read_plan, read_problem
from routing.problem import LoadedLot, Pickup, TemperatureRange, TimeWindow, Truck
from routing.travel import CIRCUITY_PERCENT, EARTH_RADIUS_M
from services.devices.subjects import SubjectKind
from services.devices.tables import SensorAssignment
from services.fleet import logic as fleet
from services.fleet.tables import Truck as TruckRow
from services.lots.declarations import local_day
from services.lots.tables import Lot
from services.plans.building import (
    Deadline,
    PlanningDay,
    WaitingLot,
    ambient_cost_per_h_satang,
    deadline_of,
    left_behind_satang,
)
from services.plans.driving import Driven
from services.plans.logic import RequiredLives, promised_lot, waiting_lot
from services.readings.status import shown_at, statuses
from services.readings.tables import FreshnessStatus, SensorLatest
from services.runs import store
from services.runs.causes import Break, LotNow, breaks
from services.runs.situation import Situation, TruckProgress, situation
from services.sourcing.logic import promises
from telemetry.freshness import Condition
from telemetry.freshness.commodities import Catalogue

ON_THE_WAY = ("planned", "loaded")
DEFAULT_AMBIENT_C = 32.0
DEFAULT_REQUIRED_LIFE_H = 72.0

POSITION_COUNTS_MS = 15 * 60_000
"""A truck's position, or what was measured on board, says nothing any more when it is older than this."""


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a plan at an instant: the problem as of now, where trucks are, and why it can't stay."""

    problem: Problem
    now: Situation
    now_s: int
    breaks: tuple[Break, ...]


def known(session: Session, driven: Driven, catalogue: Catalogue, now_ms: int) -> Known:
    """What is known of a published plan at ``now_ms``."""
    tenant_id = driven.plan.tenant_id
    problem, plan = in_force(session, driven)
    zero_ms = problem.time_zero_ms or 0
    now_s = (now_ms - zero_ms) // 1000
    lots = {lot.code: lot for lot in driven.lots.values()}
    on_the_way = {code: lot for code, lot in lots.items() if lot.state in ON_THE_WAY}
    told = statuses(session, tenant_id, "lot", [lot.id for lot in on_the_way.values()])
    asked = _asked(session, driven, on_the_way, told, catalogue, now_ms)
    deadlines = {code: deadline_of(one, _required_s(driven), now_ms) for code, one in asked.items()}
    windows = _hub_windows(session, tenant_id, zero_ms, now_ms)
    seen = _progress(session, driven, zero_ms)
    where = situation(plan, seen, now_s)
    heading = _headings(session, driven, problem, where, now_ms)
    if heading:
        where = situation(
            plan, {truck: replace(one, heading_s=heading.get(truck)) for truck, one in seen.items()}, now_s
        )
    air = _air_on_board(session, tenant_id, {lot.truck_id for lot in lots.values() if lot.truck_id}, now_ms)
    rides = {pickup.id: pickup.temperature for pickup in problem.pickups}
    lots_now = {
        code: LotNow(
            deadline_s=None if deadlines[code].at_ms is None else (int(deadlines[code].at_ms or 0) - zero_ms) // 1000,
            reason=deadlines[code].reason,
            warm=lot.state == "loaded" and _is_warm(told.get(lot.id), now_ms) and _is_hot(lot, rides.get(code), air),
        )
        for code, lot in on_the_way.items()
    }
    found = breaks(problem, where, lots_now, windows)
    renewed = _renewed(problem, lots, lots_now, Asked(asked, deadlines), windows, driven)
    return Known(renewed, where, now_s, tuple(found))


def in_force(session: Session, driven: Driven) -> tuple[Problem, Plan]:
    """The problem and the plan that drivers follow: those of the last repair applied, else the published ones."""
    applied = store.last_applied(session, driven.plan.tenant_id, driven.plan.id)
    if applied is not None:
        return read_problem(json.dumps(applied.problem)), read_plan(json.dumps(applied.plan))
    return read_problem(json.dumps(driven.job.problem)), read_plan(json.dumps(driven.plan.document["plan"]))


def _progress(session: Session, driven: Driven, zero_ms: int) -> dict[str, TruckProgress]:
    codes = fleet.codes(session, driven.plan.tenant_id, TruckRow, [run.truck_id for run in driven.runs])
    since_ms = store.in_force_since(session, driven.plan.tenant_id, driven.plan.id)
    seen: dict[str, TruckProgress] = {}
    for truck_id, truck in codes.items():
        runs = [run for run in driven.runs if run.truck_id == truck_id and run.state != "cancelled"]
        stops = [stop for run in runs for stop in driven.stops_of(run)]
        loaded = {
            driven.lots[stop.lot_id].code: (stop.done_at_ms - zero_ms) // 1000
            for stop in stops
            if stop.state == "loaded" and stop.done_at_ms is not None
        }
        departed = min((run.departed_at_ms for run in runs if run.departed_at_ms is not None), default=None)
        seen[truck] = TruckProgress(
            departed_s=None if departed is None else (max(departed, since_ms) - zero_ms) // 1000,
            loaded=loaded,
            skipped=frozenset(driven.lots[stop.lot_id].code for stop in stops if stop.state == "skipped"),
            # what was unloaded before the plan in force was made is not part of it
            unloaded_s=tuple(
                sorted(
                    (run.arrived_at_ms - zero_ms) // 1000
                    for run in runs
                    if run.arrived_at_ms is not None and run.arrived_at_ms > since_ms
                )
            ),
        )
    return seen


def _headings(session: Session, driven: Driven, problem: Problem, where: Situation, now_ms: int) -> dict[str, int]:
    """When each truck with a fresh position will be at its next stop: the leg's time by the share of it still ahead."""
    zero_ms = problem.time_zero_ms or 0
    tenant_id = driven.plan.tenant_id
    codes = fleet.codes(session, tenant_id, TruckRow, [run.truck_id for run in driven.runs])
    positions = store.positions(session, tenant_id, list(codes), now_ms - POSITION_COUNTS_MS)
    places = {location.id: (location.latitude, location.longitude) for location in problem.locations}
    states = {state.truck: state for state in where.states}
    found: dict[str, int] = {}
    for truck_id, position in positions.items():
        state, ahead = states.get(codes[truck_id]), where.expected.get(codes[truck_id])
        target = next((item.stop for item in ahead or () if item.stop.location is not None), None)
        if state is None or target is None or target.driving_s <= 0 or target.distance_m <= 0:
            continue
        place = places[str(target.location)]
        if place[0] is None or place[1] is None:
            continue
        to_go_m = great_circle_m(position.latitude, position.longitude, place[0], place[1])
        share = min(1.0, to_go_m * CIRCUITY_PERCENT / 100 / target.distance_m)
        found[codes[truck_id]] = (position.at_ms - zero_ms) // 1000 + round(target.driving_s * share)
    return found


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of each lot now: its life, price and hub, and by when it must be there."""

    lots: Mapping[str, WaitingLot]
    deadlines: Mapping[str, Deadline]


def _required_s(driven: Driven) -> int:
    return int(float(driven.job.request.get("required_life_h") or DEFAULT_REQUIRED_LIFE_H) * 3600)


def _asked(
    session: Session,
    driven: Driven,
    lots: Mapping[str, Lot],
    told: Mapping[uuid.UUID, FreshnessStatus],
    catalogue: Catalogue,
    now_ms: int,
) -> dict[str, WaitingLot]:
    """The lots as the plan's request took them, with the programme each was accepted for, as of now."""
    tenant_id = driven.plan.tenant_id
    ambient_c = float(driven.job.request.get("ambient_c") or DEFAULT_AMBIENT_C)
    # as of the plan's day: a run past midnight still brings what was promised for the day before
    promised = promises(session, tenant_id, list(lots.values()), local_day(driven.plan.data_as_of_ms))
    hubs = {hub.id: hub.code for hub in fleet.all_hubs(session, tenant_id)}
    required = RequiredLives(catalogue)
    asked = {}
    for code, lot in lots.items():
        one = waiting_lot(lot, told.get(lot.id), catalogue, ambient_c=ambient_c, now_ms=now_ms)
        promise = promised.get(lot.id)
        asked[code] = one if promise is None else promised_lot(one, promise, hubs, required)
    return asked


def _hub_windows(
    session: Session, tenant_id: uuid.UUID, zero_ms: int, now_ms: int
) -> dict[str, tuple[TimeWindow, ...]]:
    day = PlanningDay(now_ms=now_ms)
    shift_s = (day.midnight_ms - zero_ms) // 1000
    return {
        hub.code: tuple(
            TimeWindow(opens_s=window.opens_s + shift_s, closes_s=window.closes_s + shift_s)
            for window in day.windows(hub.opens_s, hub.closes_s)
        )
        for hub in fleet.all_hubs(session, tenant_id)
    }


def _is_warm(status: FreshnessStatus | None, now_ms: int) -> bool:
    return shown_at(status, now_ms).condition is Condition.ABOVE_RANGE


def _is_hot(lot: Lot, ride: TemperatureRange | None, air: Mapping[uuid.UUID, int]) -> bool:
    """Whether the air on board is above what the lot's ride allows; a truck that nobody hears is not taken for cold.

    A lot that comes warm from the field, or rides by plan above the band that it is stored at, is no news.
    """
    centi_c = None if lot.truck_id is None else air.get(lot.truck_id)
    return ride is None or centi_c is None or centi_c > ride.max_c * 100


def _air_on_board(
    session: Session, tenant_id: uuid.UUID, trucks: Collection[uuid.UUID], now_ms: int
) -> dict[uuid.UUID, int]:
    """The warmest that sensors on board measured just now, hundredths of a degree Celsius, by truck."""
    rows = session.execute(
        select(SensorAssignment.subject_id, func.max(SensorLatest.temperature_centi_c))
        .join(SensorLatest, SensorLatest.sensor_id == SensorAssignment.sensor_id)
        .where(
            SensorAssignment.tenant_id == tenant_id,
            SensorAssignment.subject_kind == SubjectKind.TRUCK,
            SensorAssignment.subject_id.in_(trucks),
            SensorAssignment.to_at_ms.is_(None),
            SensorLatest.measured_at_ms >= now_ms - POSITION_COUNTS_MS,
        )
        .group_by(SensorAssignment.subject_id)
    )
    return {truck_id: int(centi_c) for truck_id, centi_c in rows}


def _renewed(
    problem: Problem,
    lots: Mapping[str, Lot],
    now: Mapping[str, LotNow],
    asked: Asked,
    windows: Mapping[str, tuple[TimeWindow, ...]],
    driven: Driven,
) -> Problem:
    """The problem without lots that are no longer to be fetched, with what is asked of lots and hub hours as of now."""
    hubs = {hub.id for hub in problem.hubs}
    skipped = {driven.lots[stop.lot_id].code for stop in driven.stops if stop.state == "skipped"}
    kept = tuple(
        _pickup(pickup, now.get(pickup.id), asked, lots[pickup.id], hubs)
        for pickup in problem.pickups
        if pickup.id in lots and pickup.id not in skipped and lots[pickup.id].state != "withdrawn"
    )
    names = {pickup.id for pickup in kept}
    return replace(
        problem,
        pickups=kept,
        hubs=tuple(replace(hub, windows=windows.get(hub.id, hub.windows)) for hub in problem.hubs),
        trucks=tuple(_truck(truck, now, names) for truck in problem.trucks),
        relations=tuple(
            replace(relation, pickups=tuple(name for name in relation.pickups if name in names))
            for relation in problem.relations
            if sum(name in names for name in relation.pickups) >= (1 if relation.kind in ("first", "last") else 2)
        ),
    )


def _pickup(pickup: Pickup, now: LotNow | None, asked: Asked, lot: Lot, hubs: set[str]) -> Pickup:
    if now is None:
        return pickup
    one, deadline = asked.lots[pickup.id], asked.deadlines[pickup.id]
    if lot.state == "loaded":
        # it is on its way to where it was meant for; what it weighs is known better
        known_now = replace(pickup, weight_g=lot.weight_g, crates=lot.crates)
    else:
        known_now = replace(
            pickup,
            hubs=(one.hub,) if one.hub in hubs else pickup.hubs,
            penalty_satang=left_behind_satang(one),
            ambient_cost_per_h_satang=ambient_cost_per_h_satang(one),
        )
    # too short already: no hard deadline could be kept, so each hour from now on costs
    return replace(known_now, deadline_s=None if deadline.past else now.deadline_s)


def _truck(truck: Truck, now: Mapping[str, LotNow], names: set[str]) -> Truck:
    def renewed(lot: LoadedLot) -> LoadedLot:
        known_now = now.get(lot.id)
        if known_now is None or known_now.deadline_s is None or lot.deadline_s is None:
            return lot
        return replace(lot, deadline_s=min(lot.deadline_s, known_now.deadline_s))

    return replace(
        truck,
        loaded=tuple(renewed(lot) for lot in truck.loaded),
        locked_stops=tuple(name for name in truck.locked_stops if name in names),
    )


def great_circle_m(latitude: float, longitude: float, to_latitude: float, to_longitude: float) -> float:
    """Metres between two points on the sphere (haversine); degrees in WGS 84."""
    phi, to_phi = math.radians(latitude), math.radians(to_latitude)
    across = math.radians(to_longitude - longitude)
    half = math.sin((to_phi - phi) / 2) ** 2 + math.cos(phi) * math.cos(to_phi) * math.sin(across / 2) ** 2
    return 2 * EARTH_RADIUS_M * math.asin(math.sqrt(half))
