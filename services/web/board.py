"""The board: counts that open lists, and the few rows that can't wait."""

import uuid
from collections import Counter

from sqlalchemy.orm import Session

from services.identity.scope import Scope
from services.readings.status import shown_at
from services.web import store
from services.web.schemas import BoardDocument, CollectionBoard, DueLot, RunUnderWay

DUE_LOTS = 10


def board(session: Session, tenant_id: uuid.UUID, scope: Scope, now_ms: int, speed: float | None) -> BoardDocument:
    """What needs somebody at ``now_ms``. Who sees own shipments only is told of nothing else."""
    under_way = store.statuses_under_way(session, tenant_id, exporter=scope.exporter)
    verdicts = Counter(str(shown_at(status, now_ms).verdict) for status in under_way)
    return BoardDocument(
        now=now_ms,
        speed=speed,
        shipments_by_verdict=dict(verdicts),
        collection=_collection(session, tenant_id, now_ms) if scope.exporter is None else None,
    )


def _collection(session: Session, tenant_id: uuid.UUID, now_ms: int) -> CollectionBoard:
    counts = store.counts(session, tenant_id)
    waiting = [(lot, village, shown_at(status, now_ms)) for lot, village, status in store.waiting(session, tenant_id)]
    temperatures = store.truck_temperatures(session, tenant_id, now_ms)
    lasting = sorted(
        (shown.status.keeps_until_ms, lot.code, lot, village, shown)
        for lot, village, shown in waiting
        if shown.status is not None and shown.status.keeps_until_ms is not None
    )
    runs = []
    for run, truck, hub, stops, done in store.runs_under_way(session, tenant_id):
        measured_at_ms, celsius = temperatures.get(truck.id, (None, None))
        runs.append(
            RunUnderWay(
                code=run.code,
                truck=truck.code,
                hub=hub.code,
                state=run.state,
                departs_at=run.departs_at_ms,
                arrives_at=run.arrives_at_ms,
                stops=stops,
                stops_done=done,
                temperature_c=celsius,
                measured_at=measured_at_ms,
            )
        )
    return CollectionBoard(
        lots_by_state=counts.lots_by_state,
        waiting_by_verdict=dict(Counter(str(shown.verdict) for _, _, shown in waiting)),
        due=[
            DueLot(
                code=lot.code,
                village=village.name,
                commodity_id=lot.commodity_id,
                weight_g=lot.weight_g,
                verdict=shown.verdict,
                keeps_until=keeps_until_ms,
            )
            for keeps_until_ms, _, lot, village, shown in lasting[:DUE_LOTS]
        ],
        runs=runs,
        gateways=counts.gateways,
        gateways_online=counts.gateways_online,
        dead_letters=counts.dead_letters,
    )
