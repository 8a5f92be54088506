"""The hubs' yards: lots that have come in are loaded into shipments, each in its own cooled box with a probe."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from services.clock import to_rfc3339
from services.demo.network import Network
from services.demo.office import Office
from services.demo.places import Place
from services.demo.scenario import DemoLot
from services.demo.signals import BOX_LAG_S, Fault, Probe
from services.demo.voyages import HOUR_MS, set_point_c, voyage
from telemetry.freshness.commodities import Catalogue

BOX_HUMIDITY_PCT = 90.0
BOX_NOISE_C = 0.25
CHILLED = "durian"
MISTYPED_C = 4.0


@dataclass(slots=True)
class Box:
    """One shipment being loaded or on its way."""

    code: str
    commodity_id: str
    sensor: str
    destination: str
    due_at_ms: int


class Yard:
    """Makes shipments of what trucks bring: one for each hub and crop, which departs in the evening."""

    def __init__(
        self, office: Office, network: Network, catalogue: Catalogue, seed: int, departs_at_ms: int, prefix: str
    ) -> None:
        self._office = office
        self._network = network
        self._catalogue = catalogue
        self._seed = seed
        self._departs_at_ms = departs_at_ms
        self._prefix = prefix
        self._probes: dict[str, Probe] = {}
        self._loading: dict[tuple[str, str], Box] = {}
        self.boxes: list[Box] = []
        self.under_way: list[Box] = []

    def receive(self, hub: Place, lots: list[DemoLot], at_ms: int, note: Callable[[str], None]) -> None:
        """Load lots that the hub has received into their crop's shipment, which is opened where there is none."""
        by_crop: dict[str, list[str]] = {}
        for lot in lots:
            by_crop.setdefault(lot.commodity_id, []).append(lot.code)
        for commodity_id, codes in sorted(by_crop.items()):
            box = self._loading.get((hub.code, commodity_id))
            if box is None:
                self._open(hub, commodity_id, codes, at_ms, note)
            else:
                self._office.load_shipment(box.code, codes, at_ms)

    def depart(self, note: Callable[[str], None]) -> None:
        """All shipments leave; what still comes in is loaded into new ones."""
        for box in self._loading.values():
            self._office.depart(box.code, self._departs_at_ms)
        note(f"{len(self._loading)} shipments leave for their buyers")
        self.under_way = list(self._loading.values())
        self._loading.clear()

    def arrive(self, box: Box, note: Callable[[str], None]) -> None:
        """A shipment is with its buyer, who takes the probe out."""
        self._office.arrive(box.code, box.due_at_ms)
        self._network.lose(box.sensor)
        note(f"{box.code} has arrived: {box.destination}")

    def silence(self, box: Box, from_ms: int) -> None:
        """The probe in a box sends nothing any more."""
        self._probes[box.sensor].fault = Fault.SILENT
        self._probes[box.sensor].fault_from_ms = from_ms

    def _open(self, hub: Place, commodity_id: str, lots: list[str], at_ms: int, note: Callable[[str], None]) -> None:
        number = len(self.boxes) + 1
        commodity = self._catalogue.commodity(commodity_id)
        way = voyage(hub, commodity_id)
        code, sensor, target_c = f"{self._prefix}-{number:02d}", f"RF-{number:04d}", set_point_c(commodity.band_c)
        held_c = self._mistyped(commodity_id, target_c)
        due_at_ms = self._departs_at_ms + way.hours * HOUR_MS
        body = {
            "code": code,
            "exporter": way.exporter,
            "hub": hub.code,
            "destination": way.destination,
            "set_point_c": target_c,
            "departs_at": to_rfc3339(self._departs_at_ms),
            "eta": to_rfc3339(due_at_ms),
            "lots": lots,
            "loaded_at": to_rfc3339(at_ms),
        }
        self._office.add_shipment(body)
        box = Box(code, commodity_id, sensor, way.destination, due_at_ms)
        self._loading[hub.code, commodity_id] = box
        self.boxes.append(box)
        self._office.assign(sensor, "shipment", code, "return_air", at_ms)
        random = Random(f"box-{self._seed}-{code}")  # noqa: S311  # a made-up day, not a secret
        self._probes[sensor] = Probe(sensor, held_c, BOX_LAG_S, random, noise_c=BOX_NOISE_C)
        self._network.hear(yard_gateway(hub), self._probes[sensor], lambda _at_ms: held_c, BOX_HUMIDITY_PCT)
        note(f"{code}: {commodity.name_en} for {way.destination} is loaded at {hub.name}")
        if held_c != target_c:
            note(f"{code}: somebody has set its unit to {held_c:g} °C instead of {target_c:g} °C")

    def _mistyped(self, commodity_id: str, target_c: float) -> float:
        """What the unit really holds: the first box of the crop that cold injures most is set wrong."""
        first = not any(box.commodity_id == CHILLED for box in self.boxes)
        return MISTYPED_C if commodity_id == CHILLED and first else target_c


def yard_gateway(hub: Place) -> str:
    """The gateway that hears the boxes loaded at a hub, in its yard and on their way."""
    return f"gw-yard-{hub.code.lower()}"
