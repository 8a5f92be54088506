"""The thread as a GS1 EPCIS 2.0 document (ISO/IEC 19987:2024; CBV 2.0, ISO/IEC 19988:2024), for buyers' own systems.

Lots and shipments are named by addresses of this installation, which EPCIS allows where no GS1 keys are licensed.
"""

import hashlib
import json
from collections.abc import Iterable
from typing import Any

from services.clock import to_rfc3339
from services.trace.thread import Record, Thread

CONTEXT = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"
BANGKOK = "+07:00"

STEPS = {
    "harvest": ("commissioning", "active", "ADD"),
    "collection": ("loading", "in_transit", "OBSERVE"),
    "receipt": ("receiving", "in_progress", "OBSERVE"),
    "cold_store": ("storing", "in_progress", "OBSERVE"),
    "treatment": ("other", "in_progress", "OBSERVE"),
    "departure": ("departing", "in_transit", "OBSERVE"),
    "handover": ("transporting", "in_transit", "OBSERVE"),
    "arrival": ("arriving", "in_progress", "OBSERVE"),
    "inspection": ("inspecting", "in_progress", "OBSERVE"),
}
"""Business step, disposition and action of each kind of record in the Core Business Vocabulary."""


def document(thread: Thread, base_url: str, created_at_ms: int) -> dict[str, Any]:
    """The EPCIS document of a thread. ``base_url`` is where this installation is reached."""
    base = base_url.rstrip("/")
    events = [event for record in thread.records for event in _events(record, thread, base)]
    return {
        "@context": [CONTEXT, {"coldchain": f"{base}/ns/"}],
        "id": f"{base}/id/shipment/{thread.shipment.code}/epcis",
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": to_rfc3339(created_at_ms),
        "epcisBody": {"eventList": events},
    }


def _events(record: Record, thread: Thread, base: str) -> Iterable[dict[str, Any]]:
    shipment = f"{base}/id/shipment/{thread.shipment.code}"
    if record.kind == "loading":
        yield _event(
            record,
            base,
            {
                "type": "AggregationEvent",
                "action": "ADD",
                "bizStep": "packing",
                "disposition": "in_progress",
                "parentID": shipment,
                "childEPCs": [f"{base}/id/lot/{record.facts['lot']}"],
            },
        )
    elif record.kind == "parting":
        yield _event(
            record,
            base,
            {
                "type": "TransformationEvent",
                "bizStep": "commissioning",
                "disposition": "active",
                "inputEPCList": [f"{base}/id/lot/{code}" for code in record.facts["from"]],
                "outputEPCList": [f"{base}/id/lot/{record.facts['lot']}"],
            },
        )
    elif record.kind in STEPS:
        step, disposition, action = STEPS[record.kind]
        lot = record.facts.get("lot")
        refused = record.facts.get("decision") == "refused"
        yield _event(
            record,
            base,
            {
                "type": "ObjectEvent",
                "action": action,
                "bizStep": step,
                "disposition": "returned" if refused else disposition,
                "epcList": [f"{base}/id/lot/{lot}" if lot else shipment],
            },
        )


def _event(record: Record, base: str, members: dict[str, Any]) -> dict[str, Any]:
    event = {
        **members,
        "eventTime": to_rfc3339(record.at_ms),
        "eventTimeZoneOffset": BANGKOK,
        **_places(record, base),
        **_sensed(record),
        **{f"coldchain:{name}": value for name, value in _own(record).items()},
    }
    digest = hashlib.sha256(json.dumps([record.key, event], sort_keys=True, ensure_ascii=False).encode()).hexdigest()
    return {"eventID": f"urn:uuid:{_uuid(digest)}", **event}


def _places(record: Record, base: str) -> dict[str, Any]:
    for member, kind in (("village", "village"), ("hub", "hub"), ("place", "place")):
        if member in record.facts:
            place = {"id": f"{base}/id/{kind}/{_slug(str(record.facts[member]))}"}
            return {"readPoint": place, "bizLocation": place} if kind != "place" else {"readPoint": place}
    return {}


def _sensed(record: Record) -> dict[str, Any]:
    celsius = record.facts.get("temperature_c", record.facts.get("pulp_c"))
    if celsius is None:
        return {}
    report = {"type": "Temperature", "value": celsius, "uom": "CEL"}
    return {
        "sensorElementList": [{"sensorMetadata": {"time": to_rfc3339(record.at_ms)}, "sensorReport": [report]}],
    }


def _own(record: Record) -> dict[str, Any]:
    told = ("lot", "shipment", "village", "hub", "place", "temperature_c", "pulp_c", "from", "to_ms")
    return {name: value for name, value in record.facts.items() if name not in told}


def _slug(text: str) -> str:
    return "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in text).strip("-") or "unnamed"


def _uuid(digest: str) -> str:
    return f"{digest[:8]}-{digest[8:12]}-8{digest[13:16]}-a{digest[17:20]}-{digest[20:32]}"
