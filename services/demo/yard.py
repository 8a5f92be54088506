"""The hubs' yards: lots come in, stand in the cold store, and are loaded into cooled boxes with a probe."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

from services.clock import to_rfc3339
from services.demo.network import Network
from services.demo.office import Office
from services.demo.places import Place, Programme, programmes
from services.demo.scenario import DemoLot
from services.demo.signals import BOX_LAG_S, Fault, Probe
from services.demo.story import Story
from services.demo.timeline import Timeline
from services.demo.voyages import HOUR_MS, Voyage, set_point_c, voyage
from telemetry.freshness.commodities import Catalogue

BOX_HUMIDITY_PCT = 90.0
BOX_NOISE_C = 0.25
CHILLED = "durian"
MISTYPED_C = 4.0
STORE_C = 13.5
STORE_MS = 20 * 60_000
"""How long lots stand in the cold store before they are loaded."""

REFUSED_CRATES = 2
BORDER = "VTE-MANGOSTEEN"
"""The programme whose shipment is followed over a border to its buyer."""

BORDER_POST, CARRIER = "Nong Khai border post", "Mekong Reefer (made up)"
BORDER_AFTER_MS = 12 * HOUR_MS
BORDER_WAIT_H = 3.0
INSPECTED_AFTER_MS = 20 * 60_000

Document = dict[str, Any]
Note = Callable[[str], None]


@dataclass(slots=True)
class Box:
    """One shipment being loaded or on its way."""

    code: str
    commodity_id: str
    sensor: str
    destination: str
    due_at_ms: int
    programme: Programme | None


class Yard:
    """Makes shipments of what trucks bring: one for each programme, hub and crop, which departs in the evening."""

    def __init__(
        self,
        office: Office,
        network: Network,
        timeline: Timeline,
        catalogue: Catalogue,
        story: Story,
        seed: int,
        departs_at_ms: int,
        prefix: str,
    ) -> None:
        self._office = office
        self._network = network
        self._timeline = timeline
        self._catalogue = catalogue
        self._story = story
        self._seed = seed
        self._departs_at_ms = departs_at_ms
        self._prefix = prefix
        self._probes: dict[str, Probe] = {}
        self._loading: dict[tuple[str, str], Box] = {}
        self._loaded_g: dict[str, int] = {}
        self._refused = False
        self.boxes: list[Box] = []
        self.under_way: list[Box] = []

    def open_stores(self, hubs: tuple[Place, ...], at_ms: int) -> None:
        """Each hub's cold store has a probe, which speaks for the lots that stand in it."""
        for hub in hubs:
            sensor = f"CS-{hub.code}"
            self._office.assign(sensor, "hub", hub.code, "return_air", at_ms)
            random = Random(f"store-{self._seed}-{hub.code}")  # noqa: S311  # a made-up day, not a secret
            probe = Probe(sensor, STORE_C, BOX_LAG_S, random, noise_c=BOX_NOISE_C)
            self._network.hear(yard_gateway(hub), probe, lambda _at_ms: STORE_C, BOX_HUMIDITY_PCT)

    def receive(self, hub: Place, lots: list[DemoLot], at_ms: int, note: Note) -> None:
        """Take lots in, one of the day in part only, and load them a little later."""
        if not lots:
            return
        self._office.receive(hub.code, [self._found(lot, hub, note) for lot in lots], at_ms)
        self._office.put_away(hub.code, [lot.code for lot in lots], "Cold room 1", at_ms)
        self._timeline.at(at_ms + STORE_MS, lambda: self._load(hub, lots, at_ms + STORE_MS, note))

    def depart(self, note: Note) -> None:
        """All shipments leave; what still comes in is loaded into new ones."""
        for box in self._loading.values():
            self._office.depart(box.code, self._departs_at_ms)
        note(f"{len(self._loading)} shipments leave for their buyers")
        self.under_way = list(self._loading.values())
        self._loading.clear()

    def followed(self) -> Box | None:
        """The shipment that is followed to its buyer."""
        return next((box for box in self.boxes if box.programme is not None and box.programme.code == BORDER), None)

    def cross(self, box: Box, note: Note) -> None:
        """The followed shipment passes from its exporter to the carrier beyond the border."""
        at_ms = self._departs_at_ms + BORDER_AFTER_MS
        exporter = box.programme.exporter if box.programme else ""
        temperature_c = round(self._probes[box.sensor].temperature_c, 1)
        body = {
            "from_party": exporter,
            "to_party": CARRIER,
            "place": BORDER_POST,
            "at": to_rfc3339(at_ms),
            "temperature_c": temperature_c,
            "seal": "TH-482913",
            "note": "seal intact",
        }
        self._office.hand_over(box.code, body)
        sentence = f"{box.code} is handed over to {CARRIER} at {BORDER_POST} with {temperature_c:.1f} °C"
        note(sentence)
        self._story.tell("Border", f"{sentence}.")

    def arrive(self, box: Box, note: Note) -> None:
        """A shipment is with its buyer, who takes the probe out."""
        self._office.arrive(box.code, box.due_at_ms)
        self._network.lose(box.sensor)
        note(f"{box.code} has arrived: {box.destination}")

    def inspect(self, box: Box, note: Note) -> None:
        """The buyer of the followed shipment looks at every lot; its thread can be read by whoever scans its code."""
        pulp_c = round(self._probes[box.sensor].temperature_c, 1)
        finding = {"quality": "marketable", "score": 7, "pulp_temperature_c": pulp_c, "chilling_injury": False}
        findings = [finding | {"lot": lot} for lot in self._office.lots_of(box.code)]
        inspected = self._office.inspect(box.code, findings, box.due_at_ms + INSPECTED_AFTER_MS)
        buyer = box.programme.buyer if box.programme else box.destination
        self._story.tell(
            "Arrival",
            f"{box.code} is with {buyer}; {len(inspected)} lots are inspected, all marketable.",
            f"/app/shipments/{box.code}",
        )
        self._story.tell("Trace", f"What the QR code on {box.code} leads to:", self._office.trace_url(box.code))
        note(f"{box.code}: {len(inspected)} lots are inspected at {box.destination}")

    def silence(self, box: Box, from_ms: int) -> None:
        """The probe in a box sends nothing any more."""
        self._probes[box.sensor].fault = Fault.SILENT
        self._probes[box.sensor].fault_from_ms = from_ms

    def _found(self, lot: DemoLot, hub: Place, note: Note) -> Document:
        line = {"lot": lot.code, "decision": "accepted", "weight_g": lot.weight_g, "crates": lot.crates}
        if self._refused or lot.crates <= REFUSED_CRATES:
            return line
        self._refused = True
        refused_g = lot.weight_g * REFUSED_CRATES // lot.crates
        sentence = f"{hub.name} refuses {REFUSED_CRATES} of the {lot.crates} crates of {lot.code}: overripe"
        note(sentence)
        self._story.tell("Receiving", f"{sentence}; the rest is taken in.", f"/app/lots?code={lot.code}")
        return line | {
            "decision": "partly",
            "weight_g": lot.weight_g - refused_g,
            "crates": lot.crates - REFUSED_CRATES,
            "refused_weight_g": refused_g,
            "reason": "overripe",
            "note": f"{REFUSED_CRATES} crates go to the processor",
        }

    def _load(self, hub: Place, lots: list[DemoLot], at_ms: int, note: Note) -> None:
        """For each programme of the hub what expires first of all that stands there; the rest goes to open markets."""
        rest = {lot.code: lot.commodity_id for lot in lots}
        for programme in programmes():
            wanted_g = programme.kg_per_day * 1000 - self._loaded_g.get(programme.code, 0)
            if programme.hub != hub.code or wanted_g <= 0 or programme.commodity_id not in rest.values():
                continue
            plan = self._office.loading_plan(programme, wanted_g)
            codes = [line["lot"] for line in plan["load"] if line["lot"] in rest]
            if codes:
                self._into(hub, programme.commodity_id, programme, codes, at_ms, note)
                self._loaded_g[programme.code] = self._loaded_g.get(programme.code, 0) + plan["weight_g"]
            for code in codes:
                del rest[code]
        by_crop: dict[str, list[str]] = {}
        for code, commodity_id in rest.items():
            by_crop.setdefault(commodity_id, []).append(code)
        for commodity_id, codes in sorted(by_crop.items()):
            self._into(hub, commodity_id, None, codes, at_ms, note)

    def _into(
        self, hub: Place, commodity_id: str, programme: Programme | None, codes: list[str], at_ms: int, note: Note
    ) -> None:
        key = hub.code, commodity_id if programme is None else programme.code
        box = self._loading.get(key)
        if box is not None:
            self._office.load_shipment(box.code, codes, at_ms)
            return
        self._loading[key] = self._open(hub, commodity_id, programme, codes, at_ms, note)

    def _open(
        self, hub: Place, commodity_id: str, programme: Programme | None, lots: list[str], at_ms: int, note: Note
    ) -> Box:
        number = len(self.boxes) + 1
        commodity = self._catalogue.commodity(commodity_id)
        if programme is None:
            way, target_c = voyage(hub, commodity_id), set_point_c(commodity.band_c)
        else:
            way = Voyage(programme.destination, programme.transit_hours, programme.exporter)
            target_c = programme.transit_c
        code, sensor = f"{self._prefix}-{number:02d}", f"RF-{number:04d}"
        held_c = self._mistyped(commodity_id, target_c)
        due_at_ms = self._departs_at_ms + way.hours * HOUR_MS
        body = {
            "code": code,
            "exporter": way.exporter,
            "demand": None if programme is None else programme.code,
            "hub": hub.code,
            "destination": way.destination,
            "set_point_c": target_c,
            "departs_at": to_rfc3339(self._departs_at_ms),
            "eta": to_rfc3339(due_at_ms),
            "lots": lots,
            "loaded_at": to_rfc3339(at_ms),
        }
        self._office.add_shipment(body)
        box = Box(code, commodity_id, sensor, way.destination, due_at_ms, programme)
        self.boxes.append(box)
        if programme is not None:
            self._office.plan_way(code, self._legs(hub, programme, due_at_ms))
        self._office.assign(sensor, "shipment", code, "return_air", at_ms)
        random = Random(f"box-{self._seed}-{code}")  # noqa: S311  # a made-up day, not a secret
        self._probes[sensor] = Probe(sensor, held_c, BOX_LAG_S, random, noise_c=BOX_NOISE_C)
        self._network.hear(yard_gateway(hub), self._probes[sensor], lambda _at_ms: held_c, BOX_HUMIDITY_PCT)
        note(f"{code}: {commodity.name_en} for {way.destination} is loaded at {hub.name}")
        if held_c != target_c:
            sentence = f"somebody has set the unit of {code} to {held_c:g} °C instead of {target_c:g} °C"
            note(f"{code}: {sentence}")
            self._story.tell("On the way", f"{sentence[0].upper()}{sentence[1:]}.", f"/app/shipments/{code}")
        return box

    def _legs(self, hub: Place, programme: Programme, due_at_ms: int) -> list[Document]:
        """The way as it is planned: over the border in two custodies where it is followed, else in one."""
        border_ms = self._departs_at_ms + BORDER_AFTER_MS
        stages = [(hub.name, programme.destination, self._departs_at_ms, due_at_ms)]
        if programme.code == BORDER:
            stages = [
                (hub.name, BORDER_POST, self._departs_at_ms, border_ms),
                (BORDER_POST, programme.destination, border_ms, due_at_ms),
            ]
        return [
            {
                "from": from_place,
                "to": to_place,
                "mode": "road" if hub.kind == "packing_house" else "air" if hub.kind == "airport" else "sea",
                "custodian": CARRIER if from_place == BORDER_POST else programme.exporter,
                "starts_at": to_rfc3339(starts_ms),
                "ends_at": to_rfc3339(ends_ms),
                "set_point_c": programme.transit_c,
                "border_wait_hours": BORDER_WAIT_H if to_place == BORDER_POST else 0.0,
                "required_life_days": programme.min_life_days if to_place == programme.destination else None,
            }
            for from_place, to_place, starts_ms, ends_ms in stages
        ]

    def _mistyped(self, commodity_id: str, target_c: float) -> float:
        """What the unit really holds: the first box of the crop that cold injures most is set wrong."""
        first = not any(box.commodity_id == CHILLED for box in self.boxes)
        return MISTYPED_C if commodity_id == CHILLED and first else target_c


def yard_gateway(hub: Place) -> str:
    """The gateway that hears the boxes loaded at a hub, in its yard and on their way."""
    return f"gw-yard-{hub.code.lower()}"
