"""The demo's collection day from the first harvest to the evening, on a simulated clock."""

from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random

from services.clock import SimulatedClock
from services.demo.collection import Collection, truck_gateway
from services.demo.excursion import Books, Excursion
from services.demo.network import Network
from services.demo.office import Office
from services.demo.places import hubs, programmes, trucks, villages
from services.demo.scenario import (
    ENDS_S,
    EVENING_S,
    INTERVAL_S,
    LOCAL,
    PLANS_AT_S,
    SOURCES_AT_S,
    STARTS_S,
    SUN_FROM_S,
    DemoLot,
    Scenario,
)
from services.demo.signals import STORE_LAG_S, Probe, outside_air_c
from services.demo.story import Story
from services.demo.timeline import Timeline
from services.demo.yard import BORDER_AFTER_MS, INSPECTED_AFTER_MS, Yard, yard_gateway

DEPARTS_S = 18 * 3600 + 1800
LAST_READING_S = 19 * 3600
"""After this the probe of one shipment is silent."""

STORE_HUMIDITY_PCT = 78.0
HARVEST_WARMTH_C = 1.5
"""Pulp comes warmer from the tree than the morning air."""

TICK_MS = INTERVAL_S * 1000
PROGRAMME_DAYS = 20
DECLARING = 16
NIGHT_FASTER = 4
NIGHT_SPEED = 4800.0
"""The night runs faster, as far as an ordinary machine keeps up."""


