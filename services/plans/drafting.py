"""Work on drafts: scenarios side by side, pins with what they cost, moves by hand, going back."""

import json
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from typing import Any

from sqlalchemy.orm import Session

from routing import Plan as RoutedPlan
from routing import Problem, read_plan, read_problem, write_plan
from routing.pins import pin_costs
from routing.travel import Matrices
from services.errors import Conflict, FieldFault, InvalidInput, NotFound
from services.lots import custody
from services.plans import queue, store
from services.plans.logic import request_plan
from services.plans.moving import Moved, instance_of, move, tours_of
from services.plans.schemas import Moves, Pin, PinChange, PlanRequest, Replan, Scenario
from services.plans.tables import Plan, PlanJob, PlanPin
from telemetry.freshness import Catalogue

COSTING_S = 2.0
"""What pins cost is looked for no longer than this: the page waits."""

Travel = Callable[[Problem], Matrices]


def request_scenarios(
    session: Session,
    tenant_id: uuid.UUID,
    base: PlanRequest,
    scenarios: Sequence[Scenario],
    catalogue: Catalogue,
    *,
    by: str,
    now_ms: int,
) -> list[PlanJob]:
    """Queue the request and each scenario of it, all from what waits now. Raises InvalidInput."""
    names = [scenario.name for scenario in scenarios]
    if len(set(names)) != len(names):
        raise InvalidInput(faults=[FieldFault("/scenarios", "two have one name.", "Give each its own.")])
    jobs = [request_plan(session, tenant_id, base, catalogue, by=by, now_ms=now_ms)]
    for scenario in scenarios:
        request = base.model_copy(update={"scenario": scenario})
        jobs.append(request_plan(session, tenant_id, request, catalogue, by=by, now_ms=now_ms))
    return jobs


def replan(
    session: Session,
    tenant_id: uuid.UUID,
    plan_id: uuid.UUID,
    how: Replan,
    catalogue: Catalogue,
    *,
    by: str,
    now_ms: int,
) -> PlanJob:
    """Queue the plan's request anew, as of now, with the plan's pins and those of its lots that still wait.

    Raises NotFound, InvalidInput.
    """
    plan, job = _with_job(session, tenant_id, plan_id)
    asked = {name: value for name, value in job.request.items() if name in PlanRequest.model_fields}
    lots = asked.get("lots")
    if lots is not None:
        lots = _still_waiting(session, tenant_id, lots)
    pins = [{"lot": pin.lot_code, "truck": pin.truck_code} for pin in store.pins(session, tenant_id, plan.id)]
    request = PlanRequest.model_validate(asked | how.model_dump(exclude_none=True) | {"lots": lots, "pins": pins})
    return request_plan(session, tenant_id, request, catalogue, by=by, now_ms=now_ms)


def _still_waiting(session: Session, tenant_id: uuid.UUID, codes: Sequence[str]) -> list[str]:
    """Those of the lots that were chosen by hand which still wait. Raises InvalidInput when none does."""
    there = {lot.code for lot in custody.waiting(session, tenant_id)}
    left = [code for code in codes if code in there]
    if not left:
        fault = FieldFault("/lots", "none of the plan's own lots waits any more.", "Ask for a new plan.")
        raise InvalidInput("There is nothing to plan.", faults=[fault])
    return left


def compared(session: Session, tenant_id: uuid.UUID, ids: Sequence[uuid.UUID]) -> list[Plan]:
    """The plans in the order asked for. Raises NotFound naming the first that is not there."""
    plans = []
    for plan_id in ids:
        plan = store.plan(session, tenant_id, plan_id)
        if plan is None:
            raise NotFound(f"There is no plan {plan_id}.")
        plans.append(plan)
    return plans


def differences(plans: Sequence[Plan]) -> list[dict[str, Any]]:
    """The lots that don't ride on the same truck in all plans."""
    placed = [_trucks_of(plan.document["plan"]) for plan in plans]
    rows = [
        {"lot": lot, "trucks": [trucks.get(lot) for trucks in placed]}
        for lot in sorted({lot for trucks in placed for lot in trucks})
    ]
    return [row for row in rows if len(set(row["trucks"])) > 1]


