"""Forecasts of shipments and lots from their stored status, and what another way would change. Nothing is written."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from services.devices.subjects import SubjectKind
from services.errors import Conflict
from services.evidence import ledger_store
from services.evidence.cases import Case, advanced, cases
from services.evidence.figures import OwnFigures
from services.evidence.forecast_schemas import (
    CustodyLossDocument,
    FanPoint,
    ForecastDocument,
    HandOverDocument,
    LegLossDocument,
    Life,
    LotArrival,
    WhatIf,
)
from services.evidence.outlook import Outlook, Way, later, look_ahead, standing_of, straight, way_ahead
from services.lots.tables import Lot
from services.readings.status import shown_at, statuses
from services.readings.tables import FreshnessStatus
from services.shipments.itinerary import legs_of, lots_aboard, rows_of
from services.shipments.logic import ARRIVED
from services.shipments.tables import ItineraryLeg, Shipment
from telemetry.freshness import Catalogue, Leg, Verdict
from telemetry.freshness.custody import custody_losses
from telemetry.freshness.forecast import Forecast, Standing
from telemetry.freshness.grid import DAY_S

NO_WAY = "No way ahead is planned: PUT its itinerary, or give its ETA."
HAS_ARRIVED = "It has arrived."

Aboard = tuple[uuid.UUID, str, str, FreshnessStatus | None]
"""A lot's id, code and commodity, and its stored status."""


@dataclass(frozen=True, slots=True)
class Known:
    """A lot whose life is known, as its stored status has it."""

    lot_id: uuid.UUID
    code: str
    commodity_id: str
    standing: Standing
    recent_c: float
    assessed_at_ms: int


@dataclass(frozen=True, slots=True)
class Seen:
    """A lot and its outlook."""

    lot: Known
    outlook: Outlook


def aboard_of(session: Session, tenant_id: uuid.UUID, shipment: Shipment) -> list[Aboard]:
    """The lots in a shipment, by code."""
    return _with_status(session, tenant_id, lots_aboard(session, tenant_id, shipment.id))


def known_lots(aboard: Sequence[Aboard], now_ms: int) -> tuple[list[Known], str | None]:
    """What is known of the lots; and, where one of them is not known, why."""
    known = []
    for lot_id, code, commodity_id, status in aboard:
        shown = shown_at(status, now_ms)
        standing = standing_of(shown.status.assessment) if shown.status and shown.assessed else None
        if shown.status is None or standing is None or shown.verdict is Verdict.UNKNOWN:
            return [], f"{code}: {shown.reasons[0]['sentence']}"
        recent_c = shown.status.assessment["recent_c"]
        known.append(Known(lot_id, code, commodity_id, standing, recent_c, shown.status.assessed_at_ms))
    return known, None if known else "There is no lot in it."


def shipment_way(planned: Sequence[ItineraryLeg], shipment: Shipment, lot: Known) -> Way | None:
    """What lies ahead of a lot of a shipment; None where nobody planned."""
    if planned:
        return way_ahead(planned, lot.assessed_at_ms, lot.recent_c)
    if shipment.eta_at_ms is None:
        return None
    set_point_c = lot.recent_c if shipment.set_point_centi_c is None else shipment.set_point_centi_c / 100
    return straight(lot.assessed_at_ms, shipment.eta_at_ms, f"to {shipment.destination}", set_point_c)


def shipment_outlooks(
    session: Session,
    tenant_id: uuid.UUID,
    shipment: Shipment,
    aboard: Sequence[Aboard],
    catalogue: Catalogue,
    now_ms: int,
) -> tuple[list[Seen], str | None]:
    """The outlook of every lot aboard, the one with the least life on arrival first; or why there is none."""
    if shipment.state == ARRIVED:
        return [], HAS_ARRIVED
    known, missing = known_lots(aboard, now_ms)
    if missing:
        return [], missing
    planned = legs_of(session, tenant_id, [shipment.id]).get(shipment.id, [])
    figures = _figures(session, tenant_id, catalogue)
    seen = []
    for lot in known:
        way = shipment_way(planned, shipment, lot)
        if way is None:
            return [], NO_WAY
        outlook = look_ahead(figures.commodity(lot.commodity_id), lot.standing, way)
        if outlook is None:
            return [], f"{lot.code}: no published life of {lot.commodity_id}."
        seen.append(Seen(lot, outlook))
    return sorted(seen, key=_least_first), None


