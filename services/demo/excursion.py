"""One lot stands in the sun before it is fetched: its readings break the plan, and the repair is approved."""

import time
import uuid
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from services.db.engine import Database
from services.demo.collection import OPEN_STOP, OVER, Collection, Note
from services.demo.network import Network
from services.demo.office import POLL_EVERY_S, Office
from services.demo.scenario import INTERVAL_S, DemoLot, Scenario
from services.demo.signals import STORE_LAG_S, Fault, outside_air_c
from services.demo.story import Story
from services.demo.timeline import Timeline
from services.errors import Unavailable
from services.http.fields import parse_instant
from services.lots.tables import Lot
from services.plans import driving
from services.readings.tables import FreshnessStatus
from services.runs.knowing import known
from services.web.words import clock_time
from telemetry.freshness.commodities import Catalogue

SUN_C = 50.0
SUN_LAG_S = 15 * 60
LEFT_IN_SUN_MS = 75 * 60_000
"""A lot is worth watching when it is fetched no sooner after it was put into the sun."""

LOOK_EVERY_S = 0.1
ASSESSED_WITHIN_S = 20.0
REPAIRED_WITHIN_S = 60.0
SHOWN_CHANGES = 4

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Victim:
    """The lot that is put into the sun, how long before its deadline it would be at its hub, and when it is fetched."""

    lot: DemoLot
    slack_s: int
    fetched_ms: int


@dataclass(frozen=True, slots=True)
class Books:
    """What the database knows; looked at so that the reading which breaks the plan is named, not guessed."""

    database: Database
    tenant_id: uuid.UUID
    catalogue: Catalogue

    def await_assessed(self, code: str, at_ms: int, timeline: Timeline) -> None:
        """Return once the lot's freshness knows its reading of ``at_ms``. Raises Unavailable, Stopped."""
        newest = (
            select(FreshnessStatus.last_reading_at_ms)
            .join(Lot, Lot.id == FreshnessStatus.subject_id)
            .where(FreshnessStatus.tenant_id == self.tenant_id, Lot.code == code)
        )
        deadline_s = time.monotonic() + ASSESSED_WITHIN_S
        while True:
            with self.database.read() as session:
                if (session.scalar(newest) or 0) >= at_ms:
                    return
            if time.monotonic() > deadline_s:
                raise Unavailable(f"{code} was not assessed within {ASSESSED_WITHIN_S:g} s; see the freshness log.")
            timeline.check()
            time.sleep(LOOK_EVERY_S)

    def is_broken(self, plan_id: str, code: str, now_ms: int) -> bool:
        """Whether the lot breaks the published plan now."""
        with self.database.read() as session:
            driven = driving.driven(session, self.tenant_id, uuid.UUID(plan_id))
            found = () if driven is None else known(session, driven, self.catalogue, now_ms).breaks
        return any(one.subject == code for one in found)


