"""What the map shows: hubs, villages with what waits there, the routes of the plan, and where the trucks are."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from services.fleet.tables import Hub, Truck, Village
from services.lots.tables import Lot
from services.plans.tables import Run, RunStop
from services.web.geometry import EASTERN_SEABOARD, Country, Frame, land
from services.web.words import clock_time, counted

MARK = 8
LETTER_WIDTH, LETTER_HEIGHT = 7.9, 12
"""Of the map's labels, in its own units; measured generously, since fonts differ."""

Box = tuple[float, float, float, float]
"""Left, top, right, bottom."""

ROUTE_COLOURS = 8
"""The style sheet has so many; trucks take them in turn, and a route is named where it is pointed at."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A hub or village, and how much there is of what it is about."""

    x: float
    y: float
    code: str
    name: str
    kind: str
    waiting: int = 0
    total: int = 0


@dataclass(frozen=True, slots=True)
class Label:
    """A text beside a mark, where it covers no other label and no hub."""

    x: float
    y: float
    anchor: str
    text: str


@dataclass(frozen=True, slots=True)
class RouteLine:
    """The way of one run, hub to hub by its villages."""

    points: str
    colour: int
    title: str
    state: str


@dataclass(frozen=True, slots=True)
class TruckMark:
    """A truck on its way."""

    x: float
    y: float
    code: str
    title: str


@dataclass(frozen=True, slots=True)
class MapView:
    """The whole map, in drawing order."""

    frame: Frame
    countries: tuple[Country, ...]
    routes: tuple[RouteLine, ...]
    villages: tuple[Mark, ...]
    hubs: tuple[Mark, ...]
    trucks: tuple[TruckMark, ...]
    labels: tuple[Label, ...]


@dataclass(frozen=True, slots=True)
class Leg:
    """A run as it is driven: where it is at which instant."""

    run: Run
    truck: Truck
    hub: Hub
    stops: tuple[tuple[RunStop, Lot], ...]
    path: tuple[tuple[int, float, float], ...]
    """Instant (UTC epoch milliseconds), x, y."""

    def at(self, now_ms: int) -> tuple[float, float] | None:
        """Where the truck should be by its plan, or None before it leaves and after it has come in."""
        if self.run.state == "delivered" or not self.path or now_ms < self.path[0][0]:
            return None
        for (from_ms, x, y), (to_ms, next_x, next_y) in pairwise(self.path):
            if now_ms < to_ms:
                share = (now_ms - from_ms) / (to_ms - from_ms) if to_ms > from_ms else 1.0
                return round(x + (next_x - x) * share, 1), round(y + (next_y - y) * share, 1)
        return self.path[-1][1:]


def legs(
    runs: Sequence[tuple[Run, Truck, Hub]],
    stops: Sequence[tuple[RunStop, Lot]],
    villages: Mapping[uuid.UUID, Village],
    hubs: Mapping[uuid.UUID, Hub],
    frame: Frame = EASTERN_SEABOARD,
) -> tuple[Leg, ...]:
    """The runs of a plan with their way; a truck's later run starts where its earlier one ended."""
    by_run: dict[uuid.UUID, list[tuple[RunStop, Lot]]] = {}
    for stop, lot in stops:
        by_run.setdefault(stop.run_id, []).append((stop, lot))
    stands: dict[uuid.UUID, Hub | None] = {truck.id: hubs.get(truck.home_hub_id) for _, truck, _ in runs}
    found = []
    for run, truck, hub in runs:
        path: list[tuple[int, float, float]] = []
        start = stands[truck.id]
        if start is not None:
            path.append((run.departs_at_ms, *frame.point(start.latitude, start.longitude)))
        for stop, lot in by_run.get(run.id, []):
            point = frame.point(villages[lot.village_id].latitude, villages[lot.village_id].longitude)
            path += [(stop.arrives_at_ms, *point), (stop.departs_at_ms, *point)]
        path.append((run.arrives_at_ms, *frame.point(hub.latitude, hub.longitude)))
        stands[truck.id] = hub
        found.append(Leg(run, truck, hub, tuple(by_run.get(run.id, [])), tuple(path)))
    return tuple(found)


