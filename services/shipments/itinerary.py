"""A shipment's planned way, leg by leg: stored as a whole, read by the forecast."""

import uuid
from collections.abc import Iterable

from sqlalchemy.orm import Session

from services.shipments import store
from services.shipments.tables import ItineraryLeg, Shipment


def legs_of(
    session: Session, tenant_id: uuid.UUID, shipment_ids: Iterable[uuid.UUID]
) -> dict[uuid.UUID, list[ItineraryLeg]]:
    """The legs of each shipment that has an itinerary, in their order."""
    return store.legs(session, tenant_id, shipment_ids)


def required_until(session: Session, tenant_id: uuid.UUID, shipments: Iterable[Shipment]) -> dict[uuid.UUID, int]:
    """Until when each shipment is asked to keep: the latest of its hand-overs with the life required there, or its
    ETA."""
    asked = {one.id: one for one in shipments}
    found = {one.id: one.eta_at_ms for one in asked.values() if one.eta_at_ms is not None}
    for shipment_id, legs in legs_of(session, tenant_id, asked).items():
        for leg in legs:
            until_ms = leg.ends_at_ms + 1000 * (leg.required_life_s or 0)
            found[shipment_id] = max(found.get(shipment_id, 0), until_ms)
    return found
