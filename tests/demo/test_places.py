"""The tables behind the demo."""

import csv
from collections import Counter
from pathlib import Path

import telemetry.freshness
from services.demo import places

PROVINCES = {"Chon Buri", "Rayong", "Chachoengsao", "Chanthaburi", "Trat"}


def test_sixty_villages_each_with_its_source_and_thai_name() -> None:
    villages = places.villages()
    assert len(villages) == len({village.code for village in villages}) == 60
    assert all("GeoNames" in village.source and "CC BY" in village.source for village in villages)
    assert all(village.synthetic for village in villages)
    assert all(any("\u0e00" <= letter <= "\u0e7f" for letter in village.name_th) for village in villages)


def test_most_villages_lie_in_the_five_provinces_and_all_in_the_region() -> None:
    by_province = Counter(village.province for village in places.villages())
    assert set(by_province) >= PROVINCES
    assert sum(by_province[province] for province in PROVINCES) >= 45
    for place in (*places.villages(), *places.hubs()):
        assert 11.3 < place.latitude < 14.4
        assert 99.9 < place.longitude < 103.3


def test_the_export_hubs_are_there_and_every_truck_has_a_home() -> None:
    codes = {hub.code for hub in places.hubs()}
    assert codes >= {"THLCH", "THMAT", "UTP", "BKK"}
    assert {truck.home_hub for truck in places.trucks()} <= codes


def test_the_fleet_is_mixed() -> None:
    refrigerated = [truck for truck in places.trucks() if truck.is_refrigerated]
    assert 0 < len(refrigerated) < len(places.trucks())
    assert len({truck.capacity_g for truck in places.trucks()}) >= 3


def test_every_programme_leaves_from_a_hub_with_a_crop_that_grows_here() -> None:
    grown = {crop.commodity_id for crop in places.produce()}
    codes = {hub.code for hub in places.hubs()}
    book = places.programmes()
    assert len({programme.code for programme in book}) == len(book) == 5
    for programme in book:
        assert programme.hub in codes
        assert programme.commodity_id in grown
        assert programme.kg_per_day > 0
        assert programme.transit_hours > 0


def test_every_crop_is_in_the_catalogue_and_grows_where_there_are_villages() -> None:
    table = Path(telemetry.freshness.__file__).parent / "commodities.csv"
    with table.open(encoding="utf-8", newline="") as file:
        catalogue = {row["commodity_id"] for row in csv.DictReader(file)}
    provinces = {village.province for village in places.villages()}
    for crop in places.produce():
        assert crop.commodity_id in catalogue
        assert set(crop.provinces) <= provinces
        assert crop.min_kg < crop.max_kg
