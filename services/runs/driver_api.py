"""What a driver's phone speaks to: `/v1/runs/{run_id}/events|proofs`, and `/v1/plans/{plan_id}/progress`."""

import uuid
from typing import Annotated

from fastapi import APIRouter, Response

from services.errors import InvalidInput, NotFound
from services.fleet import logic as fleet
from services.fleet.tables import Truck
from services.http.context import Commodities, Db, NowMs
from services.http.problems import answers
from services.identity.access import require
from services.identity.logic import Caller, Role
from services.plans import driving
from services.plans.own_runs import demand_own_run
from services.runs import proving, reporting, store
from services.runs.driver_schemas import (
    EventDocument,
    ExpectedStop,
    NewEvents,
    NewProof,
    PositionDocument,
    ProgressDocument,
    ProofDocument,
    TakenDocument,
    TakenEvents,
)
from services.runs.knowing import POSITION_COUNTS_MS, known

router = APIRouter(tags=["driving"])

Reader = Annotated[Caller, require(Role.COORDINATOR, Role.AUDITOR, own=(Role.DRIVER,))]
Driver = Annotated[Caller, require(Role.COORDINATOR, own=(Role.DRIVER,))]
Office = Annotated[Caller, require(Role.COORDINATOR, Role.AUDITOR)]


@router.post("/v1/runs/{run_id}/events", responses=answers(NotFound, InvalidInput))
def report(run_id: uuid.UUID, sent: NewEvents, caller: Driver, database: Db, now_ms: NowMs) -> TakenEvents:
    """Report what was done, also hours later: taken once each; what can't be is answered with its reason."""
    with database.write() as session:
        demand_own_run(session, caller.tenant_id, run_id, caller.scope, now_ms)
        reports = [event.report() for event in sent.events]
        taken = reporting.take(session, caller.tenant_id, run_id, reports, caller.name, now_ms)
        run = store.run(session, caller.tenant_id, run_id)
        results = [TakenDocument(id=one.client_id, outcome=one.outcome, reason=one.reason) for one in taken]
        return TakenEvents(results=results, sheet_version=run.sheet_version if run else 1)


@router.get("/v1/runs/{run_id}/events", responses=answers(NotFound))
def list_events(run_id: uuid.UUID, caller: Reader, database: Db, now_ms: NowMs) -> list[EventDocument]:
    """All that was reported of a run, in the order in which it happened."""
    with database.read() as session:
        demand_own_run(session, caller.tenant_id, run_id, caller.scope, now_ms)
        return [EventDocument.model_validate(row) for row in store.events(session, caller.tenant_id, run_id)]


@router.post("/v1/runs/{run_id}/proofs", status_code=201, responses=answers(NotFound, InvalidInput))
def keep_proof(run_id: uuid.UUID, sent: NewProof, caller: Driver, database: Db, now_ms: NowMs) -> ProofDocument:
    """Keep a photo or a signature of a pick-up, without the place and the phone that are written into it."""
    with database.write() as session:
        demand_own_run(session, caller.tenant_id, run_id, caller.scope, now_ms)
        run = store.run(session, caller.tenant_id, run_id)
        if run is None:
            raise NotFound("There is no such run.")
        proof = proving.keep(
            session,
            run,
            client_id=sent.id,
            lot=sent.lot,
            kind=sent.kind,
            content=sent.content,
            by=caller.name,
            at_ms=sent.at,
            now_ms=now_ms,
        )
        return ProofDocument.model_validate(proof)


@router.get("/v1/runs/{run_id}/proofs", responses=answers(NotFound))
def list_proofs(run_id: uuid.UUID, caller: Reader, database: Db, now_ms: NowMs) -> list[ProofDocument]:
    """The photos and signatures of a run."""
    with database.read() as session:
        demand_own_run(session, caller.tenant_id, run_id, caller.scope, now_ms)
        return [ProofDocument.model_validate(row) for row in store.proofs(session, caller.tenant_id, run_id)]


@router.get(
    "/v1/runs/{run_id}/proofs/{proof_id}",
    response_class=Response,
    responses={200: {"content": {"image/jpeg": {}, "image/png": {}}}, **answers(NotFound)},
)
def get_proof(run_id: uuid.UUID, proof_id: uuid.UUID, caller: Reader, database: Db, now_ms: NowMs) -> Response:
    """One photo or signature."""
    with database.read() as session:
        demand_own_run(session, caller.tenant_id, run_id, caller.scope, now_ms)
        proof = store.proof(session, caller.tenant_id, run_id, proof_id)
        if proof is None:
            raise NotFound("There is no such proof.")
        headers = {"X-Content-Type-Options": "nosniff", "Content-Disposition": "inline"}
        return Response(proof.content, media_type=proof.media_type, headers=headers)


@router.get("/v1/plans/{plan_id}/progress", responses=answers(NotFound))
def get_progress(
    plan_id: uuid.UUID, caller: Office, database: Db, commodities: Commodities, now_ms: NowMs
) -> list[ProgressDocument]:
    """How far each truck of a published plan is, how late, and when it will be where."""
    with database.read() as session:
        driven = driving.driven(session, caller.tenant_id, plan_id)
        if driven is None:
            raise NotFound("There is no such published plan.")
        found = known(session, driven, commodities, now_ms)
        codes = fleet.codes(session, caller.tenant_id, Truck, [run.truck_id for run in driven.runs])
        where = store.positions(session, caller.tenant_id, list(codes), now_ms - POSITION_COUNTS_MS)
    positions = {codes[truck_id]: row for truck_id, row in where.items()}
    zero_ms = found.problem.time_zero_ms or 0
    return [
        ProgressDocument(
            truck=truck,
            delay_s=found.now.delay_s[truck],
            position=PositionDocument.model_validate(positions[truck]) if truck in positions else None,
            stops=[
                ExpectedStop(
                    kind=item.stop.kind,
                    lot=item.stop.pickup,
                    hub=item.stop.hub,
                    planned_at=zero_ms + item.stop.arrival_s * 1000,
                    expected_at=zero_ms + item.arrival_s * 1000,
                )
                for item in ahead
            ],
        )
        for truck, ahead in found.now.expected.items()
    ]