class Excursion:
    """Begins with `expose`; then `look` follows each tick until the plan is repaired or the lot is fetched."""

    def __init__(
        self,
        scenario: Scenario,
        collection: Collection,
        office: Office,
        network: Network,
        timeline: Timeline,
        story: Story,
        books: Books,
    ) -> None:
        self._scenario = scenario
        self._collection = collection
        self._office = office
        self._network = network
        self._timeline = timeline
        self._story = story
        self._books = books
        self._victim: Victim | None = None

    def expose(self, at_ms: int, note: Note) -> None:
        """Put the lot whose deadline the plan meets most narrowly into the sun."""
        self._victim = self._choose(at_ms)
        if self._victim is None:
            return
        lot = self._victim.lot
        self._network.carry(lot.sensor, lambda _at_ms: SUN_C, SUN_LAG_S)
        note(
            f"{lot.code} in {lot.village} stands in the sun; its truck is due at {clock_time(self._victim.fetched_ms)}"
        )
        for tick_ms in range(at_ms + INTERVAL_S * 1000, self._victim.fetched_ms, INTERVAL_S * 1000):
            self._timeline.at(tick_ms, lambda tick_ms=tick_ms: self._look(tick_ms, note))  # type: ignore[misc]

    def _choose(self, at_ms: int) -> Victim | None:
        deadlines = {
            pickup["id"]: pickup.get("deadline_s") for pickup in self._office.problem(self._collection.plan)["pickups"]
        }
        cut_off = {outage.gateway for outage in self._scenario.outages}
        lots = {lot.code: lot for lot in self._scenario.lots if lot.fault is Fault.NONE and lot.gateway not in cut_off}
        found = []
        for run in self._collection.runs:
            comes_s = (parse_instant(run["arrives_at"]) - self._scenario.midnight_ms) // 1000
            for stop in run["stops"]:
                fetched_ms, deadline_s = parse_instant(stop["arrives_at"]), deadlines.get(stop["lot"])
                if stop["lot"] in lots and deadline_s is not None and fetched_ms >= at_ms + LEFT_IN_SUN_MS:
                    found.append(Victim(lots[stop["lot"]], deadline_s - comes_s, fetched_ms))
        return min(found, key=lambda one: (one.slack_s, one.lot.code), default=None)

    def _look(self, tick_ms: int, note: Note) -> None:
        victim = self._victim
        if victim is None or self._stop_of(victim.lot.code) is None:
            return
        self._timeline.hold()
        sent_s, sent_ms = self._network.ticked_s, self._timeline.clock()
        self._books.await_assessed(victim.lot.code, tick_ms, self._timeline)
        if self._books.is_broken(self._collection.plan["id"], victim.lot.code, self._timeline.clock()):
            self._repair(victim, sent_s, sent_ms, tick_ms, note)
        self._timeline.go_on()

    def _repair(self, victim: Victim, sent_s: float, sent_ms: int, tick_ms: int, note: Note) -> None:
        """Wait for the dispatcher's proposal and approve it."""
        code = victim.lot.code
        proposed = self._await_proposal(code)
        real_s, simulated_s = time.monotonic() - sent_s, (self._timeline.clock() - sent_ms) / 1000
        if proposed is None or not self._office.apply_repair(proposed["id"]):
            return
        self._victim = None
        repair = self._office.repair(proposed["id"])
        self._network.carry(victim.lot.sensor, self._shade_c, STORE_LAG_S)
        self._collection.change_sheets(repair, note)
        why = next(cause["sentence"] for cause in repair["causes"] if cause["subject"] == code)
        note(f"{code} broke the plan: {why}")
        note(
            f"The repair was there {real_s:.1f} s after the reading of {clock_time(tick_ms)} ({simulated_s:.1f} s on "
            f"the demo's clock); approved, {len(repair['changes'])} changes"
        )
        for change in repair["changes"][:SHOWN_CHANGES]:
            note(f"  {change['pickup']}: {change['detail']}")
        self._story.repair_seconds = round(real_s, 1)
        self._story.tell(
            "Changed plan",
            f"{why} Repaired {real_s:.1f} s after the reading, approved: "
            + "; ".join(f"{change['pickup']} {change['detail']}" for change in repair["changes"][:SHOWN_CHANGES])
            + (f"; {len(repair['changes']) - SHOWN_CHANGES} more." if len(repair["changes"]) > SHOWN_CHANGES else "."),
            "/app/repairs",
        )

    def _shade_c(self, at_ms: int) -> float:
        return outside_air_c((at_ms - self._scenario.midnight_ms) / 1000)

    def _await_proposal(self, code: str) -> Document | None:
        """The proposal for the lot; None when the dispatcher found nothing better than the plan."""
        deadline_s = time.monotonic() + REPAIRED_WITHIN_S
        while time.monotonic() < deadline_s:
            for state in ("proposed", "unneeded"):
                for repair in self._office.repairs(self._collection.plan, state):
                    if any(cause["subject"] == code for cause in repair["causes"]):
                        return repair if state == "proposed" else None
            self._timeline.check()
            time.sleep(POLL_EVERY_S)
        raise Unavailable(f"No repair for {code} within {REPAIRED_WITHIN_S:g} s; see the planner's log.")

    def _stop_of(self, code: str) -> Document | None:
        return next(
            (
                stop
                for run in self._collection.runs
                if run["state"] not in OVER
                for stop in run["stops"]
                if stop["lot"] == code and stop["state"] in OPEN_STOP and code not in self._collection.loaded
            ),
            None,
        )
