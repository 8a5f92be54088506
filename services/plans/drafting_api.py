"""Drafts worked on: scenarios and their comparison, pins, moves by hand, going back."""

import json
import uuid
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response

from routing import Problem, matrices, write_plan
from routing.road_network import TravelUnavailable
from routing.travel import Matrices
from services.errors import Conflict, InvalidInput, NotFound, Unavailable
from services.http.context import AppSettings, Commodities, Db, NowMs
from services.http.problems import answers
from services.identity.access import READERS, require
from services.identity.logic import Caller, Role
from services.plans import drafting
from services.plans.api import job_document, plan_document, summary
from services.plans.drafting import Travel
from services.plans.schemas import (
    ComparedPlan,
    Comparison,
    JobDocument,
    MovedDocument,
    Moves,
    PinChange,
    PinsDocument,
    PlanDocument,
    Replan,
    ScenarioJobs,
    ScenarioRequest,
)
from services.plans.tables import Plan
from services.travel import travel_provider

router = APIRouter(tags=["plans and runs"])

Reader = Annotated[Caller, require(*READERS)]
Coordinator = Annotated[Caller, require(Role.COORDINATOR)]

COMPARED_MAX = 12


def _travel(settings: AppSettings) -> Travel:
    def tables(problem: Problem) -> Matrices:
        try:
            return matrices(problem, travel_provider(settings.travel_url, settings.data_dir / "travel"))
        except TravelUnavailable as error:
            raise Unavailable(str(error)) from error

    return tables


Roads = Annotated[Travel, Depends(_travel)]


@router.post("/v1/plans/scenarios", status_code=202, responses=answers(InvalidInput))
def request_scenarios(
    body: ScenarioRequest, caller: Coordinator, database: Db, now_ms: NowMs, catalogue: Commodities
) -> ScenarioJobs:
    """Plan one request under several scenarios, all from the same data: a job for each, the request itself first."""
    with database.write() as session:
        jobs = drafting.request_scenarios(
            session, caller.tenant_id, body.base, body.scenarios, catalogue, by=caller.name, now_ms=now_ms
        )
        return ScenarioJobs(jobs=[job_document(job, None) for job in jobs])


@router.get("/v1/plans/compare", responses=answers(NotFound, InvalidInput))
def compare_plans(
    caller: Reader,
    database: Db,
    ids: Annotated[str, Query(max_length=37 * COMPARED_MAX, description="Ids of plans, with commas between them.")],
) -> Comparison:
    """Plans side by side: what each costs, serves and leaves, and which lots ride elsewhere."""
    try:
        wanted = [uuid.UUID(each) for each in ids.split(",") if each]
    except ValueError as error:
        raise InvalidInput("The ids can't be read: send UUIDs with commas between them.") from error
    with database.read() as session:
        plans = drafting.compared(session, caller.tenant_id, wanted)
        return Comparison.model_validate(
            {
                "plans": [_compared(plan, plans[0].cost_satang) for plan in plans],
                "differences": drafting.differences(plans),
            }
        )


@router.post("/v1/plans/{plan_id}/replan", status_code=202, responses=answers(NotFound, InvalidInput))
def replan(
    plan_id: uuid.UUID,
    body: Replan,
    caller: Coordinator,
    database: Db,
    now_ms: NowMs,
    catalogue: Commodities,
    response: Response,
) -> JobDocument:
    """Solve again from what waits now, keeping this plan's pins."""
    with database.write() as session:
        job = drafting.replan(session, caller.tenant_id, plan_id, body, catalogue, by=caller.name, now_ms=now_ms)
        response.headers["Location"] = f"/v1/plans/jobs/{job.id}"
        return job_document(job, None)


@router.get("/v1/plans/{plan_id}/pins", responses=answers(NotFound))
def get_pins(plan_id: uuid.UUID, caller: Reader, database: Db, roads: Roads) -> PinsDocument:
    """The pins of a plan, and what each of them costs."""
    with database.read() as session:
        (plan,) = drafting.compared(session, caller.tenant_id, [plan_id])
        rows = drafting.pins(session, caller.tenant_id, plan_id, roads)
        return PinsDocument.model_validate({"plan_id": plan_id, "version": plan.version, "pins": rows})


@router.post("/v1/plans/{plan_id}/pins", responses=answers(NotFound, Conflict, InvalidInput))
def change_pins(
    plan_id: uuid.UUID, body: PinChange, caller: Coordinator, database: Db, now_ms: NowMs, roads: Roads
) -> PinsDocument:
    """Hold lots to trucks, or let them go; the next solve of the plan keeps them there."""
    with database.write() as session:
        drafting.change_pins(session, caller.tenant_id, plan_id, body, by=caller.name, now_ms=now_ms)
    # costing takes up to two seconds: nobody else's writing waits for it
    return get_pins(plan_id, caller, database, roads)


@router.post("/v1/plans/{plan_id}/moves", responses=answers(NotFound, Conflict, InvalidInput))
def move_lots(
    plan_id: uuid.UUID, body: Moves, caller: Coordinator, database: Db, now_ms: NowMs, roads: Roads
) -> MovedDocument:
    """Move lots by hand: the re-timed plan, its new cost and every rule it breaks; or, not rehearsed, a new draft."""
    with database.read() if body.dry_run else database.write() as session:
        plan, moved, draft = drafting.make_moves(
            session, caller.tenant_id, plan_id, body, roads, by=caller.name, now_ms=now_ms
        )
        return MovedDocument.model_validate(
            {
                "feasible": moved.verdict.feasible,
                "cost_satang": moved.verdict.costs.total,
                "delta_satang": moved.verdict.costs.total - plan.cost_satang,
                "costs": drafting.costs_of(moved),
                "violations": [
                    {
                        "rule": violation.rule.value,
                        "detail": violation.detail,
                        "truck": violation.truck or None,
                        "pickup": violation.pickup or None,
                    }
                    for violation in moved.verdict.violations
                ],
                "changed_trucks": moved.changed_trucks,
                "plan": json.loads(write_plan(moved.plan)),
                "plan_id": None if draft is None else draft.id,
            }
        )


@router.post("/v1/plans/{plan_id}/undo", responses=answers(NotFound, Conflict))
def undo_moves(plan_id: uuid.UUID, caller: Coordinator, database: Db) -> PlanDocument:
    """Go back to the plan that this one was edited from; answers that one."""
    with database.write() as session:
        former = drafting.go_back(session, caller.tenant_id, plan_id)
        return plan_document(session, caller.tenant_id, former.id)


def _compared(plan: Plan, first_satang: int) -> ComparedPlan:
    document: dict[str, Any] = plan.document["plan"]
    return ComparedPlan.model_validate(
        summary(plan)
        | {
            "costs": document["costs"],
            "indicators": document["indicators"],
            "unserved": [one["pickup"] for one in document["unserved"]],
            "against_first_satang": plan.cost_satang - first_satang,
        }
    )