def shipment_what_if(
    session: Session, tenant_id: uuid.UUID, shipment: Shipment, asked: WhatIf, catalogue: Catalogue, now_ms: int
) -> tuple[Seen, Seen]:
    """The deciding lot as planned, and the one that would decide. Raises Conflict where nothing can be foretold."""
    aboard = aboard_of(session, tenant_id, shipment)
    before, missing = shipment_outlooks(session, tenant_id, shipment, aboard, catalogue, now_ms)
    if missing:
        raise Conflict(f"Nothing can be foretold of the shipment {shipment.code!r}. {missing}")
    planned = legs_of(session, tenant_id, [shipment.id]).get(shipment.id, [])
    another = planned if asked.legs is None else rows_of(shipment, asked.legs)
    figures = _figures(session, tenant_id, catalogue)
    after = []
    for one in before:
        way = shipment_way(another, shipment, one.lot)
        outlook = (
            None
            if way is None
            else look_ahead(
                figures.commodity(one.lot.commodity_id), one.lot.standing, changed(way, asked, one.lot.recent_c)
            )
        )
        if outlook is not None:
            after.append(Seen(one.lot, outlook))
    return before[0], min(after, key=_least_first)


def lot_what_if(
    session: Session, tenant_id: uuid.UUID, lot: Lot, asked: WhatIf, catalogue: Catalogue, now_ms: int
) -> tuple[Seen, Seen]:
    """A lot that waits, as it is and as asked. Raises Conflict where nothing can be foretold."""
    found, missing = known_lots(_with_status(session, tenant_id, [(lot.id, lot.code, lot.commodity_id)]), now_ms)
    if missing:
        raise Conflict(f"Nothing can be foretold. {missing}")
    (known,) = found
    commodity = _figures(session, tenant_id, catalogue).commodity(lot.commodity_id)
    rest_s = round(asked.wait_hours * 3600)
    stays = Way(known.assessed_at_ms, (Leg("waits as it is", "", rest_s, known.recent_c),) if rest_s else ())
    planned = [] if asked.legs is None else rows_of(_nowhere(lot), asked.legs)
    way = way_ahead(planned, known.assessed_at_ms, known.recent_c) if planned else Way(known.assessed_at_ms, ())
    before = look_ahead(commodity, known.standing, stays)
    after = look_ahead(commodity, known.standing, changed(way, asked, known.recent_c))
    if before is None or after is None:
        raise Conflict(f"Nothing can be foretold: no published life of {lot.commodity_id}.")
    return Seen(known, before), Seen(known, after)


def changed(way: Way, asked: WhatIf, recent_c: float) -> Way:
    """The way with what was asked for."""
    if asked.set_point_c is not None:
        way = replace(way, legs=tuple(replace(leg, set_point_c=asked.set_point_c / 100) for leg in way.legs))
    if asked.required_days is not None:
        ends = len(way.legs)
        kept = tuple(one for one in way.asked if one[0] != ends)
        way = replace(way, asked=(*kept, (ends, "the end", round(asked.required_days * DAY_S))))
    if asked.wait_hours:
        at_c = recent_c if asked.wait_at_c is None else asked.wait_at_c / 100
        wait_s = round(asked.wait_hours * 3600)
        way = later(way, Leg("wait", "", wait_s, at_c, early_s=wait_s, late_s=wait_s))
    return way


