"""Repairs of published plans: proposed with their reasons, applied by a coordinator or by rule, or declined."""

import hashlib
import json
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from enum import StrEnum

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from routing import read_plan, write_plan, write_problem
from routing.plan import Route, Stop
from routing.repair import Repair as Repaired
from services.alarms.logic import Cause, Severity, clear_alarm, raise_alarm
from services.errors import Conflict, NotFound
from services.fleet import logic as fleet
from services.lots import custody
from services.plans import driving
from services.plans.driving import OVER, Driven
from services.plans.execution import OPEN_STOP, new_run, trips
from services.plans.tables import Run, RunStop
from services.runs import store
from services.runs.causes import Break
from services.runs.tables import DispatchRule, Repair, RunSheet
from services.stream.logic import emit

BY_RULE = "the dispatch rule"


class Applies(StrEnum):
    """Who decides on a repair: a coordinator, or the rule itself where it changes little enough."""

    ASK = "ask"
    AT_ONCE = "at_once"


def fingerprint(breaks: Iterable[Break]) -> str:
    """The causes of a repair as one word, so that the same ones are answered once."""
    text = ";".join(sorted(f"{item.kind}:{item.subject}" for item in breaks))
    return hashlib.sha256(text.encode()).hexdigest()


def propose(
    session: Session,
    driven: Driven,
    breaks: Sequence[Break],
    repaired: Repaired | None,
    *,
    noticed_at_ms: int,
    now_ms: int,
    reason: str = "",
) -> Repair:
    """Store what the router found; a repair that changes nothing is kept as such, so that it isn't sought again.

    An older proposal for the plan is superseded.
    """
    plan = driven.plan
    older = store.proposed(session, plan.tenant_id, plan.id)
    if older is not None:
        older.state = "superseded"
        session.flush()
    row = Repair(
        id=uuid.uuid4(),
        tenant_id=plan.tenant_id,
        plan_id=plan.id,
        state="proposed" if repaired is not None and repaired.changes else "unneeded",
        fingerprint=fingerprint(breaks),
        causes=[{**asdict(item), "subject_kind": item.subject_kind} for item in breaks],
        reason=reason or " ".join(item.sentence for item in breaks),
        changes=[asdict(change) for change in repaired.changes] if repaired else [],
        concessions=list(repaired.concessions) if repaired else [],
        cost_satang=repaired.plan.costs.total if repaired else 0,
        change_cost_satang=repaired.plan.costs.changes if repaired else 0,
        problem=json.loads(write_problem(repaired.problem)) if repaired else {},
        plan=json.loads(write_plan(repaired.plan)) if repaired else {},
        plan_version=plan.version,
        noticed_at_ms=noticed_at_ms,
        created_at_ms=now_ms,
    )
    session.add(row)
    session.flush()
    if row.state == "proposed":
        raise_alarm(
            session,
            plan.tenant_id,
            _cause(plan.id),
            severity=Severity.WARNING,
            summary=f"The plan should change: {row.reason}",
            details={"repair_id": str(row.id), "changes": len(row.changes)},
            now_ms=now_ms,
        )
        _tell(session, row, now_ms)
    return row


