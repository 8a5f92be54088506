"""How warm and how cold a lot may ride: wider than it is stored, never where it ages fast, is injured or freezes."""

import pytest

from services.fleet.tables import Truck
from services.plans.rides import FREEZING_MARGIN_C, RIDE_RATE_FACTOR, STEP_C, ride_band_c, set_point_c
from telemetry.freshness.commodities import Catalogue, load_catalogue
from telemetry.freshness.kinetics import loss_per_day


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue()


def test_produce_of_neighbouring_bands_can_share_a_truck(catalogue: Catalogue) -> None:
    """Pineapple (7-13 °C) and mangosteen (12-14 °C) ride together for a morning."""
    pineapple, mangosteen = (ride_band_c(catalogue.commodity(name)) for name in ("pineapple", "mangosteen"))
    assert pineapple is not None
    assert mangosteen is not None
    assert max(pineapple[0], mangosteen[0]) <= min(pineapple[1], mangosteen[1])


def test_ride_band_keeps_to_its_limits(catalogue: Catalogue) -> None:
    """The storage band lies inside, the rate holds at both ends, and nothing comes near freezing."""
    for commodity in catalogue:
        band = ride_band_c(commodity)
        if not commodity.supported or band is None:
            assert band == commodity.band_c
            continue
        stored = commodity.band_c
        assert stored is not None
        assert band[0] <= stored[0]
        assert band[1] >= stored[1]
        limit = RIDE_RATE_FACTOR * loss_per_day(commodity, commodity.reference_temperature_c or 0)
        for end, kept in zip(band, stored, strict=True):
            assert end == kept or loss_per_day(commodity, end) <= limit
        assert band[0] == stored[0] or band[0] > commodity.freezing_point_c + FREEZING_MARGIN_C - STEP_C


def test_unit_is_set_where_all_that_rides_is_well(catalogue: Catalogue) -> None:
    """Pineapple and mangosteen: between what suits each, inside what both bear; an ambient truck has no set-point."""
    reefer = Truck(min_temperature_centi_c=-1800, max_temperature_centi_c=2000)
    aboard = [catalogue.commodity("pineapple"), catalogue.commodity("mangosteen")]
    set_c = set_point_c(reefer, aboard)
    assert set_c is not None
    for commodity in aboard:
        band = ride_band_c(commodity)
        assert band is not None
        assert band[0] <= set_c <= band[1]
    assert 10 <= set_c <= 13
    assert set_point_c(Truck(), aboard) is None