def _trucks_of(document: dict[str, Any]) -> dict[str, str]:
    return {
        stop["pickup"]: route["truck"]
        for route in document["routes"]
        for stop in route["stops"]
        if stop["kind"] == "pickup"
    }


def change_pins(
    session: Session, tenant_id: uuid.UUID, plan_id: uuid.UUID, change: PinChange, *, by: str, now_ms: int
) -> Plan:
    """Hold lots to trucks, or let them go. Raises NotFound, Conflict, InvalidInput for what is not in the plan."""
    plan, job = _with_job(session, tenant_id, plan_id, lock=True)
    _demand_draft(plan, change.version)
    lots = {pickup["id"] for pickup in job.problem["pickups"]}
    trucks = {truck["id"] for truck in job.problem["trucks"]}
    faults = [
        FieldFault(f"/pin/{number}/{name}", f"{code!r} is not in this plan.", "GET the plan to see what is.")
        for number, pin in enumerate(change.pin)
        for name, code, known in (("lot", pin.lot, lots), ("truck", pin.truck, trucks))
        if code not in known
    ]
    if faults:
        raise InvalidInput("Some pins can't be set.", faults=faults)
    _pin(session, plan, change.pin, by, now_ms)
    store.unpin(session, tenant_id, plan_id, change.unpin)
    plan.version += 1
    session.flush()
    queue.tell_plan(session, plan, now_ms)
    return plan


def pins(session: Session, tenant_id: uuid.UUID, plan_id: uuid.UUID, travel: Travel) -> list[dict[str, Any]]:
    """The pins of a plan with what each costs, as far as that is found in two seconds."""
    plan, job = _with_job(session, tenant_id, plan_id)
    rows = store.pins(session, tenant_id, plan_id)
    if not rows:
        return []
    problem, routed = _read(plan, job)
    riding = _trucks_of(plan.document["plan"])
    held = {row.lot_code: row.truck_code for row in rows if riding.get(row.lot_code) == row.truck_code}
    instance = instance_of(_held(problem, held), travel(problem))
    found = pin_costs(instance, tours_of(problem, routed), time.monotonic() + COSTING_S)
    costs = {cost.pickup: cost for cost in found if cost.pickup in held}
    return [
        {
            "lot": row.lot_code,
            "truck": row.truck_code,
            "in_force": row.lot_code in held,
            "saving_satang": (costs[row.lot_code].saving_satang if row.lot_code in costs else 0)
            if row.lot_code in held
            else None,
            "better_truck": costs[row.lot_code].truck if row.lot_code in costs else None,
            "pinned_by": row.pinned_by,
            "pinned_at": row.pinned_at_ms,
        }
        for row in rows
    ]


def make_moves(
    session: Session, tenant_id: uuid.UUID, plan_id: uuid.UUID, body: Moves, travel: Travel, *, by: str, now_ms: int
) -> tuple[Plan, Moved, Plan | None]:
    """What moves do to a plan; unless it is a rehearsal, the new draft that takes its place.

    Raises NotFound, InvalidInput, and Conflict where the plan has moved since it was read or the edit breaks a rule.
    """
    plan, job = _with_job(session, tenant_id, plan_id, lock=not body.dry_run)
    if not body.dry_run:
        _demand_draft(plan, body.version)
    problem, routed = _read(plan, job)
    moved = move(problem, routed, body.moves, travel(problem), by=by)
    if body.dry_run:
        return plan, moved, None
    if not moved.verdict.feasible:
        faults = [
            FieldFault("/moves", f"{violation}.", "Move it elsewhere, or leave another lot.")
            for violation in moved.verdict.violations[:20]
        ]
        raise Conflict("The plan would break rules; nothing was changed.", faults=faults)
    return plan, moved, _derive(session, plan, job, moved, body, by, now_ms)


