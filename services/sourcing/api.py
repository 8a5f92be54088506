"""`/v1/sourcing`."""

import uuid
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from sqlalchemy.orm import Session

from services.errors import Conflict, InvalidInput, NotFound
from services.http.context import Commodities, Db, NowMs
from services.http.fields import NumberRef
from services.http.paging import Page, Paging, page_of
from services.http.problems import answers
from services.identity.access import READERS, require
from services.identity.logic import Caller, Role
from services.sourcing import logic, store
from services.sourcing.schemas import (
    DecidedLines,
    Decisions,
    LineDocument,
    LineState,
    NeedDetail,
    NeedDocument,
    SourcingDocument,
    SourcingJob,
    SourcingRequest,
)
from services.sourcing.tables import Sourcing, SourcingLine

router = APIRouter(tags=["sourcing"])

Reader = Annotated[Caller, require(*READERS)]
Coordinator = Annotated[Caller, require(Role.COORDINATOR)]

DAY_S = 86_400


@router.post("/v1/sourcing", status_code=202, responses=answers(InvalidInput))
def request_sourcing(
    body: SourcingRequest, caller: Coordinator, database: Db, now_ms: NowMs, catalogue: Commodities, response: Response
) -> SourcingJob:
    """Match supply to demand over the coming days. Answers at once with a job; poll it, or follow `Location`."""
    with database.write() as session:
        sourcing = logic.request_sourcing(session, caller.tenant_id, body, catalogue, by=caller.name, now_ms=now_ms)
        response.headers["Location"] = f"/v1/sourcing/{sourcing.id}"
        return SourcingJob.model_validate(_job(session, caller, [sourcing])[sourcing.id])


@router.get("/v1/sourcing")
def list_sourcing(caller: Reader, database: Db, paging: Paging) -> Page[SourcingJob]:
    """Sourcing jobs, newest first."""
    with database.read() as session:
        rows = store.listed(session, caller.tenant_id, paging.fetch, paging.after(int, uuid.UUID))
        documents = _job(session, caller, rows)
    return page_of(
        paging,
        rows,
        key=lambda row: (row.created_at_ms, row.id),
        document=lambda row: SourcingJob.model_validate(documents[row.id]),
    )


@router.get("/v1/sourcing/{sourcing_id}", responses=answers(NotFound))
def get_sourcing(sourcing_id: uuid.UUID, caller: Reader, database: Db) -> SourcingDocument:
    """How far a sourcing is; once it is done, how far each need is met, what is left over, and villages' shares."""
    with database.read() as session:
        row = logic.found(session, caller.tenant_id, sourcing_id)
        outcome: dict[str, Any] = row.outcome or {}
        supplies = {supply["id"]: supply for supply in row.market["supplies"]}
        accepted = _accepted(session, caller, row)
        return SourcingDocument.model_validate(
            _job(session, caller, [row])[row.id]
            | {
                "request": row.request,
                "need_list": [_need(row, number, accepted) for number in range(1, len(row.market["needs"]) + 1)],
                "surplus": [
                    one | _supply(one["supply"]) | {"ready_on": logic.ready_on(row, supplies[one["supply"]])}
                    for one in outcome.get("surplus", ())
                ],
                "shares": outcome.get("shares", ()),
            }
        )


@router.post("/v1/sourcing/{sourcing_id}/cancel", responses=answers(NotFound, Conflict))
def cancel_sourcing(sourcing_id: uuid.UUID, caller: Coordinator, database: Db) -> SourcingJob:
    """Stop a sourcing that is not done."""
    with database.write() as session:
        logic.cancel(session, caller.tenant_id, sourcing_id)
        row = logic.found(session, caller.tenant_id, sourcing_id)
        return SourcingJob.model_validate(_job(session, caller, [row])[row.id])


@router.get("/v1/sourcing/{sourcing_id}/needs/{number}", responses=answers(NotFound))
def get_need(sourcing_id: uuid.UUID, number: NumberRef, caller: Reader, database: Db) -> NeedDetail:
    """One need: which villages were chosen for it, which came near, and why."""
    with database.read() as session:
        row = logic.found(session, caller.tenant_id, sourcing_id)
        if row.outcome is None or number > len(row.market["needs"]):
            raise NotFound("There is no such need, or the sourcing is not done.")
        document = _need(row, number, _accepted(session, caller, row))
        return NeedDetail.model_validate(document | {"considered": row.outcome["needs"][number - 1]["considered"]})


@router.get("/v1/sourcing/{sourcing_id}/lines", responses=answers(NotFound))
def list_lines(
    sourcing_id: uuid.UUID,
    caller: Reader,
    database: Db,
    paging: Paging,
    state: Annotated[LineState | None, Query(description="Only those.")] = None,
) -> Page[LineDocument]:
    """Who is asked for what and when, each with its reason; by need, then by weight."""
    seen = paging.after(int)
    with database.read() as session:
        row = logic.found(session, caller.tenant_id, sourcing_id)
        rows = store.lines(
            session, caller.tenant_id, row.id, after=seen[0] if seen else 0, limit=paging.fetch, state=state
        )
        supplies = {supply["id"]: supply for supply in row.market["supplies"]}
    return page_of(paging, rows, key=lambda line: (line.number,), document=lambda line: _line(row, line, supplies))


