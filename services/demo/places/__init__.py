"""The demo's geography, trucks and produce, read from the tables beside (sources in the README)."""

import csv
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TypeVar

T = TypeVar("T")

SATANG = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A collection point or hub; openings in seconds from local midnight."""

    code: str
    name: str
    latitude: float
    longitude: float
    opens_s: int
    closes_s: int
    source: str
    synthetic: bool
    kind: str = "village"
    name_th: str = ""
    province: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoTruck:
    """A truck of the demo's fleet; no temperatures: an ambient one."""

    code: str
    body: str
    home_hub: str
    capacity_g: int
    capacity_crates: int
    min_temperature_c: float | None
    max_temperature_c: float | None
    shift_starts_s: int
    shift_ends_s: int
    fixed_cost_satang: int
    cost_per_km_satang: int
    cost_per_hour_satang: int

    @property
    def is_refrigerated(self) -> bool:
        return self.min_temperature_c is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Produce:
    """One commodity: where it grows, how large its lots are, when it is harvested. ``share`` is relative."""

    commodity_id: str
    provinces: tuple[str, ...]
    share: int
    min_kg: int
    max_kg: int
    kg_per_crate: int
    satang_per_kg: int
    harvest_from_s: int
    harvest_to_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Programme:
    """What a buyer takes each day: so much of what at which hub, how long and how cold it travels, how fresh it is
    then.
    """

    code: str
    exporter: str
    buyer: str
    commodity_id: str
    kg_per_day: int
    hub: str
    destination: str
    transit_hours: int
    transit_c: float
    min_life_days: float
    satang_per_kg: int


VILLAGE_OPENS_S = 5 * 3600
VILLAGE_CLOSES_S = 17 * 3600


@cache
def villages() -> tuple[Place, ...]:
    """60 collection points at real places, in the order of the table."""
    return _rows("villages.csv", _village)


@cache
def hubs() -> tuple[Place, ...]:
    """The export hubs and packing houses."""
    return _rows("hubs.csv", _hub)


@cache
def trucks() -> tuple[DemoTruck, ...]:
    """The fleet."""
    return _rows("trucks.csv", _truck)


@cache
def produce() -> tuple[Produce, ...]:
    """What is grown and where."""
    return _rows("produce.csv", _produce)


@cache
def programmes() -> tuple[Programme, ...]:
    """The demand book."""
    return _rows("programmes.csv", _programme)


def _rows(name: str, make: Callable[[dict[str, str]], T]) -> tuple[T, ...]:
    table = (files(__name__) / name).read_text(encoding="utf-8")
    return tuple(make(row) for row in csv.DictReader(table.splitlines()))


def _village(row: dict[str, str]) -> Place:
    return Place(
        code=row["code"],
        name=row["name"],
        name_th=row["name_th"],
        province=row["province"],
        latitude=float(row["latitude"]),
        longitude=float(row["longitude"]),
        opens_s=VILLAGE_OPENS_S,
        closes_s=VILLAGE_CLOSES_S,
        source=f"{row['source']} ({row['licence']})",
        synthetic=True,
    )


def _hub(row: dict[str, str]) -> Place:
    return Place(
        code=row["code"],
        kind=row["kind"],
        name=row["name"],
        latitude=float(row["latitude"]),
        longitude=float(row["longitude"]),
        opens_s=_seconds(row["opens"]),
        closes_s=_seconds(row["closes"]),
        source=f"{row['source']} ({row['licence']})",
        synthetic=row["synthetic"] == "yes",
    )


def _truck(row: dict[str, str]) -> DemoTruck:
    return DemoTruck(
        code=row["code"],
        body=row["body"],
        home_hub=row["home_hub"],
        capacity_g=int(row["capacity_kg"]) * 1000,
        capacity_crates=int(row["capacity_crates"]),
        min_temperature_c=float(row["min_c"]) if row["min_c"] else None,
        max_temperature_c=float(row["max_c"]) if row["max_c"] else None,
        shift_starts_s=_seconds(row["shift_starts"]),
        shift_ends_s=_seconds(row["shift_ends"]),
        fixed_cost_satang=_satang(row["fixed_baht"]),
        cost_per_km_satang=_satang(row["baht_per_km"]),
        cost_per_hour_satang=_satang(row["baht_per_hour"]),
    )


def _produce(row: dict[str, str]) -> Produce:
    return Produce(
        commodity_id=row["commodity_id"],
        provinces=tuple(row["provinces"].split("|")),
        share=int(row["share"]),
        min_kg=int(row["min_kg"]),
        max_kg=int(row["max_kg"]),
        kg_per_crate=int(row["kg_per_crate"]),
        satang_per_kg=_satang(row["baht_per_kg"]),
        harvest_from_s=_seconds(row["harvest_from"]),
        harvest_to_s=_seconds(row["harvest_to"]),
    )


def _programme(row: dict[str, str]) -> Programme:
    return Programme(
        code=row["code"],
        exporter=row["exporter"],
        buyer=row["buyer"],
        commodity_id=row["commodity_id"],
        kg_per_day=int(row["kg_per_day"]),
        hub=row["hub"],
        destination=row["destination"],
        transit_hours=int(row["transit_hours"]),
        transit_c=float(row["transit_c"]),
        min_life_days=float(row["min_life_days"]),
        satang_per_kg=_satang(row["baht_per_kg"]),
    )


def _seconds(text: str) -> int:
    hours, minutes = text.split(":")
    return int(hours) * 3600 + int(minutes) * 60


def _satang(baht: str) -> int:
    return round(float(baht) * SATANG)