def _derive(session: Session, plan: Plan, job: PlanJob, moved: Moved, body: Moves, by: str, now_ms: int) -> Plan:
    """A draft of its own: plans don't change, so that going back is going to the former."""
    edited = PlanJob(
        id=uuid.uuid4(),
        tenant_id=plan.tenant_id,
        state="done",
        request=job.request | {"moves": [one.model_dump() for one in body.moves]},
        problem=job.problem,
        progress=1.0,
        best_cost_satang=moved.verdict.costs.total,
        created_by=by,
        created_at_ms=job.created_at_ms,
        finished_at_ms=now_ms,
    )
    session.add(edited)
    session.flush()
    draft = Plan(
        id=uuid.uuid4(),
        tenant_id=plan.tenant_id,
        job_id=edited.id,
        engine=plan.engine,
        cost_satang=moved.verdict.costs.total,
        document=plan.document | {"plan": json.loads(write_plan(moved.plan))},
        data_as_of_ms=plan.data_as_of_ms,
        created_at_ms=now_ms,
        parent_id=plan.id,
    )
    session.add(draft)
    session.flush()
    kept = [Pin(lot=pin.lot_code, truck=pin.truck_code) for pin in store.pins(session, plan.tenant_id, plan.id)]
    moves = {one.lot: one.to_truck for one in body.moves}
    # a lot that was moved off the truck it was pinned to is let go
    kept = [pin for pin in kept if moves.get(pin.lot, pin.truck) == pin.truck]
    if body.pin:
        kept += [Pin(lot=lot, truck=truck) for lot, truck in moves.items() if truck is not None]
    _pin(session, draft, kept, by, now_ms)
    plan.state, plan.version = "superseded", plan.version + 1
    session.flush()
    for changed in (plan, draft):
        queue.tell_plan(session, changed, now_ms)
    return draft


def go_back(session: Session, tenant_id: uuid.UUID, plan_id: uuid.UUID) -> Plan:
    """Undo an edit: the former plan is the draft again. Raises NotFound, Conflict."""
    plan, _ = _with_job(session, tenant_id, plan_id, lock=True)
    _demand_draft(plan, None)
    if plan.parent_id is None:
        raise Conflict("The plan was not edited; there is nothing to go back to.")
    former, _ = _with_job(session, tenant_id, plan.parent_id, lock=True)
    if former.state != "superseded":
        raise Conflict(f"The former plan is {former.state} already.")
    plan.state, plan.version = "superseded", plan.version + 1
    former.state, former.version = "draft", former.version + 1
    session.flush()
    return former


def _pin(session: Session, plan: Plan, wanted: Sequence[Pin], by: str, now_ms: int) -> None:
    store.unpin(session, plan.tenant_id, plan.id, [pin.lot for pin in wanted])
    session.add_all(
        PlanPin(
            plan_id=plan.id,
            lot_code=lot,
            tenant_id=plan.tenant_id,
            truck_code=truck,
            pinned_by=by,
            pinned_at_ms=now_ms,
        )
        for lot, truck in {pin.lot: pin.truck for pin in wanted}.items()
    )
    session.flush()


def _held(problem: Problem, held: dict[str, str]) -> Problem:
    pickups = tuple(
        replace(pickup, trucks=(held[pickup.id],) if pickup.id in held else None) for pickup in problem.pickups
    )
    return replace(problem, pickups=pickups)


def _demand_draft(plan: Plan, version: int | None) -> None:
    if version is not None and version != plan.version:
        fault = FieldFault("/version", f"is {version}; the plan is at {plan.version} ({plan.state}).", "Read it again.")
        raise Conflict(f"Somebody changed the plan: it is at version {plan.version} now.", faults=[fault])
    if plan.state != "draft":
        raise Conflict(f"The plan is {plan.state} (version {plan.version}); only a draft can be changed.")


def _with_job(
    session: Session, tenant_id: uuid.UUID, plan_id: uuid.UUID, *, lock: bool = False
) -> tuple[Plan, PlanJob]:
    plan = store.plan(session, tenant_id, plan_id, lock=lock)
    job = None if plan is None else store.job(session, tenant_id, plan.job_id)
    if plan is None or job is None:
        raise NotFound("There is no such plan.")
    return plan, job


def _read(plan: Plan, job: PlanJob) -> tuple[Problem, RoutedPlan]:
    return read_problem(json.dumps(job.problem)), read_plan(json.dumps(plan.document["plan"]))


def costs_of(moved: Moved) -> dict[str, int]:
    """The parts of the cost, satang."""
    return asdict(moved.verdict.costs)
