"""Plans are asked for, looked at and published; runs are looked at and driven."""

import uuid
from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from sqlalchemy.orm import Session

from services.errors import Conflict, NotFound
from services.fleet import logic as fleet
from services.http.context import Commodities, Db, NowMs
from services.http.etags import AnswerTag, ChangeTag
from services.http.fields import Instant, NumberRef
from services.http.paging import Page, Paging, page_of
from services.http.problems import answers
from services.identity.access import READERS, require
from services.identity.logic import Caller, Role
from services.lots import custody as lots
from services.plans import execution, logic, store
from services.plans.own_runs import demand_own_run, own_runs
from services.plans.rides import set_point_c
from services.plans.schemas import (
    JobDocument,
    PlanDocument,
    PlanProblem,
    PlanRequest,
    PlanSummary,
    RunDocument,
    Skipped,
    StopDocument,
)
from services.plans.tables import Plan, PlanJob, Run
from telemetry.freshness.commodities import Catalogue
from telemetry.freshness.figures import Commodity

router = APIRouter(tags=["plans and runs"])

Reader = Annotated[Caller, require(*READERS)]
Coordinator = Annotated[Caller, require(Role.COORDINATOR)]
RunReader = Annotated[Caller, require(*READERS, own=(Role.DRIVER,))]
Driver = Annotated[Caller, require(Role.COORDINATOR, own=(Role.DRIVER,))]
At = Annotated[Instant | None, Query(description="When it happened; default: now.")]


@router.post("/v1/plans", status_code=202)
def request_plan(
    body: PlanRequest, caller: Coordinator, database: Db, now_ms: NowMs, catalogue: Commodities, response: Response
) -> JobDocument:
    """Ask for a plan of what waits. Answers at once with a job; poll it, or follow `Location`."""
    with database.write() as session:
        job = logic.request_plan(session, caller.tenant_id, body, catalogue, by=caller.name, now_ms=now_ms)
        response.headers["Location"] = f"/v1/plans/jobs/{job.id}"
        return job_document(job, None)


@router.get("/v1/plans/jobs")
def list_jobs(caller: Reader, database: Db, paging: Paging) -> Page[JobDocument]:
    """Plan jobs, newest first."""
    with database.read() as session:
        rows = store.jobs(session, caller.tenant_id, paging.fetch, paging.after(int, uuid.UUID))
        plans = store.plans_of_jobs(session, caller.tenant_id, [row.id for row in rows])
        return page_of(paging, rows, key=_creation, document=lambda row: job_document(row, plans.get(row.id)))


@router.get("/v1/plans/jobs/{job_id}")
def get_job(job_id: uuid.UUID, caller: Reader, database: Db) -> JobDocument:
    """How far a plan job is."""
    with database.read() as session:
        return _job(session, caller.tenant_id, job_id)


@router.post("/v1/plans/jobs/{job_id}/cancel")
def cancel_job(job_id: uuid.UUID, caller: Coordinator, database: Db) -> JobDocument:
    """Stop a plan job: a queued one is dropped, a running one ends with the best plan found so far."""
    with database.write() as session:
        job = _job(session, caller.tenant_id, job_id)
        if job.state != "cancelling" and not store.request_cancel(session, caller.tenant_id, job_id):
            raise Conflict(f"The job is {job.state}; there is nothing to stop.")
        return _job(session, caller.tenant_id, job_id)


@router.get("/v1/plans")
def list_plans(caller: Reader, database: Db, paging: Paging) -> Page[PlanSummary]:
    """Plans, newest first."""
    with database.read() as session:
        rows = store.plans(session, caller.tenant_id, paging.fetch, paging.after(int, uuid.UUID))
        return page_of(paging, rows, key=_creation, document=lambda row: PlanSummary(**summary(row)))


@router.get("/v1/plans/{plan_id}")
def get_plan(plan_id: uuid.UUID, caller: Reader, database: Db, tag: AnswerTag) -> PlanDocument:
    """A plan with its routes, what stays behind and why, and the reason of each deadline."""
    with database.read() as session:
        return tag.on(plan_document(session, caller.tenant_id, plan_id))


