"""Where shipments go, and at what temperature."""

import pytest

from services.demo.places import hubs, produce
from services.demo.voyages import set_point_c, voyage
from telemetry.freshness.commodities import load_catalogue

CATALOGUE = load_catalogue()


@pytest.mark.parametrize("crop", produce(), ids=lambda crop: crop.commodity_id)
def test_a_box_is_set_inside_the_band_of_its_crop(crop) -> None:  # type: ignore[no-untyped-def]
    band_c = CATALOGUE.commodity(crop.commodity_id).band_c
    assert band_c is not None
    assert band_c[0] <= set_point_c(band_c) <= band_c[1]


def test_every_hub_sends_every_crop_somewhere() -> None:
    for hub in hubs():
        for crop in produce():
            assert voyage(hub, crop.commodity_id).hours > 0