def apply_repair(session: Session, tenant_id: uuid.UUID, repair_id: uuid.UUID, by: str, now_ms: int) -> Repair:
    """Put a proposed repair into force: stops are laid anew, lots change trucks, sheets get a new version.

    Raises Conflict when it was decided already, or when drivers have meanwhile done what it would change; such a
    repair is superseded, and the next look at the plan makes a new one.
    """
    row = _to_decide(session, tenant_id, repair_id)
    driven = driving.driven(session, tenant_id, row.plan_id, lock=True)
    if driven is None:
        raise Conflict("The plan is no longer published.")
    plan = read_plan(json.dumps(row.plan))
    now_on_the_way = {lot.code: lot for lot in driven.lots.values()}
    wanted = {stop.pickup for route in plan.routes for stop in route.stops if stop.pickup is not None}
    taken = sorted(
        code
        for code in wanted
        if code not in now_on_the_way or now_on_the_way[code].state not in ("planned", "waiting")
    )
    if taken or driven.plan.version != row.plan_version:
        changed = f"{', '.join(taken[:5])} changed" if taken else "the plan has a newer version"
        raise Conflict(f"Drivers were quicker: {changed}. A new proposal follows at the next look at the plan.")
    live = [run for run in driven.runs if run.state not in OVER]
    driving.take_off(session, tenant_id, [run.id for run in live])
    _free(session, driven, live, wanted)
    added = [lot.id for code, lot in now_on_the_way.items() if code in wanted and lot.state == "waiting"]
    custody.mark_planned(session, tenant_id, added)
    trucks = {truck.code: truck.id for truck in fleet.all_trucks(session, tenant_id)}
    hubs = {hub.code: hub.id for hub in fleet.all_hubs(session, tenant_id)}
    zero_ms = int(row.problem["time_zero_ms"])
    laid: set[uuid.UUID] = set()
    for route in plan.routes:
        mine = [run for run in live if run.truck_id == trucks[route.truck]]
        laid |= {run.id for run in _lay(session, driven, route, mine, hubs, trucks, zero_ms)}
    try:
        session.flush()
    except IntegrityError as error:
        raise Conflict("A lot of this repair stands on another run already; a new proposal follows.") from error
    for run in live:
        if run.id not in laid and not driven_stops(driven, run):
            run.state = "cancelled"
    _new_sheets(session, driven, row, live, plan.routes, trucks, now_ms)
    driven.plan.version += 1
    row.state, row.decided_at_ms, row.decided_by = "applied", now_ms, by
    session.flush()
    clear_alarm(session, tenant_id, _cause(row.plan_id), now_ms)
    _tell(session, row, now_ms)
    return row


def decline(session: Session, tenant_id: uuid.UUID, repair_id: uuid.UUID, by: str, comment: str, now_ms: int) -> Repair:
    """Leave the plan as it is, and say why; the same causes make no second proposal. Raises Conflict, NotFound."""
    row = _to_decide(session, tenant_id, repair_id)
    row.state, row.decided_at_ms, row.decided_by, row.comment = "declined", now_ms, by, comment
    session.flush()
    clear_alarm(session, tenant_id, _cause(row.plan_id), now_ms)
    _tell(session, row, now_ms)
    return row


def applies_by_rule(rule: DispatchRule | None, row: Repair) -> bool:
    """Whether the tenant's rule lets this repair into force without a coordinator."""
    if rule is None or rule.applies != Applies.AT_ONCE or row.state != "proposed":
        return False
    return len(row.changes) <= rule.most_changes and not row.concessions


def set_rule(
    session: Session, tenant_id: uuid.UUID, applies: Applies, most_changes: int, by: str, now_ms: int
) -> DispatchRule:
    """Say who decides on repairs from now on."""
    rule = store.rule(session, tenant_id)
    if rule is None:
        rule = DispatchRule(tenant_id=tenant_id)
        session.add(rule)
    rule.applies, rule.most_changes, rule.changed_by, rule.changed_at_ms = applies, most_changes, by, now_ms
    session.flush()
    return rule


def driven_stops(driven: Driven, run: Run) -> list[RunStop]:
    """The stops of a run that were made: loaded or skipped."""
    return [stop for stop in driven.stops_of(run) if stop.state in ("loaded", "skipped")]


def _to_decide(session: Session, tenant_id: uuid.UUID, repair_id: uuid.UUID) -> Repair:
    row = store.repair(session, tenant_id, repair_id, lock=True)
    if row is None:
        raise NotFound("There is no such repair.")
    if row.state != "proposed":
        who = f" by {row.decided_by}" if row.decided_by else ""
        raise Conflict(f"The repair is {row.state}{who} already.")
    return row


