"""`/v1/repairs` and `/v1/dispatch-rule`: a broken plan, what to do about it, and who decides."""

import uuid
from typing import Annotated

from fastapi import APIRouter, Query

from services.errors import Conflict, NotFound
from services.http.context import Db, NowMs
from services.http.paging import Page, Paging, page_of
from services.http.problems import answers
from services.identity.access import require
from services.identity.logic import Caller, Role
from services.plans.own_runs import demand_own_run
from services.runs import repairing, store
from services.runs.schemas import (
    Declined,
    RepairDocument,
    RepairSummary,
    RuleChange,
    RuleDocument,
    SheetDocument,
    State,
)

router = APIRouter(tags=["repairs"])

Reader = Annotated[Caller, require(Role.COORDINATOR, Role.AUDITOR)]
Coordinator = Annotated[Caller, require(Role.COORDINATOR)]


@router.get("/v1/repairs")
def list_repairs(
    caller: Reader,
    database: Db,
    paging: Paging,
    state: State | None = None,
    plan_id: Annotated[uuid.UUID | None, Query(description="Of this plan only.")] = None,
) -> Page[RepairSummary]:
    """Repairs of published plans, the newest first."""
    after = paging.after(int, uuid.UUID)
    with database.read() as session:
        rows = store.repairs(
            session,
            caller.tenant_id,
            state=state,
            plan_id=plan_id,
            before=None if after is None else (after[0], after[1]),
            limit=paging.fetch,
        )
    return page_of(paging, rows, key=lambda row: (row.created_at_ms, row.id), document=RepairSummary.model_validate)


@router.get("/v1/repairs/{repair_id}", responses=answers(NotFound))
def get_repair(repair_id: uuid.UUID, caller: Reader, database: Db) -> RepairDocument:
    """One repair with the plan that it proposes."""
    with database.read() as session:
        row = store.repair(session, caller.tenant_id, repair_id)
        if row is None:
            raise NotFound("There is no such repair.")
        return RepairDocument.model_validate(row)


@router.post("/v1/repairs/{repair_id}/apply", responses=answers(NotFound, Conflict))
def apply_repair(repair_id: uuid.UUID, caller: Coordinator, database: Db, now_ms: NowMs) -> RepairSummary:
    """Put a repair into force: drivers get new sheets. 409 when drivers have meanwhile done what it would change."""
    with database.write() as session:
        row = repairing.apply_repair(session, caller.tenant_id, repair_id, caller.name, now_ms)
        return RepairSummary.model_validate(row)


@router.post("/v1/repairs/{repair_id}/decline", responses=answers(NotFound, Conflict))
def decline_repair(
    repair_id: uuid.UUID, declined: Declined, caller: Coordinator, database: Db, now_ms: NowMs
) -> RepairSummary:
    """Leave the plan as it is, with the reason; the same causes make no second proposal."""
    with database.write() as session:
        row = repairing.decline(session, caller.tenant_id, repair_id, caller.name, declined.comment, now_ms)
        return RepairSummary.model_validate(row)


@router.get("/v1/dispatch-rule")
def get_rule(caller: Reader, database: Db) -> RuleDocument:
    """Who decides on repairs."""
    with database.read() as session:
        rule = store.rule(session, caller.tenant_id)
        return RuleDocument() if rule is None else RuleDocument.model_validate(rule)


@router.put("/v1/dispatch-rule")
def set_rule(change: RuleChange, caller: Coordinator, database: Db, now_ms: NowMs) -> RuleDocument:
    """Let repairs apply at once where they change little, or have each approved."""
    with database.write() as session:
        rule = repairing.set_rule(session, caller.tenant_id, change.applies, change.most_changes, caller.name, now_ms)
        return RuleDocument.model_validate(rule)


@router.get("/v1/runs/{run_id}/sheets", responses=answers(NotFound))
def list_sheets(
    run_id: uuid.UUID,
    caller: Annotated[Caller, require(Role.COORDINATOR, Role.AUDITOR, own=(Role.DRIVER,))],
    database: Db,
    now_ms: NowMs,
) -> list[SheetDocument]:
    """What changed on a run's sheet since the plan was published; empty while it is the first one."""
    with database.read() as session:
        demand_own_run(session, caller.tenant_id, run_id, caller.scope, now_ms)
        return [SheetDocument.model_validate(row) for row in store.sheets(session, caller.tenant_id, run_id)]
