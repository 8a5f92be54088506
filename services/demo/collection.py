"""The planned part of the demo's day: the plan is asked for, published and driven, and one cooling unit fails."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

from services.demo.network import Network
from services.demo.office import Office
from services.demo.places import DemoTruck, Place, hubs, trucks
from services.demo.scenario import DemoLot, Scenario
from services.demo.signals import BOX_LAG_S, FAILED_BOX_LAG_S, Probe, outside_air_c
from services.demo.timeline import Timeline
from services.demo.yard import Yard
from services.http.fields import parse_instant

PLAN_WITHIN_S = 120.0
PRECOOL_MS = 20 * 60_000
HANDOVER_MS = 20 * 60_000
FAILS_AFTER = 0.25
"""The share of a run, from its first loading to its hub, after which its cooling unit fails."""

FAILED_FOR_MS = 150 * 60_000
BOX_HUMIDITY_PCT = 88.0
SUN_ON_BOX_C = 2.0

Note = Callable[[str], None]
Document = dict[str, Any]


@dataclass(slots=True)
class Box:
    """The cargo box of a truck on a run: what surrounds its probe."""

    truck: DemoTruck
    probe: Probe
    set_point_c: float
    midnight_ms: int
    fails_at_ms: int | None = None

    def surroundings_c(self, at_ms: int) -> float:
        """What the air in the box tends to: the set-point, or the heat outside where nothing cools."""
        failed = self.fails_at_ms is not None and self.fails_at_ms <= at_ms < self.fails_at_ms + FAILED_FOR_MS
        cools = self.truck.is_refrigerated and not failed
        self.probe.lag_s = BOX_LAG_S if cools else FAILED_BOX_LAG_S
        return self.set_point_c if cools else outside_air_c((at_ms - self.midnight_ms) / 1000) + SUN_ON_BOX_C


class Collection:
    """Plans once, then drives every run to its hub along its planned times."""

    def __init__(self, scenario: Scenario, office: Office, network: Network, timeline: Timeline, yard: Yard) -> None:
        self._scenario = scenario
        self._office = office
        self._network = network
        self._timeline = timeline
        self._yard = yard
        self._trucks = {truck.code: truck for truck in trucks()}
        self._hubs: dict[str, Place] = {hub.code: hub for hub in hubs()}
        self._lots: dict[str, DemoLot] = {lot.code: lot for lot in scenario.lots}
        self.plan: Document = {}
        self.runs: list[Document] = []
        self.loaded: set[str] = set()
        self.delivered: set[str] = set()
        self.failed_truck = ""

    def plan_and_publish(self, seconds: float, note: Note) -> None:
        """Ask for a plan of all that waits, publish it, and schedule its runs. The clock waits meanwhile."""
        self._timeline.hold()
        job = self._office.request_plan(seconds, self._scenario.seed)
        note(f"A plan for {job['lots']} lots and {job['trucks']} trucks is asked for")
        self.plan = self._office.await_plan(job, PLAN_WITHIN_S, self._timeline.check)
        self.runs = self._office.publish(self.plan)
        stops = sum(len(run["stops"]) for run in self.runs)
        left = len(self.plan["plan"]["unserved"])
        note(f"The plan is published: {len(self.runs)} runs collect {stops} lots, {left} stay behind")
        unlucky = self._unlucky()
        for run in self.runs:
            self._schedule(run, note, fails=run is unlucky)
        self._timeline.go_on()

    def _unlucky(self) -> Document | None:
        """The refrigerated run with most lots."""
        cooled = [run for run in self.runs if self._trucks[run["truck"]].is_refrigerated]
        return max(cooled, key=lambda run: len(run["stops"]), default=None)

    def _schedule(self, run: Document, note: Note, *, fails: bool) -> None:
        departs_ms, arrives_ms = parse_instant(run["departs_at"]), parse_instant(run["arrives_at"])
        box = self._box(run)
        self._timeline.at(max(departs_ms - PRECOOL_MS, self._timeline.clock()), lambda: self._hear(box))
        self._timeline.at(departs_ms, lambda: note(f"{run['truck']} leaves for {len(run['stops'])} lots"))
        for stop in run["stops"]:
            self._timeline.at(parse_instant(stop["departs_at"]), lambda stop=stop: self._load(run, stop))  # type: ignore[misc]
        self._timeline.at(arrives_ms + HANDOVER_MS, lambda: self._deliver(run, box, note))
        if fails:
            first_ms = parse_instant(run["stops"][0]["departs_at"])
            box.fails_at_ms = first_ms + round((arrives_ms - first_ms) * FAILS_AFTER)
            self.failed_truck = run["truck"]
            self._timeline.at(box.fails_at_ms, lambda: note(f"{run['truck']}: the cooling unit has failed"))

    def _box(self, run: Document) -> Box:
        truck = self._trucks[run["truck"]]
        random = Random(f"truck-{self._scenario.seed}-{run['code']}")  # noqa: S311  # a made-up day, not a secret
        start_c = outside_air_c((parse_instant(run["departs_at"]) - self._scenario.midnight_ms) / 1000)
        probe = Probe(f"TR-{truck.code}", start_c, BOX_LAG_S, random, noise_c=0.3)
        return Box(truck, probe, run["set_point_c"] or start_c, self._scenario.midnight_ms)

    def _hear(self, box: Box) -> None:
        self._network.hear(truck_gateway(box.truck), box.probe, box.surroundings_c, BOX_HUMIDITY_PCT)

    def _load(self, run: Document, stop: Document) -> None:
        lot = self._lots[stop["lot"]]
        self._network.lose(lot.sensor)
        self._office.load(run["id"], stop["position"], parse_instant(stop["departs_at"]))
        self.loaded.add(lot.code)

    def _deliver(self, run: Document, box: Box, note: Note) -> None:
        at_ms = parse_instant(run["arrives_at"]) + HANDOVER_MS
        lots = [self._lots[stop["lot"]] for stop in run["stops"]]
        self._office.deliver(run["id"], at_ms)
        self._network.lose(box.probe.sensor)
        self.delivered |= {lot.code for lot in lots}
        hub = self._hubs[run["hub"]]
        note(f"{run['truck']} has brought {len(lots)} lots to {hub.name}")
        self._yard.receive(hub, lots, at_ms, note)


def truck_gateway(truck: DemoTruck) -> str:
    """The gateway in a truck's cabin."""
    return f"gw-{truck.code.lower()}"