def custodies(
    session: Session, tenant_id: uuid.UUID, lot_id: uuid.UUID, catalogue: Catalogue, now_ms: int
) -> list[CustodyLossDocument]:
    """Who lost the days of a lot so far, replayed from its readings."""
    (case,) = cases(session, tenant_id, [lot_id], _figures(session, tenant_id, catalogue), now_ms)
    if case.commodity is None:
        return []
    ledger = advanced(session, tenant_id, [case], None)[lot_id].ledger
    losses = custody_losses(ledger, _hand_overs(case), until_ms=case.instant_ms)
    return [
        CustodyLossDocument(
            custodian=one.custodian,
            from_at=one.from_ms,
            to_at=one.to_ms,
            days_lost=round(one.days_lost, 3),
            days_lost_early=round(one.days_lost_early, 3),
            observed_share=round(one.observed_share, 3),
        )
        for one in losses
    ]


def forecast_document(seen: Seen) -> ForecastDocument:
    """An outlook as it is shown."""
    arrival = seen.outlook.arrival
    return ForecastDocument(
        lot=seen.lot.code,
        commodity_id=seen.lot.commodity_id,
        from_at=seen.lot.assessed_at_ms,
        eta=arrival.eta_ms,
        eta_early=arrival.earliest_ms,
        eta_late=arrival.latest_ms,
        now=Life(**_life(seen.outlook.now)),
        arrival=Life(**_life(arrival)),
        injury_dose=arrival.injury_dose,
        legs=[
            LegLossDocument(name=one.name, custodian=one.custodian, days_lost=round(one.days_lost, 3))
            for one in arrival.legs
        ],
        hand_overs=[
            HandOverDocument(
                place=one.place,
                at=one.forecast.eta_ms,
                required_days=None if one.forecast.required_s is None else one.forecast.required_s / DAY_S,
                chance=one.forecast.chance_of_required,
                **_life(one.forecast),
            )
            for one in seen.outlook.hand_overs
        ],
        fan=[FanPoint(at=one.eta_ms, **_life(one)) for one in seen.outlook.fan],
    )


def arrival_of(seen: Seen) -> LotArrival:
    """What one lot will have left on arrival, as it is shown."""
    return LotArrival(lot=seen.lot.code, commodity_id=seen.lot.commodity_id, **_life(seen.outlook.arrival))


def _hand_overs(case: Case) -> list[tuple[int, str]]:
    custody = case.custody
    moments = [
        (custody.harvested_ms, "village"),
        (custody.loaded_ms, "truck"),
        (custody.received_ms, "hub"),
        (custody.shipped_ms, "shipment"),
    ]
    return [(at_ms, who) for at_ms, who in moments if at_ms is not None and at_ms <= case.instant_ms]


def _with_status(session: Session, tenant_id: uuid.UUID, lots: Sequence[tuple[uuid.UUID, str, str]]) -> list[Aboard]:
    by_id = statuses(session, tenant_id, SubjectKind.LOT, [lot_id for lot_id, _, _ in lots])
    return [(lot_id, code, commodity_id, by_id.get(lot_id)) for lot_id, code, commodity_id in lots]


def _figures(session: Session, tenant_id: uuid.UUID, catalogue: Catalogue) -> OwnFigures:
    return OwnFigures.of(catalogue, ledger_store.overrides(session, tenant_id))


def _nowhere(lot: Lot) -> Shipment:
    """A shipment that is never stored, for the legs of a way that is only asked about."""
    return Shipment(id=lot.id, tenant_id=lot.tenant_id)


def _least_first(seen: Seen) -> tuple[int, int, str]:
    left = seen.outlook.arrival.remaining
    return left.p10_s, left.p50_s, seen.lot.code


def _life(forecast: Forecast) -> dict[str, float]:
    left = forecast.remaining
    return {
        "p10_days": round(left.p10_s / DAY_S, 3),
        "p50_days": round(left.p50_s / DAY_S, 3),
        "p90_days": round(left.p90_s / DAY_S, 3),
    }