@router.post("/v1/sourcing/{sourcing_id}/decisions", responses=answers(NotFound, Conflict, InvalidInput))
def decide_lines(
    sourcing_id: uuid.UUID, body: Decisions, caller: Coordinator, database: Db, now_ms: NowMs
) -> DecidedLines:
    """Accept, edit or reject lines, all together or none. What is accepted is reserved in every later sourcing."""
    with database.write() as session:
        row = logic.found(session, caller.tenant_id, sourcing_id, lock=True)
        lines = logic.decide(session, caller.tenant_id, row, body.decisions, by=caller.name, now_ms=now_ms)
        supplies = {supply["id"]: supply for supply in row.market["supplies"]}
        return DecidedLines(lines=[_line(row, line, supplies) for line in lines])


def _job(session: Session, caller: Caller, rows: Sequence[Sourcing]) -> dict[uuid.UUID, dict[str, Any]]:
    counts = store.line_counts(session, caller.tenant_id, [row.id for row in rows])
    return {
        row.id: {
            "id": row.id,
            "state": row.state or "queued",
            "progress": row.progress or 0.0,
            "detail": row.detail,
            "created_by": row.created_by,
            "created_at": row.created_at_ms,
            "finished_at": row.finished_at_ms,
            "from_on": row.request["from_on"],
            "days": row.request["days"],
            "supplies": len(row.market["supplies"]),
            "needs": len(row.market["needs"]),
            "totals": None if row.outcome is None else _totals(row, row.outcome, counts),
        }
        for row in rows
    }


def _totals(
    row: Sourcing, outcome: dict[str, Any], counts: dict[tuple[uuid.UUID, str], tuple[int, int]]
) -> dict[str, Any]:
    needs = outcome["needs"]
    accepted, rejected = counts.get((row.id, "accepted"), (0, 0)), counts.get((row.id, "rejected"), (0, 0))
    return {
        "needed_g": sum(need["quantity_g"] for need in needs),
        **{name: sum(need[name] for need in needs) for name in ("met_g", "short_g", "uncertain_g")},
        "surplus_g": sum(one["weight_g"] for one in outcome["surplus"]),
        "lines": outcome["lines"],
        "accepted": accepted[0],
        "accepted_g": accepted[1],
        "rejected": rejected[0],
        "cost_satang": outcome["cost_satang"],
        "seconds": outcome["seconds"],
    }


def _accepted(session: Session, caller: Caller, row: Sourcing) -> dict[int, int]:
    found: dict[int, int] = {}
    for line in store.lines(session, caller.tenant_id, row.id, state=store.ACCEPTED):
        number = line.detail["need_number"]
        found[number] = found.get(number, 0) + line.weight_g
    return found


def _need(row: Sourcing, number: int, accepted: dict[int, int]) -> dict[str, Any]:
    need = row.market["needs"][number - 1]
    demand_id, version = row.request["programmes"][need["demand"]]
    first = date.fromisoformat(row.request["from_on"])
    met = (row.outcome or {}).get("needs", ())
    figures = met[number - 1] if met else {"met_g": 0, "short_g": 0, "uncertain_g": 0}
    document = {
        "number": number,
        "demand": need["demand"],
        "demand_id": demand_id,
        "demand_version": version,
        "commodity_id": need["commodity"],
        "variety": need["variety"],
        "grade": need["grade"],
        "hub": need["hub"],
        "from_on": first + timedelta(days=need["from_day"]),
        "to_on": first + timedelta(days=need["to_day"]),
        "quantity_g": need["quantity_g"],
        "accepted_g": accepted.get(number, 0),
        **{name: figures[name] for name in ("met_g", "short_g", "uncertain_g")},
    }
    return NeedDocument.model_validate(document).model_dump()


def _supply(name: str) -> dict[str, Any]:
    kind, _, value = name.partition(":")
    return {"lot": value if kind == "lot" else None, "declaration": value if kind == "declaration" else None}


def _line(row: Sourcing, line: SourcingLine, supplies: dict[str, Any]) -> LineDocument:
    detail = line.detail
    need, supply = row.market["needs"][detail["need_number"] - 1], supplies[detail["supply"]]
    life_s = detail["life_left_s"]
    return LineDocument.model_validate(
        {
            "number": line.number,
            "state": line.state,
            "demand": need["demand"],
            "demand_version": line.demand_version,
            "need": detail["need_number"],
            "village": detail["village"],
            **_supply(detail["supply"]),
            "commodity_id": need["commodity"],
            "ready_on": logic.ready_on(row, supply),
            "deliver_on": line.deliver_on,
            "proposed_g": line.proposed_g,
            "weight_g": line.weight_g,
            **{
                f"{name}_satang_per_kg": detail[f"{name}_satang_per_kg"] for name in ("haul", "upgrade", "hold", "risk")
            },
            "price_satang_per_kg": need["price_satang_per_kg"],
            "life_left_days": None if life_s is None else round(life_s / DAY_S, 2),
            "why": detail["why"],
            "reason": line.reason,
            "decided_by": line.decided_by,
            "decided_at": line.decided_at_ms,
            "version": line.version,
        }
    )
