"""A shipment as its pages tell it: a row with one plain sentence, and the page with chart, lots and reasons."""

import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from sqlalchemy.orm import Session

from services.fleet.tables import Hub
from services.readings.status import Shown, shown_at
from services.readings.tables import FreshnessStatus
from services.shipments.tables import Shipment
from services.web import store
from services.web.chart import Chart, draw
from services.web.words import (
    CONDITIONS,
    ZONE,
    VerdictLook,
    counted,
    day_and_time,
    life_left,
    span,
    verdict_look,
)
from telemetry.freshness import Verdict
from telemetry.freshness.commodities import Catalogue, load_catalogue

DEFAULT_INTERVAL_S = 300


@dataclass(frozen=True, slots=True)
class ShipmentRow:
    """One line of the table of shipments."""

    code: str
    look: VerdictLook
    sentence: str
    produce: str
    load: str
    hub: str
    destination: str
    eta: str
    life: str
    confidence: str


@dataclass(frozen=True, slots=True)
class LotRow:
    """One lot of a shipment."""

    code: str
    produce: str
    village: str
    weight: str
    look: VerdictLook
    life: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ShipmentPage:
    """All that a shipment's page shows."""

    tenant: str
    now: str
    row: ShipmentRow
    state: str
    set_point: str
    departs: str
    band: str
    why: tuple[str, ...]
    chart: Chart | None
    sensors: tuple[str, ...]
    gap_times: tuple[str, ...]
    excursion_times: tuple[str, ...]
    lots: tuple[LotRow, ...]


@cache
def catalogue() -> Catalogue:
    """The commodity catalogue, read once."""
    return load_catalogue()


def shipment_row(
    shipment: Shipment,
    hub: Hub,
    status: FreshnessStatus | None,
    lots: Sequence[store.ShippedLot],
    now_ms: int,
) -> ShipmentRow:
    """A shipment's line in the table."""
    shown = shown_at(status, now_ms)
    produce = Counter(catalogue().commodity(lot.commodity_id).name_en for _, lot, _, _ in lots)
    return ShipmentRow(
        code=shipment.code,
        look=verdict_look(shown.verdict),
        sentence=sentence(shipment, shown),
        produce=", ".join(name for name, _ in produce.most_common(3)) + (" …" if len(produce) > 3 else ""),
        load=f"{counted(len(lots), 'lot')}, {sum(lot.weight_g for _, lot, _, _ in lots) / 1_000_000:.1f} t",
        hub=hub.name,
        destination=shipment.destination,
        eta=day_and_time(shipment.eta_at_ms),
        life=_life(shown),
        confidence=shown.confidence.replace("_", " "),
    )


def sentence(shipment: Shipment, shown: Shown) -> str:
    """What a shipment's state comes to, for somebody who has to decide something."""
    if shown.verdict is Verdict.UNKNOWN:
        return "Not known: " + (reasons(shown) or ("There are no readings that can be relied on.",))[0]
    parts = [f"{CONDITIONS.get(shown.condition, shown.condition).capitalize()} now"]
    if shown.status is not None and shown.status.keeps_until_ms is not None:
        parts.append(f"as it is now it keeps at least until {day_and_time(shown.status.keeps_until_ms)}")
    if shipment.eta_at_ms is not None and shipment.arrived_at_ms is None:
        parts.append(f"due {day_and_time(shipment.eta_at_ms)}")
    return "; ".join(parts) + "."


def reasons(shown: Shown) -> tuple[str, ...]:
    """Why the verdict is what it is, as the assessment says it."""
    return tuple(reason["sentence"] for reason in shown.reasons)


def shipment_page(session: Session, tenant_id: uuid.UUID, code: str, now_ms: int) -> ShipmentPage | None:
    """The page of one shipment, or None where the tenant has none of that code."""
    found = store.shipment(session, tenant_id, code)
    if found is None:
        return None
    shipment, hub, status = found
    shown = shown_at(status, now_ms)
    tenant = store.tenant(session, tenant_id)
    lots = store.lots_of_shipments(session, tenant_id, [shipment.id])
    sensors = store.series(session, tenant_id, "shipment", shipment.id)
    band_c = band([lot.commodity_id for _, lot, _, _ in lots])
    interval_s = max((sensor.expected_interval_s for sensor in sensors), default=DEFAULT_INTERVAL_S)
    starts_ms = min((sensor.samples[0][0] for sensor in sensors if sensor.samples), default=shipment.created_at_ms)
    chart = draw(
        [(f"{sensor.sensor} ({sensor.position.replace('_', ' ')})", sensor.samples) for sensor in sensors],
        from_ms=starts_ms,
        to_ms=max(now_ms if shipment.arrived_at_ms is None else shipment.arrived_at_ms, starts_ms + 1),
        band_c=band_c,
        interval_s=interval_s,
        zone=ZONE,
    )
    return ShipmentPage(
        tenant=tenant.name if tenant else "",
        now=day_and_time(now_ms),
        row=shipment_row(shipment, hub, status, lots, now_ms),
        state=shipment.state.replace("_", " "),
        set_point="–" if shipment.set_point_centi_c is None else f"{shipment.set_point_centi_c / 100:g} °C",
        departs=day_and_time(shipment.departs_at_ms),
        band=f"{band_c[0]:g}–{band_c[1]:g} °C" if band_c else "no common band",
        why=reasons(shown),
        chart=chart,
        sensors=tuple(line.name for line in chart.lines) if chart else (),
        gap_times=tuple(_span_text(gap.from_ms, gap.to_ms) for gap in chart.gaps) if chart else (),
        excursion_times=tuple(_span_text(spell.from_ms, spell.to_ms) for spell in chart.excursions) if chart else (),
        lots=tuple(_lot_row(lot, now_ms) for lot in lots),
    )


def band(commodity_ids: Sequence[str]) -> tuple[float, float] | None:
    """The temperatures that suit all commodities, or None where there are none."""
    bands = [known for name in set(commodity_ids) if (known := catalogue().commodity(name).band_c)]
    if not bands:
        return None
    low_c, high_c = max(low for low, _ in bands), min(high for _, high in bands)
    return (low_c, high_c) if low_c <= high_c else None


def _lot_row(found: store.ShippedLot, now_ms: int) -> LotRow:
    _, lot, village, status = found
    shown = shown_at(status, now_ms)
    return LotRow(
        code=lot.code,
        produce=catalogue().commodity(lot.commodity_id).name_en,
        village=village.name,
        weight=f"{lot.weight_g / 1000:,.0f} kg",
        look=verdict_look(shown.verdict),
        life=_life(shown),
        reasons=reasons(shown),
    )


def _life(shown: Shown) -> str:
    status = shown.status
    if status is None or not shown.assessed:
        return "–"
    return life_left(status.remaining_p10_s, status.remaining_p50_s, status.remaining_p90_s)


def _span_text(from_ms: int, to_ms: int) -> str:
    return f"{day_and_time(from_ms)} for {span((to_ms - from_ms) / 1000)}"
