"""A shipment's record: its sensors' readings thinned for drawing, gaps, excursions, and who had its lots when."""

from collections.abc import Sequence

import numpy as np
from sqlalchemy.orm import Session
from tsdownsample import MinMaxLTTBDownsampler

from services.lots.tables import Lot
from services.shipments.tables import Shipment
from services.web import store
from services.web.chart import GAP_INTERVALS, gaps, outside
from services.web.schemas import Band, CustodyLeg, SeriesDocument, ShipmentRecordDocument, SpanDocument
from services.web.shipmentview import DEFAULT_INTERVAL_S, band

POINTS_A_SERIES = 1500
"""About as many as a wide screen has columns; MinMaxLTTB keeps each stretch's extremes, so no excursion is lost.

Van der Donckt et al. 2023, MinMaxLTTB: leveraging MinMax-preselection to scale LTTB in visualization.
"""


def record(session: Session, shipment: Shipment, now_ms: int) -> ShipmentRecordDocument:
    """What was measured for ``shipment`` until ``now_ms``, or until it arrived."""
    tenant_id = shipment.tenant_id
    sensors = store.series(session, tenant_id, "shipment", shipment.id)
    inside = store.custody_of_lots(session, tenant_id, shipment.id)
    band_c = band([lot.commodity_id for lot, *_ in inside])
    interval_s = max((sensor.expected_interval_s for sensor in sensors), default=DEFAULT_INTERVAL_S)
    longest_ms = GAP_INTERVALS * interval_s * 1000
    from_ms = min((sensor.samples[0][0] for sensor in sensors if sensor.samples), default=shipment.created_at_ms)
    to_ms = max(now_ms if shipment.arrived_at_ms is None else shipment.arrived_at_ms, from_ms)
    drawn = [(sensor.sensor, sensor.samples) for sensor in sensors]
    spells = outside(drawn, band_c, longest_ms) if band_c else []
    return ShipmentRecordDocument(
        code=shipment.code,
        from_at=from_ms,
        to_at=to_ms,
        band_c=Band(low=band_c[0], high=band_c[1]) if band_c else None,
        set_point_c=None if shipment.set_point_centi_c is None else shipment.set_point_centi_c / 100,
        readings=sum(len(sensor.samples) for sensor in sensors),
        series=[_series(sensor) for sensor in sensors if sensor.samples],
        gaps=[SpanDocument(from_at=begins, to_at=ends) for begins, ends in gaps(drawn, from_ms, to_ms, longest_ms)],
        excursions=[SpanDocument(from_at=begins, to_at=ends) for begins, ends in spells],
        legs=legs(shipment, inside),
    )


def _series(sensor: store.SensorSeries) -> SeriesDocument:
    at_ms = np.array([at for at, _ in sensor.samples], dtype=np.int64)
    celsius = np.array([value for _, value in sensor.samples], dtype=np.float64)
    kept: Sequence[int] = range(len(at_ms))
    if len(at_ms) > POINTS_A_SERIES:
        thinner = MinMaxLTTBDownsampler()  # type: ignore[no-untyped-call]
        kept = [int(index) for index in thinner.downsample(at_ms, celsius, n_out=POINTS_A_SERIES)]
    return SeriesDocument(
        sensor=sensor.sensor,
        position=sensor.position,
        interval_s=sensor.expected_interval_s,
        at_ms=[int(at_ms[index]) for index in kept],
        temperature_c=[float(celsius[index]) for index in kept],
        humidity_pct=[sensor.humidity_pct[index] for index in kept],
    )


def legs(shipment: Shipment, inside: Sequence[store.LotCustody]) -> list[CustodyLeg]:
    """The way as far as it is known: villages, trucks, hub, and the shipment itself."""
    lots = [lot for lot, *_ in inside]
    loaded = [at_ms for *_, at_ms in inside]
    found = []
    if lots:
        villages = sorted({village for _, village, _, _ in inside})
        found.append(_leg("village", villages, lots, "ready_at_ms", "loaded_at_ms"))
    ridden = [(lot, truck) for lot, _, truck, _ in inside if lot.loaded_at_ms is not None]
    if ridden:
        trucks = sorted({truck for _, truck in ridden if truck is not None})
        found.append(_leg("truck", trucks, [lot for lot, _ in ridden], "loaded_at_ms", "received_at_ms"))
    received = [lot.received_at_ms for lot in lots if lot.received_at_ms is not None]
    if received:
        found.append(CustodyLeg(kind="hub", places=[], lots=len(received), from_at=min(received), to_at=max(loaded)))
    if loaded and shipment.state != "loading":
        found.append(
            CustodyLeg(
                kind="shipment",
                places=[shipment.code],
                lots=len(lots),
                from_at=shipment.departs_at_ms or min(loaded),
                to_at=shipment.arrived_at_ms,
            )
        )
    return found


def _leg(kind: str, places: list[str], lots: Sequence[Lot], begins: str, ends: str) -> CustodyLeg:
    over = [getattr(lot, ends) for lot in lots]
    return CustodyLeg.model_validate(
        {
            "kind": kind,
            "places": places,
            "lots": len(lots),
            "from_at": min(getattr(lot, begins) for lot in lots),
            "to_at": None if any(at_ms is None for at_ms in over) else max(over),
        }
    )