class Day:
    """One day, run once by `run`; afterwards it may `live_on`."""

    def __init__(
        self,
        scenario: Scenario,
        office: Office,
        network: Network,
        clock: SimulatedClock,
        books: Books,
        *,
        speed: float,
        plan_seconds: float,
        note: Callable[[int, str], None],
    ) -> None:
        self.scenario = scenario
        self.timeline = Timeline(clock, speed)
        self.story = Story()
        self.yard = Yard(
            office,
            network,
            self.timeline,
            books.catalogue,
            self.story,
            scenario.seed,
            scenario.at(DEPARTS_S),
            f"SH{scenario.lots[0].code[1:7]}",
        )
        self.collection = Collection(scenario, office, network, self.timeline, self.yard, self.story)
        self.excursion = Excursion(scenario, self.collection, office, network, self.timeline, self.story, books)
        self._declared: dict[tuple[str, str], str] = {}
        self._office = office
        self._network = network
        self._clock = clock
        self._plan_seconds = plan_seconds
        self._note_at = note

    @property
    def starts_at_ms(self) -> int:
        return self.scenario.at(STARTS_S)

    @property
    def ends_at_ms(self) -> int:
        return self.scenario.at(ENDS_S)

    def prepare(self) -> None:
        """Before the day starts: places and trucks are entered, gateways connected, trucks' probes assigned."""
        for hub in hubs():
            self._office.add_hub(hub)
        for village in villages():
            self._office.add_village(village)
        for truck in trucks():
            self._office.add_truck(truck)
        self._network.connect(self.gateways())
        for truck in trucks():
            self._office.assign(f"TR-{truck.code}", "truck", truck.code, "return_air", self.starts_at_ms)
        self.yard.open_stores(hubs(), self.starts_at_ms)
        self._fill_the_books()

    def _fill_the_books(self) -> None:
        """Buyers' programmes, and what some villages expect to harvest today and tomorrow."""
        today = datetime.fromtimestamp(self.scenario.midnight_ms / 1000, LOCAL).date()
        for programme in programmes():
            self._office.add_programme(programme, today, today + timedelta(days=PROGRAMME_DAYS))
        wanted = {programme.commodity_id for programme in programmes()}
        expected: dict[tuple[str, str], int] = {}
        for lot in self.scenario.lots:
            if lot.commodity_id in wanted:
                key = lot.village, lot.commodity_id
                expected[key] = expected.get(key, 0) + lot.weight_g
        for (village, commodity_id), expected_g in sorted(expected.items())[:DECLARING]:
            self._declared[village, commodity_id] = self._office.declare(village, commodity_id, expected_g, today)
            self._office.declare(village, commodity_id, expected_g * 8 // 10, today + timedelta(days=1))
        self.story.tell(
            "Demand book",
            f"{len(programmes())} buyers' programmes; {DECLARING} villages declare harvests.",
            "/app/demands",
        )

    def gateways(self) -> list[str]:
        """Every gateway of the day: in villages, in trucks' cabins, in hubs' yards."""
        return [
            *self.scenario.gateways,
            *(truck_gateway(truck) for truck in trucks()),
            *(yard_gateway(hub) for hub in hubs()),
        ]

    def run(self) -> None:
        """From the first harvest to the next morning. Raises Stopped when the timeline is stopped."""
        scenario, at = self.scenario, self.timeline.at
        for at_ms in range(self.starts_at_ms, self.ends_at_ms + 1, TICK_MS):
            at(at_ms, lambda at_ms=at_ms: self._network.tick(at_ms))  # type: ignore[misc]
        for lot in scenario.lots:
            at(lot.harvested_at_ms, lambda lot=lot: self._harvest(lot))  # type: ignore[misc]
        for outage in scenario.outages:
            at(outage.from_ms, lambda outage=outage: self._network.cut_off(outage))  # type: ignore[misc]
            at(outage.from_ms, lambda outage=outage: self._note(f"{outage.gateway} is cut off"))  # type: ignore[misc]
            at(outage.to_ms, lambda outage=outage: self._network.come_back(outage))  # type: ignore[misc]
            at(outage.to_ms, lambda outage=outage: self._note(f"{outage.gateway} is back and catches up"))  # type: ignore[misc]
        at(scenario.malformed_at_ms, lambda: self._network.send_malformed(scenario.malformed_gateway))
        at(scenario.at(SOURCES_AT_S), lambda: self.collection.source(self._note))
        at(scenario.at(PLANS_AT_S), lambda: self.collection.plan_and_publish(self._plan_seconds, self._note))
        at(scenario.at(SUN_FROM_S), lambda: self.excursion.expose(scenario.at(SUN_FROM_S), self._note))
        at(scenario.at(DEPARTS_S), self._depart)
        at(scenario.at(LAST_READING_S), self._silence_a_shipment)
        self._clock.set_pace(self.timeline.speed, self.starts_at_ms)
        self._note(f"The day begins: {len(scenario.lots)} lots will be harvested")
        day_speed = self.timeline.speed
        self.timeline.run_until(self.scenario.at(EVENING_S))
        self.timeline.go_on(min(day_speed * NIGHT_FASTER, max(NIGHT_SPEED, day_speed)))
        self.timeline.run_until(self.ends_at_ms)
        self.timeline.speed = day_speed

    def _depart(self) -> None:
        """The shipments leave; those that are due before the end arrive, and one is followed to its buyer."""
        at = self.timeline.at
        self.yard.depart(self._note)
        shipped = f"{len(self.yard.boxes)} shipments, {sum(box.programme is not None for box in self.yard.boxes)} of "
        self.story.tell("Shipments", f"{shipped}them for programmes, first expired first out.", "/app/shipments")
        for box in self.yard.under_way:
            if box.due_at_ms <= self.ends_at_ms:
                at(box.due_at_ms, lambda box=box: self.yard.arrive(box, self._note))  # type: ignore[misc]
        followed = self.yard.followed()
        if followed is not None:
            at(self.scenario.at(DEPARTS_S) + BORDER_AFTER_MS, lambda: self.yard.cross(followed, self._note))
            at(followed.due_at_ms + INSPECTED_AFTER_MS, lambda: self.yard.inspect(followed, self._note))

    def live_on(self, real_ms: Callable[[], int]) -> None:
        """The shipments travel on: quickly through what has passed already, then with real time. Ends by Stopped."""
        for box in (box for box in self.yard.under_way if box.due_at_ms > self.ends_at_ms):
            self.timeline.at(box.due_at_ms, lambda box=box: self.yard.arrive(box, self._note))  # type: ignore[misc]
        at_ms = self.ends_at_ms
        while True:
            at_ms += TICK_MS
            self.timeline.at(at_ms, lambda at_ms=at_ms: self._network.tick(at_ms))  # type: ignore[misc]
            self.timeline.run_until(at_ms)
            if self._clock() >= real_ms() and self.timeline.speed != 1:
                self.timeline.go_on(1)
                self._clock.set_pace(1, real_ms())
                self._note("From here on it is now: the clock runs with yours")

    def _harvest(self, lot: DemoLot) -> None:
        # a declaration is used up by the first lot of its village and crop
        self._office.add_lot(lot, self._declared.pop((lot.village, lot.commodity_id), None))
        self._office.assign(lot.sensor, "lot", lot.code, "pulp", lot.harvested_at_ms)
        random = Random(f"lot-{self.scenario.seed}-{lot.code}")  # noqa: S311  # a made-up day, not a secret
        probe = Probe(
            lot.sensor,
            self._air_c(lot.harvested_at_ms) + HARVEST_WARMTH_C + random.uniform(-0.5, 1.0),
            STORE_LAG_S,
            random,
            fault=lot.fault,
            fault_from_ms=lot.fault_from_ms,
        )
        self._network.hear(lot.gateway, probe, self._air_c, STORE_HUMIDITY_PCT)

    def _silence_a_shipment(self) -> None:
        open_market = [box for box in self.yard.boxes if box.programme is None]
        if open_market:
            box = Random(f"silent-{self.scenario.seed}").choice(open_market)  # noqa: S311
            self.yard.silence(box, self.scenario.at(LAST_READING_S))
            self._note(f"{box.code}: its probe falls silent")

    def _air_c(self, at_ms: int) -> float:
        return outside_air_c((at_ms - self.scenario.midnight_ms) / 1000)

    def _note(self, text: str) -> None:
        self._note_at(self._clock(), text)