def draw_map(
    hubs: Sequence[Hub],
    villages: Sequence[Village],
    lots: Mapping[uuid.UUID, Mapping[str, int]],
    driven: Sequence[Leg],
    temperatures: Mapping[uuid.UUID, tuple[int, float]],
    now_ms: int,
    frame: Frame = EASTERN_SEABOARD,
) -> MapView:
    """The map at an instant."""
    colours = {code: number % ROUTE_COLOURS for number, code in enumerate(sorted({leg.truck.code for leg in driven}))}
    marks = tuple(Mark(*frame.point(hub.latitude, hub.longitude), hub.code, hub.name, hub.kind) for hub in hubs)
    trucks = tuple(mark for leg in driven if (mark := _truck(leg, temperatures, now_ms)))
    told = {leg.truck.code: f"{temperatures[leg.truck.id][1]:.1f} °C" for leg in driven if leg.truck.id in temperatures}
    labels = place_labels([(hub.x, hub.y, hub.name) for hub in marks], (), frame, always=True)
    labels += place_labels(
        [(truck.x, truck.y, told[truck.code]) for truck in trucks if truck.code in told], labels, frame
    )
    return MapView(
        frame=frame,
        countries=land(frame),
        routes=tuple(_route(leg, colours[leg.truck.code]) for leg in driven),
        villages=tuple(_village(frame, village, lots.get(village.id, {})) for village in villages),
        hubs=marks,
        trucks=trucks,
        labels=labels,
    )


def place_labels(
    texts: Sequence[tuple[float, float, str]], others: Sequence[Label], frame: Frame, *, always: bool = False
) -> tuple[Label, ...]:
    """A label for each (x, y, text), in order of importance, off its marks and the labels of ``others``.

    One that fits nowhere is left to the mark's title, unless ``always``: then it overlaps where it has to.
    """
    taken = [_box(label) for label in others] + [(x - MARK, y - MARK, x + MARK, y + MARK) for x, y, _ in texts]
    placed = []
    for x, y, text in texts:
        places = (
            Label(x + 12, y + 5, "start", text),
            Label(x - 12, y + 5, "end", text),
            Label(x, y - 12, "middle", text),
            Label(x, y + 22, "middle", text),
        )
        inside = [label for label in places if _is_inside(_box(label), frame)]
        free = [label for label in inside if not any(_overlap(_box(label), other) for other in taken)]
        chosen = free[:1] or (inside[:1] if always else [])
        taken += [_box(label) for label in chosen]
        placed += chosen
    return tuple(placed)


def _box(label: Label) -> Box:
    width = len(label.text) * LETTER_WIDTH
    left = label.x - {"start": 0.0, "end": width, "middle": width / 2}[label.anchor]
    return left, label.y - LETTER_HEIGHT, left + width, label.y + 3


def _is_inside(box: Box, frame: Frame) -> bool:
    return box[0] >= 0 and box[1] >= 0 and box[2] <= frame.width and box[3] <= frame.height


def _overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _village(frame: Frame, village: Village, states: Mapping[str, int]) -> Mark:
    waiting = states.get("waiting", 0) + states.get("planned", 0)
    return Mark(
        *frame.point(village.latitude, village.longitude),
        village.code,
        village.name,
        "village",
        waiting=waiting,
        total=sum(states.values()),
    )


def _route(leg: Leg, colour: int) -> RouteLine:
    points: list[str] = []
    for _, x, y in leg.path:
        if not points or points[-1] != f"{x:g},{y:g}":
            points.append(f"{x:g},{y:g}")
    title = (
        f"{leg.truck.code}: {counted(len(leg.stops), 'lot')} to {leg.hub.name}, "
        f"{clock_time(leg.run.departs_at_ms)}–{clock_time(leg.run.arrives_at_ms)}, {leg.run.distance_m / 1000:.0f} km"
    )
    return RouteLine(" ".join(points), colour, title, leg.run.state)


def _truck(leg: Leg, temperatures: Mapping[uuid.UUID, tuple[int, float]], now_ms: int) -> TruckMark | None:
    place = leg.at(now_ms)
    if place is None:
        return None
    newest = temperatures.get(leg.truck.id)
    reading = f", {newest[1]:.1f} °C at {clock_time(newest[0])}" if newest else ", no reading yet"
    return TruckMark(*place, leg.truck.code, f"{leg.truck.code}{reading}")
