"""The made-up day: the same for the same seed, and within what it promises."""

from collections import Counter
from datetime import UTC, date, datetime
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.demo.places import trucks, villages
from services.demo.scenario import (
    ENDS_S,
    INTERVAL_S,
    last_whole_day,
    make_scenario,
    midnight_ms,
    village_gateways,
)
from services.demo.signals import Fault, Probe, outside_air_c

DAY = date(2026, 11, 22)
HOUR_MS = 3_600_000


def test_the_same_seed_gives_the_same_day() -> None:
    assert make_scenario(7, DAY) == make_scenario(7, DAY)
    assert make_scenario(7, DAY) != make_scenario(8, DAY)


@given(st.integers(0, 10_000))
def test_lots_are_well_formed_and_one_probe_sticks_and_one_falls_silent(seed: int) -> None:
    scenario = make_scenario(seed, DAY)
    known = {village.code for village in villages()}
    assert len({lot.code for lot in scenario.lots}) == len(scenario.lots) == 90
    assert len({lot.sensor for lot in scenario.lots}) == 90
    for lot in scenario.lots:
        assert lot.village in known
        assert lot.weight_g > 0
        assert lot.crates > 0
        assert scenario.midnight_ms <= lot.harvested_at_ms < lot.ready_at_ms
    assert Counter(lot.fault for lot in scenario.lots) == {Fault.NONE: 88, Fault.STUCK: 1, Fault.SILENT: 1}
    assert {outage.gateway for outage in scenario.outages} <= set(scenario.gateways)
    assert scenario.malformed_gateway not in {outage.gateway for outage in scenario.outages}


def test_one_lot_is_more_than_any_truck_holds() -> None:
    most = max(truck.capacity_crates for truck in trucks())
    assert [lot.crates > most for lot in make_scenario(7, DAY).lots].count(True) == 1


def test_every_village_is_heard_by_one_gateway() -> None:
    heard = village_gateways(villages())
    assert set(heard) == {village.code for village in villages()}
    assert max(Counter(heard.values()).values()) == 3


def test_midnight_is_that_of_thailand() -> None:
    assert datetime.fromtimestamp(midnight_ms(DAY) / 1000, UTC) == datetime(2026, 11, 21, 17, tzinfo=UTC)


@given(st.integers(0, 3 * 24 * 60))
def test_the_day_shown_lies_in_the_past_and_is_the_latest_such(minutes: int) -> None:
    now_ms = midnight_ms(DAY) + minutes * 60_000
    end_ms = midnight_ms(last_whole_day(now_ms)) + ENDS_S * 1000
    assert end_ms <= now_ms < end_ms + 24 * HOUR_MS


def test_air_is_coolest_before_dawn() -> None:
    assert outside_air_c(2 * 3600) < outside_air_c(8 * 3600) < outside_air_c(14 * 3600)


def _probe(**faults: object) -> Probe:
    return Probe("TH-1", 25.0, 3600, Random(1), **faults)  # type: ignore[arg-type]


def _readings(probe: Probe, count: int = 24) -> list[tuple[float, float] | None]:
    return [probe.measure(number * INTERVAL_S * 1000, 13.0, 90) for number in range(count)]


def test_a_probe_follows_its_surroundings_with_a_lag() -> None:
    readings = _readings(_probe())
    after_an_hour = readings[12]
    assert after_an_hour is not None
    assert after_an_hour[0] == pytest.approx(13 + 12 / 2.71828, abs=0.8)


def test_a_stuck_probe_repeats_itself_and_a_silent_one_says_nothing() -> None:
    stuck = _readings(_probe(fault=Fault.STUCK, fault_from_ms=10 * INTERVAL_S * 1000))
    assert len(set(stuck[:10])) == 10
    assert len(set(stuck[9:])) == 1
    silent = _readings(_probe(fault=Fault.SILENT, fault_from_ms=10 * INTERVAL_S * 1000))
    assert all(silent[:10])
    assert silent[10:] == [None] * 14
