"""Heat treatments and inspections of lots: recorded, compared with what was forecast, and reported."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import replace

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from services.clock import to_rfc3339
from services.devices.subjects import SubjectKind
from services.errors import Conflict, FieldFault, InvalidInput, NotFound
from services.evidence import ledger_store
from services.evidence.cases import Case, advanced, cases
from services.evidence.figures import OwnFigures
from services.evidence.forecast_schemas import Life
from services.evidence.inspection_schemas import InspectionDocument, NewInspection, NewTreatment
from services.evidence.tables import Inspection, LotTreatment
from services.lots.tables import Lot
from services.readings.status import assess_soon
from services.shipments.itinerary import lots_aboard
from services.shipments.tables import Shipment
from telemetry.freshness import Assessment, Catalogue, judge
from telemetry.freshness.assessment import Remaining
from telemetry.freshness.grid import DAY_S
from telemetry.freshness.inspection import Calibration, Comparison, Quality, calibration_report, compare
from telemetry.freshness.inspection import Inspection as Found

AHEAD_MS = 300_000
"""How far ahead of ours an inspector's clock may be."""


def treat(session: Session, lot: Lot, new: NewTreatment, *, by: str, now_ms: int) -> LotTreatment:
    """Record a heat treatment. Raises InvalidInput before harvest or in the future, Conflict for overlapping ones."""
    if new.from_at < lot.harvested_at_ms or new.to_at > now_ms + AHEAD_MS:
        harvested = to_rfc3339(lot.harvested_at_ms)
        fault = FieldFault(
            "/from", f"the lot was harvested at {harvested}, and now is {to_rfc3339(now_ms)}.", "Correct it."
        )
        raise InvalidInput("The treatment lies outside the lot's time.", faults=[fault])
    known = ledger_store.treatments(session, lot.tenant_id, [lot.id]).get(lot.id, ())
    if any(one.from_ms < new.to_at and new.from_at < one.to_ms for one in known):
        raise Conflict("The lot was in another treatment at that time.")
    row = LotTreatment(
        id=uuid.uuid4(),
        tenant_id=lot.tenant_id,
        lot_id=lot.id,
        kind=new.kind.value,
        from_ms=new.from_at,
        to_ms=new.to_at,
        note=new.note,
        by=by,
        created_at_ms=now_ms,
    )
    session.add(row)
    session.flush()
    assess_soon(session, lot.tenant_id, SubjectKind.LOT, [lot.id], now_ms)
    return row


def inspect(
    session: Session, shipment: Shipment, new: NewInspection, catalogue: Catalogue, *, by: str, now_ms: int
) -> list[Inspection]:
    """Record what was found beside what the model had forecast; latched alarms are released.

    Raises InvalidInput naming the finding, Conflict for an inspection that is known.
    """
    tenant_id, at_ms = shipment.tenant_id, now_ms if new.inspected_at is None else new.inspected_at
    aboard = {code: lot_id for lot_id, code, _ in lots_aboard(session, tenant_id, shipment.id)}
    faults = [
        FieldFault(f"/findings/{place}/lot", f"{finding.lot!r} is not in the shipment.", "Name a lot aboard.")
        for place, finding in enumerate(new.findings)
        if finding.lot not in aboard
    ]
    if at_ms > now_ms + AHEAD_MS:
        faults.append(FieldFault("/inspected_at", "lies in the future.", "Send when it was, with its offset."))
    if faults:
        raise InvalidInput("The inspection can't be recorded.", faults=faults)
    foretold = _foretold(session, tenant_id, [aboard[one.lot] for one in new.findings], catalogue, at_ms)
    rows = []
    for finding in new.findings:
        case, assessment = foretold[aboard[finding.lot]]
        remaining = assessment.remaining_at_reference if assessment else None
        rows.append(
            Inspection(
                id=uuid.uuid4(),
                tenant_id=tenant_id,
                shipment_id=shipment.id,
                lot_id=case.lot.id,
                commodity_id=case.lot.commodity_id,
                exporter=shipment.exporter or "",
                inspected_at_ms=at_ms,
                quality=finding.quality.value,
                score=finding.score,
                defects=finding.defects,
                pulp_centi_c=None if finding.pulp_temperature_c is None else round(finding.pulp_temperature_c),
                kept_days=finding.kept_days,
                chilling_injury=finding.chilling_injury,
                note=finding.note,
                by=by,
                created_at_ms=now_ms,
                forecast_p10_s=remaining.p10_s if remaining else None,
                forecast_p50_s=remaining.p50_s if remaining else None,
                forecast_p90_s=remaining.p90_s if remaining else None,
                injury_dose=assessment.injury_dose if assessment else None,
                model_version=assessment.model_version if assessment else "none",
                catalogue_sha256=assessment.catalogue_sha256 if assessment else catalogue.sha256,
            )
        )
    session.add_all(rows)
    try:
        session.flush()
    except IntegrityError as error:
        raise Conflict("One of the lots was inspected at that very time already.") from error
    assess_soon(session, tenant_id, SubjectKind.LOT, [row.lot_id for row in rows], now_ms)
    assess_soon(session, tenant_id, SubjectKind.SHIPMENT, [shipment.id], now_ms)
    return rows


