"""The explicit act: a commodity's reference life follows what a tenant's inspections found."""

import uuid
from dataclasses import dataclass

from sqlalchemy.orm import Session

from services.evidence import inspecting, ledger_store, overriding
from services.evidence.figures import OwnFigures
from telemetry.freshness import Catalogue
from telemetry.freshness.inspection import calibration_report, refit
from telemetry.freshness.overrides import Parameter


@dataclass(frozen=True, slots=True)
class Refit:
    """What was, or would be, stored: the life before and after, and what it follows from."""

    commodity_id: str
    exporter: str | None
    version: int
    life_before_days: float
    life_after_days: float
    followed: int
    median_fold: float


def refit_life(
    session: Session,
    tenant_id: uuid.UUID,
    catalogue: Catalogue,
    commodity_id: str,
    *,
    exporter: str | None,
    by: str,
    why: str,
    now_ms: int,
    store: bool,
) -> Refit:
    """Multiply the reference life by what the inspections suggest, as a new version of the tenant's own figure.

    Only inspections forecast under the figures that stand now count: others speak of another life. Raises
    `UnknownCommodity`, and `ValueError` where too few inspections were followed.
    """
    commodity = OwnFigures.of(catalogue, ledger_store.overrides(session, tenant_id)).commodity(commodity_id)
    rows = ledger_store.inspections(session, tenant_id, commodity_id=commodity_id, exporter=exporter)
    under_these = [row for row in rows if row.catalogue_sha256 == commodity.catalogue_sha256]
    compared = [one for one in map(inspecting.comparison, under_these) if one is not None]
    if exporter is None:
        compared = [inspecting.of_anybody(one) for one in compared]
    lines = calibration_report(compared)
    if not lines:
        raise ValueError(f"no inspection of {commodity_id} under the figures that stand now")
    version = ledger_store.newest_override(session, tenant_id) + 1
    made = refit(commodity, lines[0], version=version, by=by, at_ms=now_ms, why=why)
    if store:
        overriding.override(
            session,
            tenant_id,
            catalogue,
            commodity_id,
            {Parameter.REFERENCE_LIFE_DAYS: made.value},
            by=by,
            why=why,
            now_ms=now_ms,
        )
    return Refit(
        commodity_id=commodity_id,
        exporter=exporter,
        version=version,
        life_before_days=commodity.reference_life_days or 0.0,
        life_after_days=made.value,
        followed=lines[0].followed,
        median_fold=lines[0].median_fold or 0.0,
    )
