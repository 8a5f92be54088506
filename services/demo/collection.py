"""The planned part of the demo's day: demand is sourced, a plan is made of it, published and driven by reports."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

from services.clock import to_rfc3339
from services.demo.network import Network
from services.demo.office import Office
from services.demo.places import DemoTruck, Place, hubs, trucks, villages
from services.demo.scenario import DemoLot, Scenario
from services.demo.signals import BOX_LAG_S, FAILED_BOX_LAG_S, MEAN_AIR_C, Probe, outside_air_c
from services.demo.story import Story
from services.demo.timeline import Timeline
from services.demo.yard import Yard
from services.http.fields import parse_instant

PLAN_WITHIN_S = 120.0
SOURCED_DAYS = 3
COLLECTION_H = 3
PRECOOL_MS = 20 * 60_000
HANDOVER_MS = 20 * 60_000
FAILS_AFTER = 0.25
"""The share of a run, from its first loading to its hub, after which its cooling unit fails."""

FAILED_FOR_MS = 150 * 60_000
BOX_HUMIDITY_PCT = 88.0
SUN_ON_BOX_C = 2.0
OVER = ("delivered", "cancelled")
OPEN_STOP = ("assigned", "driving", "arrived")

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
    """Sources, plans, then drives every run to its hub by the sheet that is in force."""

    def __init__(
        self, scenario: Scenario, office: Office, network: Network, timeline: Timeline, yard: Yard, story: Story
    ) -> None:
        self._scenario = scenario
        self._office = office
        self._network = network
        self._timeline = timeline
        self._yard = yard
        self._story = story
        self._trucks = {truck.code: truck for truck in trucks()}
        self._hubs: dict[str, Place] = {hub.code: hub for hub in hubs()}
        self._villages: dict[str, Place] = {village.code: village for village in villages()}
        self._lots: dict[str, DemoLot] = {lot.code: lot for lot in scenario.lots}
        self._boxes: dict[str, Box] = {}
        self._sheet = 0
        self.plan: Document = {}
        self.runs: list[Document] = []
        self.promised: dict[str, str] = {}
        """The programme of each lot that was accepted for one."""

        self.left: dict[str, str] = {}
        """The lots that no truck fetches, with the reason."""

        self.loaded: set[str] = set()
        self.delivered: set[str] = set()
        self.failed_truck = ""

    def source(self, note: Note) -> None:
        """Match what waits and what is declared with the demand book, and accept it. The clock waits meanwhile."""
        self._timeline.hold()
        sourcing = self._office.source(SOURCED_DAYS, MEAN_AIR_C, COLLECTION_H, self._timeline.check)
        lines = self._office.accept_all(sourcing)
        self.promised = {line["lot"]: line["demand"] for line in lines if line["lot"]}
        totals = sourcing["totals"]
        sentence = (
            f"{totals['met_g'] // 1000:,} of {totals['needed_g'] // 1000:,} kg wanted in {SOURCED_DAYS} days are found "
            f"in {len(lines)} requests to villages, {totals['short_g'] // 1000:,} kg are short; all accepted"
        )
        self._story.tell("Sourcing", f"{sentence}.", f"/app/sourcing/{sourcing['id']}")
        note(f"Sourcing: {sentence}")
        self._timeline.go_on()

    def plan_and_publish(self, seconds: float, note: Note) -> None:
        """Ask for a plan of all that waits, publish it, and have its runs driven. The clock waits meanwhile."""
        self._timeline.hold()
        job = self._office.request_plan(seconds, self._scenario.seed, MEAN_AIR_C)
        note(f"A plan for {job['lots']} lots and {job['trucks']} trucks is asked for")
        self.plan = self._office.await_plan(job, PLAN_WITHIN_S, self._timeline.check)
        self.runs = self._office.publish(self.plan)
        self.left = {left["pickup"]: left["reason"] for left in self.plan["plan"]["unserved"]}
        stops = sum(len(run["stops"]) for run in self.runs)
        sentence = f"{len(self.runs)} runs collect {stops} lots, {len(self.left)} stay behind"
        note(f"The plan is published: {sentence}")
        self._story.tell("Plan", f"Published: {sentence}.", f"/app/plans/{self.plan['id']}")
        self._break_a_unit(note)
        self._follow(note)
        self._timeline.go_on()

    def change_sheets(self, repair: Document, note: Note) -> None:
        """Drive on by the sheets that an applied repair has changed."""
        self.runs = self._office.runs(self.plan)
        self.left |= {left["pickup"]: left["reason"] for left in repair["plan"]["unserved"]}
        self._follow(note)

    def _break_a_unit(self, note: Note) -> None:
        """The refrigerated run with most lots loses its cooling for a while."""
        cooled = [run for run in self.runs if self._trucks[run["truck"]].is_refrigerated]
        run = max(cooled, key=lambda run: len(run["stops"]), default=None)
        if run is None:
            return
        first_ms, arrives_ms = parse_instant(run["stops"][0]["departs_at"]), parse_instant(run["arrives_at"])
        fails_at_ms = first_ms + round((arrives_ms - first_ms) * FAILS_AFTER)
        self._box(run).fails_at_ms = fails_at_ms
        self.failed_truck = run["truck"]
        self._timeline.at(fails_at_ms, lambda: note(f"{run['truck']}: the cooling unit has failed"))

    def _follow(self, note: Note) -> None:
        """Schedule all that is still to be driven, in place of what an older sheet said."""
        self._sheet += 1
        for run in self.runs:
            if run["state"] not in OVER:
                self._schedule(run, note)

    def _at(self, at_ms: int, action: Callable[[], None]) -> None:
        sheet = self._sheet
        self._timeline.at(max(at_ms, self._timeline.clock()), lambda: action() if self._sheet == sheet else None)

    def _schedule(self, run: Document, note: Note) -> None:
        departs_ms, arrives_ms = parse_instant(run["departs_at"]), parse_instant(run["arrives_at"])
        box = self._box(run)
        if run["departed_at"] is None:
            self._at(departs_ms - PRECOOL_MS, lambda: self._hear(box))
            self._at(departs_ms, lambda: self._depart(run, departs_ms, note))
        for stop in run["stops"]:
            if stop["state"] in OPEN_STOP:
                self._at(parse_instant(stop["departs_at"]), lambda stop=stop: self._load(run, stop))  # type: ignore[misc]
        self._at(arrives_ms + HANDOVER_MS, lambda: self._deliver(run, box, arrives_ms + HANDOVER_MS, note))

    def _box(self, run: Document) -> Box:
        if run["id"] not in self._boxes:
            truck = self._trucks[run["truck"]]
            random = Random(f"truck-{self._scenario.seed}-{run['code']}")  # noqa: S311  # a made-up day, not a secret
            air_c = outside_air_c((parse_instant(run["departs_at"]) - self._scenario.midnight_ms) / 1000)
            # a refrigerated truck has stood at the hub's plug
            start_c = air_c if run["set_point_c"] is None else run["set_point_c"]
            probe = Probe(f"TR-{truck.code}", start_c, BOX_LAG_S, random, noise_c=0.3)
            self._boxes[run["id"]] = Box(truck, probe, start_c, self._scenario.midnight_ms)
        return self._boxes[run["id"]]

    def _hear(self, box: Box) -> None:
        self._network.hear(truck_gateway(box.truck), box.probe, box.surroundings_c, BOX_HUMIDITY_PCT)

    def _depart(self, run: Document, at_ms: int, note: Note) -> None:
        self._office.report(run["id"], {"kind": "departed", "at": to_rfc3339(at_ms)})
        note(f"{run['truck']} leaves for {len(run['stops'])} lots")

    def _load(self, run: Document, stop: Document) -> None:
        lot = self._lots[stop["lot"]]
        village = self._villages[lot.village]
        self._network.lose(lot.sensor)
        self._office.report(
            run["id"],
            {"kind": "arrived", "lot": lot.code, "at": stop["arrives_at"]},
            {
                "kind": "loaded",
                "lot": lot.code,
                "at": stop["departs_at"],
                "weight_g": lot.weight_g,
                "crates": lot.crates,
                "latitude": village.latitude,
                "longitude": village.longitude,
            },
        )
        self.loaded.add(lot.code)

    def _deliver(self, run: Document, box: Box, at_ms: int, note: Note) -> None:
        lots = [self._lots[stop["lot"]] for stop in run["stops"] if stop["state"] != "skipped"]
        self._office.report(run["id"], {"kind": "delivered", "at": to_rfc3339(at_ms)})
        self._network.lose(box.probe.sensor)
        self.delivered |= {lot.code for lot in lots}
        hub = self._hubs[run["hub"]]
        note(f"{run['truck']} has brought {len(lots)} lots to {hub.name}")
        self._yard.receive(hub, lots, at_ms, note)


def truck_gateway(truck: DemoTruck) -> str:
    """The gateway in a truck's cabin."""
    return f"gw-{truck.code.lower()}"
