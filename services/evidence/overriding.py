"""A tenant's own figures: checked, versioned, and told to the lots that rest on them."""

import uuid
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from services.db.journal import give_reason
from services.devices.subjects import SubjectKind
from services.errors import Conflict, FieldFault, InvalidInput, NotFound
from services.evidence import ledger_store, store
from services.evidence.commodity_schemas import CommodityDetail, CommodityDocument
from services.evidence.figures import OwnFigures, as_override
from services.evidence.tables import CommodityOverride
from services.readings.status import assess_soon
from telemetry.freshness import Catalogue, Commodity, UnknownCommodity
from telemetry.freshness.overrides import Parameter


def known(catalogue: Catalogue, commodity_id: str) -> Commodity:
    """The published commodity. Raises NotFound with near matches."""
    try:
        return catalogue.commodity(commodity_id)
    except UnknownCommodity as unknown:
        raise NotFound(str(unknown)) from unknown


def override(
    session: Session,
    tenant_id: uuid.UUID,
    catalogue: Catalogue,
    commodity_id: str,
    values: Mapping[Parameter, float | None],
    *,
    by: str,
    why: str,
    now_ms: int,
) -> list[CommodityOverride]:
    """Store own figures of a commodity's export stage, each a version of its own; None gives a figure back.

    Raises NotFound, InvalidInput naming what is wrong, Conflict when somebody else did the same just now.
    """
    published = known(catalogue, commodity_id)
    newest = ledger_store.newest_override(session, tenant_id)
    rows = [
        CommodityOverride(
            id=uuid.uuid4(),
            tenant_id=tenant_id,
            version=newest + place,
            commodity_id=commodity_id,
            stage=published.stage,
            parameter=parameter.value,
            value=value,
            by=by,
            at_ms=now_ms,
            why=why,
        )
        for place, (parameter, value) in enumerate(values.items(), start=1)
    ]
    try:
        for row in rows:
            if row.value is not None:
                as_override(row, row.value)
        OwnFigures.of(catalogue, [*ledger_store.overrides(session, tenant_id), *rows]).commodity(commodity_id)
    except ValueError as fault:
        raise InvalidInput(
            "The figure can't be used.", faults=[FieldFault("/value", f"{fault}.", "Send a figure within the limits.")]
        ) from fault
    give_reason(session, why)
    session.add_all(rows)
    try:
        session.flush()
    except IntegrityError as error:
        raise Conflict("Somebody else has overridden a figure just now; look at it and send yours again.") from error
    touched = store.lots_under_way(session, tenant_id, commodity_id)
    assess_soon(session, tenant_id, SubjectKind.LOT, touched, now_ms)
    return rows


def document(figures: OwnFigures, commodity_id: str) -> CommodityDocument:
    """A commodity in short."""
    return CommodityDocument.model_validate(_members(figures, commodity_id))


def detail(figures: OwnFigures, commodity_id: str) -> CommodityDetail:
    """A commodity with its figures."""
    return CommodityDetail.model_validate(_members(figures, commodity_id))


def _members(figures: OwnFigures, commodity_id: str) -> dict[str, Any]:
    commodity = figures.commodity(commodity_id)
    return asdict(commodity) | {"override_version": figures.version(commodity_id)}