@router.get("/v1/plans/{plan_id}/problem", responses=answers(NotFound))
def get_plan_problem(plan_id: uuid.UUID, caller: Reader, database: Db) -> PlanProblem:
    """What the plan was made from: places, time windows, ride limits, deadlines, trucks with their shifts."""
    with database.read() as session:
        plan = store.plan(session, caller.tenant_id, plan_id)
        job = None if plan is None else store.job(session, caller.tenant_id, plan.job_id)
        if job is None:
            raise NotFound("There is no such plan.")
        return PlanProblem(plan_id=plan_id, problem=job.problem)


@router.post("/v1/plans/{plan_id}/publish")
def publish_plan(plan_id: uuid.UUID, caller: Coordinator, database: Db, now_ms: NowMs, tag: ChangeTag) -> PlanDocument:
    """Make runs of a draft. Of two who publish plans for one lot, the first wins and the other gets 409."""
    with database.write() as session:
        seen = plan_document(session, caller.tenant_id, plan_id)
        tag.demand(seen)
        execution.publish(session, caller.tenant_id, plan_id, seen.version, now_ms)
        session.flush()
        return tag.on(plan_document(session, caller.tenant_id, plan_id))


@router.get("/v1/runs")
def list_runs(
    caller: RunReader,
    database: Db,
    catalogue: Commodities,
    paging: Paging,
    now_ms: NowMs,
    plan_id: uuid.UUID | None = None,
) -> Page[RunDocument]:
    """Runs with their stops, by departure; a driver sees today's of the own truck."""
    with database.read() as session:
        own = own_runs(session, caller.tenant_id, caller.scope, now_ms)
        rows = store.runs(session, caller.tenant_id, paging.fetch, paging.after(int, uuid.UUID), plan_id, own)
        documents = _run_documents(session, caller.tenant_id, catalogue, rows)
        return page_of(
            paging, rows, key=lambda row: (row.departs_at_ms, row.id), document=lambda row: documents[row.id]
        )


@router.get("/v1/runs/{run_id}")
def get_run(run_id: uuid.UUID, caller: RunReader, database: Db, catalogue: Commodities, now_ms: NowMs) -> RunDocument:
    """A run with its stops in driving order."""
    with database.read() as session:
        demand_own_run(session, caller.tenant_id, run_id, caller.scope, now_ms)
        return _run(session, caller.tenant_id, catalogue, run_id)


@router.post("/v1/runs/{run_id}/stops/{position}/loaded")
def load_stop(
    run_id: uuid.UUID,
    position: NumberRef,
    caller: Driver,
    database: Db,
    catalogue: Commodities,
    now_ms: NowMs,
    at: At = None,
) -> RunDocument:
    """The lot is on the truck; from then on the truck's sensors speak for it. Repeating it changes nothing."""
    with database.write() as session:
        demand_own_run(session, caller.tenant_id, run_id, caller.scope, now_ms)
        execution.load_stop(session, caller.tenant_id, run_id, position, at or now_ms)
        session.flush()
        return _run(session, caller.tenant_id, catalogue, run_id)


@router.post("/v1/runs/{run_id}/stops/{position}/skipped")
def skip_stop(
    run_id: uuid.UUID,
    position: NumberRef,
    body: Skipped,
    caller: Driver,
    database: Db,
    catalogue: Commodities,
    now_ms: NowMs,
    at: At = None,
) -> RunDocument:
    """The stop is left out, with the reason; its lot waits again."""
    with database.write() as session:
        demand_own_run(session, caller.tenant_id, run_id, caller.scope, now_ms)
        execution.skip_stop(session, caller.tenant_id, run_id, position, body.reason, at or now_ms)
        session.flush()
        return _run(session, caller.tenant_id, catalogue, run_id)


@router.post("/v1/runs/{run_id}/delivered")
def deliver_run(
    run_id: uuid.UUID, caller: Driver, database: Db, catalogue: Commodities, now_ms: NowMs, at: At = None
) -> RunDocument:
    """The truck has unloaded at its hub, which has received all that was loaded. Repeating it changes nothing."""
    with database.write() as session:
        demand_own_run(session, caller.tenant_id, run_id, caller.scope, now_ms)
        execution.deliver_run(session, caller.tenant_id, run_id, at or now_ms)
        session.flush()
        return _run(session, caller.tenant_id, catalogue, run_id)


def _creation(row: Plan | PlanJob) -> tuple[int, uuid.UUID]:
    return row.created_at_ms, row.id


def _job(session: Session, tenant_id: uuid.UUID, job_id: uuid.UUID) -> JobDocument:
    job = store.job(session, tenant_id, job_id)
    if job is None:
        raise NotFound("There is no such plan job.")
    return job_document(job, store.plans_of_jobs(session, tenant_id, [job_id]).get(job_id))