def _free(session: Session, driven: Driven, live: Sequence[Run], wanted: set[str]) -> None:
    """Lots that the repair leaves behind wait again."""
    ids = {run.id for run in live}
    for stop in driven.stops:
        if stop.run_id in ids and stop.state in OPEN_STOP:
            lot = driven.lots[stop.lot_id]
            if lot.code not in wanted and lot.state == "planned":
                custody.mark_waiting(session, lot.tenant_id, lot.id)


def _lay(
    session: Session,
    driven: Driven,
    route: Route,
    mine: Sequence[Run],
    hubs: dict[str, uuid.UUID],
    trucks: dict[str, uuid.UUID],
    zero_ms: int,
) -> list[Run]:
    """Lay a truck's trips on its runs, those it is on first; further trips are new runs."""
    lots = {lot.code: lot for lot in driven.lots.values()}
    laid = []
    for number, trip in enumerate(trips([asdict(stop) for stop in route.stops]), start=1):
        if number <= len(mine):
            run = mine[number - 1]
            made = len(driven_stops(driven, run))
            run.hub_id = hubs[trip[-1]["hub"]]
            run.arrives_at_ms = zero_ms + trip[-1]["arrival_s"] * 1000
            if not made and run.state == "assigned":
                run.departs_at_ms = zero_ms + trip[0]["depart_s"] * 1000
                run.distance_m = sum(stop["distance_m"] for stop in trip)
        else:
            run = new_run(driven.plan, route.truck, f"{number}r{driven.plan.version}", trip, trucks, hubs, zero_ms)
            session.add(run)
            session.flush()
            made = 0
        last = max((stop.position for stop in driven_stops(driven, run)), default=0) if made else 0
        pickups = [stop for stop in trip if stop["kind"] == "pickup"]
        for position, stop in enumerate(pickups, start=last + 1):
            session.add(
                RunStop(
                    tenant_id=run.tenant_id,
                    run_id=run.id,
                    position=position,
                    lot_id=lots[stop["pickup"]].id,
                    arrives_at_ms=zero_ms + stop["arrival_s"] * 1000,
                    departs_at_ms=zero_ms + stop["depart_s"] * 1000,
                )
            )
        laid.append(run)
    return laid


def _new_sheets(
    session: Session,
    driven: Driven,
    row: Repair,
    live: Sequence[Run],
    routes: Sequence[Route],
    trucks: dict[str, uuid.UUID],
    now_ms: int,
) -> None:
    """A new version of the sheet for each truck whose work changes, with the lines that tell its driver how."""
    codes = {truck_id: code for code, truck_id in trucks.items()}
    after = {codes[trucks[route.truck]]: _pickups(route.stops) for route in routes}
    for run in live:
        before = [driven.lots[stop.lot_id].code for stop in driven.stops_of(run) if stop.state in OPEN_STOP]
        mine = after.get(codes[run.truck_id], [])
        touched = [change for change in row.changes if change["pickup"] in before or change["pickup"] in mine]
        if not touched:
            continue
        run.sheet_version += 1
        session.add(
            RunSheet(
                run_id=run.id,
                version=run.sheet_version,
                tenant_id=run.tenant_id,
                repair_id=row.id,
                reason=row.reason,
                lines=[f"{change['pickup']}: {change['detail']}" for change in touched],
                created_at_ms=now_ms,
            )
        )
        emit(session, run.tenant_id, "run", run.id, {"state": run.state, "sheet_version": run.sheet_version}, now_ms)


def _pickups(stops: Sequence[Stop]) -> list[str]:
    return [stop.pickup for stop in stops if stop.pickup is not None]


def _cause(plan_id: uuid.UUID) -> Cause:
    return Cause("plan.broken", "plan", str(plan_id))


def _tell(session: Session, row: Repair, now_ms: int) -> None:
    document = {"repair_id": str(row.id), "state": row.state, "reason": row.reason, "changes": len(row.changes)}
    emit(session, row.tenant_id, "plan", row.plan_id, document, now_ms)
