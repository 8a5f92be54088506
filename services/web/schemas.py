"""What the app's own read models answer: the board, the clock, the catalogue's names, a shipment's record."""

from typing import Annotated, Literal

from pydantic import Field

from services.http.fields import Document, Instant, example
from telemetry.freshness import Verdict

CLOCK = {"now": "2026-11-23T05:00:00Z", "speed": 60.0}


class ClockDocument(Document):
    """What time it is here; in a demo it is simulated, and faster."""

    model_config = example(CLOCK)

    now: Instant
    speed: Annotated[float | None, Field(description="Simulated seconds a second; null: the machine's own time.")]


class Band(Document):
    """The temperatures between which something keeps best, °C."""

    low: float
    high: float


class CommodityName(Document):
    """A commodity that lots can be of, as people call it."""

    model_config = example(
        {
            "id": "durian",
            "name_en": "Durian",
            "name_th": "ทุเรียน",
            "band_c": {"low": 13.0, "high": 15.0},
            "supported": True,
        }
    )

    id: str
    name_en: str
    name_th: str
    band_c: Annotated[Band | None, Field(description="Where it keeps best.")]
    supported: Annotated[bool, Field(description="Whether there is a published life to predict from.")]


class DueLot(Document):
    """A lot that still waits, and until when it keeps."""

    code: str
    village: str
    commodity_id: str
    weight_g: int
    verdict: Verdict
    keeps_until: Instant


class RunUnderWay(Document):
    """A published run that is not over."""

    code: str
    truck: str
    hub: str
    state: Literal["assigned", "driving", "delivered"]
    departs_at: Instant
    arrives_at: Instant
    stops: int
    stops_done: Annotated[int, Field(description="Loaded or skipped.")]
    temperature_c: Annotated[float | None, Field(description="The newest of its sensors.")]
    measured_at: Instant | None


class CollectionBoard(Document):
    """Villages, trucks and gateways at a glance."""

    lots_by_state: dict[str, int]
    waiting_by_verdict: dict[str, int]
    due: Annotated[list[DueLot], Field(description="Waiting lots that keep shortest, at most ten.")]
    runs: list[RunUnderWay]
    gateways: int
    gateways_online: int
    dead_letters: int


class BoardDocument(ClockDocument):
    """What needs somebody now."""

    model_config = example(
        {
            **CLOCK,
            "shipments_by_verdict": {"use_first": 1, "on_track": 7},
            "collection": {
                "lots_by_state": {"waiting": 12, "planned": 40},
                "waiting_by_verdict": {"watch": 2, "on_track": 10},
                "due": [
                    {
                        "code": "LOT-20261123-017",
                        "village": "KLG-01",
                        "commodity_id": "longkong",
                        "weight_g": 420_000,
                        "verdict": "watch",
                        "keeps_until": "2026-11-25T05:00:00Z",
                    }
                ],
                "runs": [
                    {
                        "code": "RUN-1123-07",
                        "truck": "TRK-7",
                        "hub": "LCB",
                        "state": "driving",
                        "departs_at": "2026-11-23T01:00:00Z",
                        "arrives_at": "2026-11-23T07:45:00Z",
                        "stops": 6,
                        "stops_done": 4,
                        "temperature_c": 13.4,
                        "measured_at": "2026-11-23T04:58:00Z",
                    }
                ],
                "gateways": 9,
                "gateways_online": 8,
                "dead_letters": 0,
            },
        }
    )

    shipments_by_verdict: Annotated[dict[str, int], Field(description="Those that have not arrived.")]
    collection: Annotated[CollectionBoard | None, Field(description="Null for who sees own shipments only.")]


class SeriesDocument(Document):
    """One sensor's readings while it spoke for the shipment, thinned to what a screen can show."""

    sensor: str
    position: str
    interval_s: Annotated[int, Field(description="How often it is expected to send.")]
    at_ms: Annotated[list[int], Field(description="UTC epoch milliseconds, ascending.")]
    temperature_c: list[float]
    humidity_pct: list[float | None]


class SpanDocument(Document):
    """A stretch of time."""

    from_at: Annotated[Instant, Field(serialization_alias="from")]
    to_at: Annotated[Instant, Field(serialization_alias="to")]


class CustodyLeg(Document):
    """One part of the way, from the first lot's beginning to the last one's end."""

    kind: Literal["village", "truck", "hub", "shipment"]
    places: Annotated[list[str], Field(description="Codes of villages, trucks or hubs; of a shipment, its own.")]
    lots: int
    from_at: Annotated[Instant, Field(serialization_alias="from")]
    to_at: Annotated[Instant | None, Field(serialization_alias="to", description="Null: it lasts.")]


class ShipmentRecordDocument(Document):
    """What was measured on the way, beside where it should have stayed."""

    model_config = example(
        {
            "code": "SHP-1123-04",
            "from": "2026-11-23T15:30:00Z",
            "to": "2026-11-24T05:00:00Z",
            "band_c": {"low": 13.0, "high": 15.0},
            "set_point_c": 13.0,
            "readings": 2,
            "series": [
                {
                    "sensor": "TH-0042",
                    "position": "return_air",
                    "interval_s": 300,
                    "at_ms": [1_795_448_100_000, 1_795_448_400_000],
                    "temperature_c": [13.4, 13.6],
                    "humidity_pct": [88.1, None],
                }
            ],
            "gaps": [{"from": "2026-11-23T16:00:00Z", "to": "2026-11-24T05:00:00Z"}],
            "excursions": [],
            "legs": [
                {
                    "kind": "village",
                    "places": ["KLG-01"],
                    "lots": 1,
                    "from": "2026-11-23T03:00:00Z",
                    "to": "2026-11-23T04:10:00Z",
                }
            ],
        }
    )

    code: str
    from_at: Annotated[Instant, Field(serialization_alias="from")]
    to_at: Annotated[Instant, Field(serialization_alias="to")]
    band_c: Annotated[Band | None, Field(description="What suits all its commodities.")]
    set_point_c: float | None
    readings: Annotated[int, Field(description="So many were measured; the series may show fewer.")]
    series: list[SeriesDocument]
    gaps: Annotated[list[SpanDocument], Field(description="When no sensor reported.")]
    excursions: Annotated[list[SpanDocument], Field(description="When a sensor was outside the band.")]
    legs: list[CustodyLeg]