def job_document(job: PlanJob, plan_id: uuid.UUID | None) -> JobDocument:
    """A job as it is shown, with the plan that it made."""
    return JobDocument.model_validate(
        {
            "id": job.id,
            "state": job.state or "queued",
            "progress": job.progress or 0.0,
            "best_cost_satang": job.best_cost_satang,
            "detail": job.detail,
            "created_by": job.created_by,
            "created_at": job.created_at_ms,
            "finished_at": job.finished_at_ms,
            "plan_id": plan_id,
            "lots": len(job.problem["pickups"]),
            "trucks": len(job.problem["trucks"]),
            "scenario": (job.request.get("scenario") or {}).get("name"),
        }
    )


def plan_document(session: Session, tenant_id: uuid.UUID, plan_id: uuid.UUID) -> PlanDocument:
    """A plan as it is shown. Raises NotFound."""
    plan = store.plan(session, tenant_id, plan_id)
    if plan is None:
        raise NotFound("There is no such plan.")
    return PlanDocument(**summary(plan), plan=plan.document["plan"], deadlines=plan.document["deadlines"])


def summary(plan: Plan) -> dict[str, Any]:
    """A plan without its routes, as it is shown."""
    return {
        "id": plan.id,
        "job_id": plan.job_id,
        "state": plan.state,
        "version": plan.version,
        "engine": plan.engine,
        "cost_satang": plan.cost_satang,
        "data_as_of": plan.data_as_of_ms,
        "created_at": plan.created_at_ms,
        "published_at": plan.published_at_ms,
        "scenario": plan.document.get("scenario"),
        "parent_id": plan.parent_id,
    }


def _run(session: Session, tenant_id: uuid.UUID, catalogue: Catalogue, run_id: uuid.UUID) -> RunDocument:
    run = store.run(session, tenant_id, run_id)
    if run is None:
        raise NotFound("There is no such run.")
    return _run_documents(session, tenant_id, catalogue, [run])[run.id]


def _run_documents(
    session: Session, tenant_id: uuid.UUID, catalogue: Catalogue, runs: Sequence[Run]
) -> dict[uuid.UUID, RunDocument]:
    trucks = {truck.id: truck for truck in fleet.all_trucks(session, tenant_id)}
    hubs = {hub.id: hub.code for hub in fleet.all_hubs(session, tenant_id)}
    villages = {village.id: village.code for village in fleet.all_villages(session, tenant_id)}
    stops = store.stops(session, tenant_id, [run.id for run in runs])
    collected = lots.by_ids(session, tenant_id, [stop.lot_id for stop in stops])
    aboard: dict[uuid.UUID, list[Commodity]] = {run.id: [] for run in runs}
    by_run: dict[uuid.UUID, list[StopDocument]] = {run.id: [] for run in runs}
    for stop in stops:
        lot = collected[stop.lot_id]
        if stop.state != "skipped":
            aboard[stop.run_id].append(catalogue.commodity(lot.commodity_id))
        by_run[stop.run_id].append(
            StopDocument.model_validate(
                {
                    "position": stop.position,
                    "lot": lot.code,
                    "village": villages[lot.village_id],
                    "arrives_at": stop.arrives_at_ms,
                    "departs_at": stop.departs_at_ms,
                    "state": stop.state,
                    "arrived_at": stop.arrived_at_ms,
                    "done_at": stop.done_at_ms,
                    "loaded_weight_g": stop.loaded_weight_g,
                    "loaded_crates": stop.loaded_crates,
                    "reason": stop.reason,
                }
            )
        )
    return {
        run.id: RunDocument.model_validate(
            {
                "id": run.id,
                "code": run.code,
                "plan_id": run.plan_id,
                "truck": trucks[run.truck_id].code,
                "hub": hubs[run.hub_id],
                "state": run.state,
                "sheet_version": run.sheet_version,
                "departs_at": run.departs_at_ms,
                "departed_at": run.departed_at_ms,
                "arrives_at": run.arrives_at_ms,
                "arrived_at": run.arrived_at_ms,
                "distance_m": run.distance_m,
                "set_point_c": set_point_c(trucks[run.truck_id], aboard[run.id]),
                "stops": by_run[run.id],
            }
        )
        for run in runs
    }
