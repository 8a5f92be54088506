"""What breaks a published plan while there is still time to change it. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from routing.problem import Problem, TimeWindow
from services.runs.situation import Situation

ZONE = ZoneInfo("Asia/Bangkok")

SHORTER_S = 600
"""A deadline that moves by less than this is noise of the freshness model, not news."""

LATE_S = 1800
"""A truck this late is worth a new plan where a lot or a village suffers from it."""


@dataclass(frozen=True, slots=True)
class LotNow:
    """What is known now of a lot that is on its way: its deadline, and whether it is warm on board."""

    deadline_s: int | None
    reason: str
    warm: bool = False


@dataclass(frozen=True, slots=True)
class Break:
    """One reason why the plan can't stay as it is: ``kind`` is `lot.warming`, `lot.warm_on_board`, `truck.late` or
    `hub.closing`; ``subject`` is the code of the lot, truck or hub.
    """

    kind: str
    subject: str
    sentence: str

    @property
    def subject_kind(self) -> str:
        return self.kind.split(".")[0]


def breaks(
    problem: Problem,
    now: Situation,
    lots: Mapping[str, LotNow],
    hub_windows: Mapping[str, tuple[TimeWindow, ...]],
) -> list[Break]:
    """Why the plan of ``problem``, standing as ``now``, has to be repaired; empty when it does not.

    ``lots`` are those not delivered yet. What the plan itself was late for is no news, nor is warmth on a truck that
    has no cooling.
    """
    found = {(item.kind, item.subject): item for item in _of_lots(problem, now, lots)}
    for item in (*_of_trucks(problem, now), *_of_hubs(problem, now, hub_windows)):
        found.setdefault((item.kind, item.subject), item)
    return [found[key] for key in sorted(found)]


def _of_lots(problem: Problem, now: Situation, lots: Mapping[str, LotNow]) -> Iterator[Break]:
    before = {pickup.id: pickup.deadline_s for pickup in problem.pickups}
    before |= {lot.id: lot.deadline_s for truck in problem.trucks for lot in truck.loaded}
    late_already = {pickup.id for pickup in problem.pickups if pickup.lateness is not None}
    ambient = {truck.id for truck in problem.trucks if truck.temperature is None}
    for code, lot in lots.items():
        unloading = now.unloading_of(code)
        if unloading is None:
            continue
        if lot.warm and now.truck_of(code) not in ambient:
            yield Break("lot.warm_on_board", code, f"{code} is above its band on board. {lot.reason}")
        was = before.get(code)
        if code in late_already or lot.deadline_s is None or unloading.start_s <= lot.deadline_s:
            continue
        if was is None or lot.deadline_s < was - SHORTER_S:
            due, comes = _clock(problem, lot.deadline_s), _clock(problem, unloading.start_s)
            yield Break(
                "lot.warming", code, f"{code} has to be at a hub by {due}; the plan brings it at {comes}. {lot.reason}"
            )


def _of_trucks(problem: Problem, now: Situation) -> Iterator[Break]:
    deadlines = {pickup.id: pickup.deadline_s for pickup in problem.pickups}
    deadlines |= {lot.id: lot.deadline_s for truck in problem.trucks for lot in truck.loaded}
    windows = {pickup.id: pickup.windows for pickup in problem.pickups}
    for route in now.plan.routes:
        delay_s = now.delay_s.get(route.truck, 0)
        if delay_s < LATE_S:
            continue
        missed = []
        for item in now.expected[route.truck]:
            lot = item.stop.pickup
            if lot is not None:
                deadline_s, unloading = deadlines.get(lot), now.unloading_of(lot)
                if deadline_s is not None and unloading is not None and unloading.start_s > deadline_s:
                    missed.append(f"{lot} would be too late at the hub")
                elif windows.get(lot) and not any(one.opens_s <= item.start_s <= one.closes_s for one in windows[lot]):
                    missed.append(f"the village of {lot} would have closed")
        if missed:
            yield Break(
                "truck.late", route.truck, f"{route.truck} is {delay_s // 60} min late: {'; '.join(missed[:3])}."
            )


def _of_hubs(problem: Problem, now: Situation, hub_windows: Mapping[str, tuple[TimeWindow, ...]]) -> Iterator[Break]:
    for truck, ahead in now.expected.items():
        for item in ahead:
            hub = item.stop.hub
            if item.stop.kind != "unload" or hub is None or not hub_windows.get(hub):
                continue
            if not any(one.opens_s <= item.start_s <= one.closes_s for one in hub_windows[hub]):
                comes = _clock(problem, item.start_s)
                yield Break("hub.closing", hub, f"{hub} is closed when {truck} comes at {comes}.")


def _clock(problem: Problem, seconds: int) -> str:
    at = datetime.fromtimestamp((problem.time_zero_ms or 0) / 1000 + seconds, ZONE)
    return f"{at:%H:%M}"
