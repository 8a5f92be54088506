"""The map's geometry: land, labels that keep apart, and where a truck is."""

import uuid

from hypothesis import given
from hypothesis import strategies as st

from services.fleet.tables import Hub, Truck
from services.plans.tables import Run
from services.web.geometry import EASTERN_SEABOARD, Frame, land
from services.web.mapview import LETTER_HEIGHT, Leg, place_labels

FRAME = Frame(west=100.0, south=12.0, east=102.0, north=14.0)


def test_corners_and_scale() -> None:
    assert FRAME.point(14.0, 100.0) == (0, 0)
    x, y = FRAME.point(12.0, 102.0)
    assert (round(x), round(y)) == (FRAME.width, FRAME.height)
    assert FRAME.width < FRAME.height, "a degree of longitude is shorter than one of latitude"


def test_land_has_thailand_and_its_neighbour() -> None:
    countries = {country.name: country.path for country in land(EASTERN_SEABOARD)}
    assert set(countries) == {"Thailand", "Cambodia"}
    assert all(path.startswith("M") and path.endswith("Z") for path in countries.values())


def test_neighbours_labels_part() -> None:
    labels = place_labels([(200, 200, "Map Ta Phut"), (215, 203, "U-Tapao Airport")], (), FRAME)
    assert [label.anchor for label in labels] == ["end", "start"] or len({label.y for label in labels}) == 2


@given(st.lists(st.tuples(st.floats(0, 500), st.floats(0, 500), st.text("ab", min_size=1, max_size=20)), max_size=12))
def test_no_two_labels_share_a_line_and_a_side_of_the_same_place(texts: list[tuple[float, float, str]]) -> None:
    labels = place_labels(texts, (), FRAME)
    assert len(labels) <= len(texts)
    for number, one in enumerate(labels):
        for other in labels[number + 1 :]:
            same_spot = abs(one.x - other.x) < 1 and one.anchor == other.anchor
            assert not (same_spot and abs(one.y - other.y) < LETTER_HEIGHT)


def test_hubs_are_always_named() -> None:
    crowd = [(250.0, 250.0, "one of many in one place")] * 9
    assert len(place_labels(crowd, (), FRAME, always=True)) == 9
    assert len(place_labels(crowd, (), FRAME)) < 9


def test_a_truck_is_between_its_stops_by_the_clock_and_nowhere_before_and_after() -> None:
    run = Run(id=uuid.uuid4(), state="driving", departs_at_ms=1000)
    leg = Leg(run, Truck(), Hub(), (), ((1000, 0.0, 0.0), (2000, 100.0, 50.0), (3000, 100.0, 50.0), (4000, 0.0, 0.0)))
    assert leg.at(999) is None
    assert leg.at(1500) == (50.0, 25.0)
    assert leg.at(2500) == (100.0, 50.0)
    assert leg.at(9999) == (0.0, 0.0)
    run.state = "delivered"
    assert leg.at(1500) is None
