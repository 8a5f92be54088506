"""Hand-overs: a shipment passes from one custodian to the next, without a gap in who had it."""

import uuid
from collections.abc import Sequence
from typing import Annotated

from pydantic import Field
from sqlalchemy.orm import Session

from services.errors import Conflict, FieldFault, InvalidInput
from services.http.fields import Document, Instant, NameText, Payload, ShownTemperatureC, TemperatureC, example
from services.shipments import store
from services.shipments.tables import Handover, Shipment

HANDOVER = {
    "from_party": "Siam Fresh Export",
    "to_party": "Boten Transport",
    "place": "Boten border post",
    "at": "2026-11-25T02:00:00Z",
    "temperature_c": 13.2,
    "seal": "TH-482913",
    "note": "seal intact",
}


class NewHandover(Payload):
    """Who gave the shipment to whom, where and when, how warm it was and under which seal."""

    model_config = example(HANDOVER)

    from_party: NameText
    to_party: NameText
    place: NameText
    at: Annotated[Instant | None, Field(description="When it happened; default: now.")] = None
    temperature_c: Annotated[TemperatureC | None, Field(description="As measured at the hand-over.")] = None
    seal: Annotated[str | None, Field(max_length=64)] = None
    note: Annotated[str | None, Field(max_length=400)] = None


class HandoverDocument(Document):
    """A hand-over as it was recorded."""

    model_config = example({"id": "5a2f0f4e-9c7d-4a58-9f31-0b7f3c2d1e98", **HANDOVER, "by": "Somchai"})

    id: uuid.UUID
    from_party: str
    to_party: str
    place: str
    at: Annotated[Instant, Field(validation_alias="at_ms")]
    temperature_c: Annotated[ShownTemperatureC | None, Field(validation_alias="temperature_centi_c")]
    seal: str | None
    note: str | None
    by: str


def of(session: Session, tenant_id: uuid.UUID, shipment: Shipment) -> Sequence[Handover]:
    """The hand-overs of a shipment, in order."""
    return store.handovers(session, tenant_id, shipment.id)


def record(session: Session, shipment: Shipment, new: NewHandover, by: str, now_ms: int) -> Handover:
    """Record a hand-over. Raises Conflict before the departure, InvalidInput where it doesn't follow the one before."""
    if shipment.departs_at_ms is None or shipment.state == "loading":
        raise Conflict(f"The shipment {shipment.code!r} has not left yet; it is handed over on its way.")
    at_ms = now_ms if new.at is None else new.at
    before = of(session, shipment.tenant_id, shipment)
    faults = []
    if at_ms < shipment.departs_at_ms:
        faults.append(FieldFault("/at", "is before the departure.", "Send when it happened, with its offset."))
    if before and at_ms < before[-1].at_ms:
        faults.append(FieldFault("/at", "is before the last hand-over.", "Record hand-overs in their order."))
    if before and before[-1].to_party != new.from_party:
        remedy = "Record the hand-over between them first, or write the name alike."
        faults.append(FieldFault("/from_party", f"had it not: {before[-1].to_party!r} did.", remedy))
    if new.from_party == new.to_party:
        faults.append(FieldFault("/to_party", "is who gives it away.", "Name who takes it."))
    if faults:
        raise InvalidInput("The hand-over doesn't fit the ones before.", faults=faults)
    row = Handover(
        id=uuid.uuid4(),
        tenant_id=shipment.tenant_id,
        shipment_id=shipment.id,
        from_party=new.from_party,
        to_party=new.to_party,
        place=new.place,
        at_ms=at_ms,
        temperature_centi_c=None if new.temperature_c is None else int(new.temperature_c),
        seal=new.seal,
        note=new.note,
        by=by,
        created_at_ms=now_ms,
    )
    session.add(row)
    session.flush()
    return row
