"""Where shipments go, and at what temperature."""

import pytest

from services.demo.places import hubs, produce
from services.demo.voyages import ride_set_point_c, set_point_c, voyage
from services.plans.logic import ride_band_c
from telemetry.freshness.commodities import load_catalogue

CATALOGUE = load_catalogue()


@pytest.mark.parametrize("crops", [["durian"], ["durian", "chili", "banana_homthong"], ["coriander"], ["longan"]])
def test_a_truck_is_set_to_what_all_on_board_bear(crops: list[str]) -> None:
    commodities = [CATALOGUE.commodity(name) for name in crops]
    for commodity in commodities:
        low_c, high_c = ride_band_c(commodity) or (-99.0, 99.0)
        assert low_c <= ride_set_point_c(commodities) <= high_c


@pytest.mark.parametrize("crop", produce(), ids=lambda crop: crop.commodity_id)
def test_a_box_is_set_inside_the_band_of_its_crop(crop) -> None:  # type: ignore[no-untyped-def]
    band_c = CATALOGUE.commodity(crop.commodity_id).band_c
    assert band_c is not None
    assert band_c[0] <= set_point_c(band_c) <= band_c[1]


def test_every_hub_sends_every_crop_somewhere() -> None:
    for hub in hubs():
        for crop in produce():
            assert voyage(hub, crop.commodity_id).hours > 0