def follow(session: Session, tenant_id: uuid.UUID, inspection_id: uuid.UUID, kept_days: float) -> Inspection:
    """Note how long an inspected lot kept. Raises NotFound."""
    row = ledger_store.inspection(session, tenant_id, inspection_id)
    if row is None:
        raise NotFound("There is no such inspection.")
    row.kept_days = kept_days
    session.flush()
    return row


def comparison(row: Inspection) -> Comparison | None:
    """A recorded inspection beside its forecast; None where nothing was known of the lot then."""
    if row.forecast_p10_s is None or row.forecast_p50_s is None or row.forecast_p90_s is None:
        return None
    found = Found(
        shipment=str(row.shipment_id),
        commodity_id=row.commodity_id,
        exporter=row.exporter,
        inspected_at_ms=row.inspected_at_ms,
        quality=Quality(row.quality),
        kept_days=row.kept_days,
        chilling_injury=row.chilling_injury,
    )
    foretold = Remaining(row.forecast_p10_s, row.forecast_p50_s, row.forecast_p90_s)
    return compare(found, foretold, row.injury_dose or 0.0)


def of_anybody(one: Comparison) -> Comparison:
    """The comparison without its exporter, to be reported together with others'."""
    return replace(one, inspection=replace(one.inspection, exporter=""))


def report(rows: Iterable[Inspection]) -> tuple[Calibration, ...]:
    """The calibration report of recorded inspections."""
    return calibration_report(one for one in map(comparison, rows) if one is not None)


def documents(rows: Sequence[Inspection], codes: dict[uuid.UUID, str]) -> list[InspectionDocument]:
    """Inspections as they are shown, in their order."""
    return [_document(row, codes[row.lot_id]) for row in rows]


def _document(row: Inspection, code: str) -> InspectionDocument:
    compared = comparison(row)
    left = None if compared is None else compared.forecast
    return InspectionDocument(
        id=row.id,
        lot=code,
        inspected_at=row.inspected_at_ms,
        by=row.by,
        quality=Quality(row.quality),
        score=row.score,
        defects=row.defects,
        pulp_temperature_c=row.pulp_centi_c,
        kept_days=row.kept_days,
        chilling_injury=row.chilling_injury,
        note=row.note,
        forecast=None
        if left is None
        else Life(
            p10_days=round(left.p10_s / DAY_S, 3),
            p50_days=round(left.p50_s / DAY_S, 3),
            p90_days=round(left.p90_s / DAY_S, 3),
        ),
        injury_dose=row.injury_dose,
        fold=compared.fold if compared else None,
        within_80=compared.within_80 if compared else None,
        surprise=compared.surprise if compared else False,
        model_version=row.model_version,
    )


def _foretold(
    session: Session, tenant_id: uuid.UUID, lot_ids: Sequence[uuid.UUID], catalogue: Catalogue, at_ms: int
) -> dict[uuid.UUID, tuple[Case, Assessment | None]]:
    """Each lot's case and what the model says of it at that instant, by its readings up to then alone."""
    figures = OwnFigures.of(catalogue, ledger_store.overrides(session, tenant_id))
    found = cases(session, tenant_id, lot_ids, figures, at_ms)
    accounts = advanced(session, tenant_id, found, None)
    told: dict[uuid.UUID, tuple[Case, Assessment | None]] = {}
    for case in found:
        assessment = None
        if case.commodity is not None:
            ledger = accounts[case.lot.id].ledger
            assessment = judge(ledger, now_ms=case.instant_ms, started_at_ms=case.custody.harvested_ms)
        told[case.lot.id] = case, assessment
    return told
