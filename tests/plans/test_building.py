"""From waiting lots to a routing problem: deadlines, ride limits and penalties follow from remaining life."""

import uuid
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from routing.validate import validate
from services.fleet.tables import Hub, Truck, Village
from services.plans.building import (
    DAY_S,
    RIDE_MAX_S,
    RIDE_MIN_S,
    PlanningDay,
    WaitingLot,
    build_problem,
    deadline_of,
    left_behind_satang,
    ride_limit_s,
)

TENANT = uuid.uuid4()
NOON_MS = 1_795_410_000_000  # 2026-11-23T12:00 in Bangkok
VILLAGE = Village(
    id=uuid.uuid4(),
    tenant_id=TENANT,
    code="V1",
    name="Ban Na",
    latitude=12.7,
    longitude=101.9,
    opens_s=6 * 3600,
    closes_s=18 * 3600,
)
HUB = Hub(
    id=uuid.uuid4(),
    tenant_id=TENANT,
    code="THLCH",
    kind="seaport",
    name="Laem Chabang",
    latitude=13.07,
    longitude=100.89,
    opens_s=0,
    closes_s=DAY_S,
)
REEFER = Truck(
    id=uuid.uuid4(), tenant_id=TENANT, code="T1", home_hub_id=HUB.id, capacity_g=4_000_000, capacity_crates=300,
    min_temperature_centi_c=200, max_temperature_centi_c=1500, shift_starts_s=5 * 3600, shift_ends_s=20 * 3600,
    fixed_cost_satang=80_000, cost_per_km_satang=900, cost_per_hour_satang=9_000,
)  # fmt: skip
LOT = WaitingLot(
    id=uuid.uuid4(), code="L1", village_id=VILLAGE.id, weight_g=500_000, crates=25, value_satang=4_000_000,
    ready_at_ms=NOON_MS, ride_band_c=(10.0, 20.0), life_at_reference_s=10 * DAY_S, life_at_ambient_s=2 * DAY_S,
    ambient_c=32.0, assumed=False,
)  # fmt: skip


def test_deadline_leaves_the_required_life_at_the_hub() -> None:
    """With 10 days left, 5 needed and 2 days of keeping in the heat, half of those 2 days may pass."""
    deadline = deadline_of(LOT, 5 * DAY_S, NOON_MS)
    assert deadline.at_ms == NOON_MS + DAY_S * 1000
    assert "10.0 days left" in deadline.reason
    assert "measured" in deadline.reason


def test_lot_that_is_already_short_is_due_now_and_costs_by_the_hour() -> None:
    """Less life than required: no hard deadline that nobody can meet, but lateness that costs from now on."""
    short = replace(LOT, life_at_reference_s=4 * DAY_S)
    deadline = deadline_of(short, 5 * DAY_S, NOON_MS)
    assert deadline.past
    problem = build_problem(PlanningDay(now_ms=NOON_MS), [short], [VILLAGE], [HUB], [REEFER], {short.id: deadline})
    (pickup,) = problem.pickups
    assert pickup.deadline_s is None
    assert pickup.lateness is not None
    assert pickup.lateness.due_s == 12 * 3600


def test_commodity_without_a_published_life_gets_no_deadline() -> None:
    """No figure, no deadline: the reason says so."""
    unknown = replace(LOT, life_at_reference_s=None, life_at_ambient_s=None)
    deadline = deadline_of(unknown, 3 * DAY_S, NOON_MS)
    assert deadline.at_ms is None
    assert "No published life" in deadline.reason
    assert ride_limit_s(unknown) is None


def test_problem_of_the_afternoon_is_valid_and_in_local_time() -> None:
    """Shift and windows that began in the morning start at noon, the planning instant; the router accepts all of it."""
    deadline = deadline_of(LOT, 3 * DAY_S, NOON_MS)
    problem = build_problem(PlanningDay(now_ms=NOON_MS), [LOT], [VILLAGE], [HUB], [REEFER], {LOT.id: deadline})
    validate(problem)
    assert problem.trucks[0].shift.opens_s == 12 * 3600
    assert problem.pickups[0].windows[0].opens_s == 12 * 3600
    assert problem.pickups[0].windows[1].opens_s == 30 * 3600


def test_after_the_shift_the_truck_leaves_tomorrow() -> None:
    """Planning at 21:00 uses the next morning's shift."""
    late = PlanningDay(now_ms=NOON_MS + 9 * 3600 * 1000)
    deadline = deadline_of(LOT, 3 * DAY_S, late.now_ms)
    problem = build_problem(late, [LOT], [VILLAGE], [HUB], [REEFER], {LOT.id: deadline})
    validate(problem)
    assert problem.trucks[0].shift.opens_s == 29 * 3600


def test_leaving_a_perishable_lot_behind_costs_its_value() -> None:
    """A lot that would be lost by tomorrow costs all its value, one that keeps for weeks half of it."""
    assert left_behind_satang(replace(LOT, life_at_ambient_s=DAY_S // 2)) == LOT.value_satang
    assert left_behind_satang(replace(LOT, life_at_ambient_s=60 * DAY_S)) == LOT.value_satang // 2


@given(
    warm=st.integers(1, 40 * DAY_S),
    warmer=st.integers(1, 40 * DAY_S),
    reference=st.integers(1, 90 * DAY_S),
    required=st.integers(0, 90 * DAY_S),
)
def test_warmer_lots_are_never_given_more_time(warm: int, warmer: int, reference: int, required: int) -> None:
    """Less life in the heat never means a later deadline or a longer ride."""
    long_lived = replace(LOT, life_at_reference_s=reference, life_at_ambient_s=max(warm, warmer))
    short_lived = replace(long_lived, life_at_ambient_s=min(warm, warmer))
    long_deadline, short_deadline = (deadline_of(lot, required, NOON_MS).at_ms for lot in (long_lived, short_lived))
    assert long_deadline is not None
    assert short_deadline is not None
    assert short_deadline <= long_deadline
    long_ride, short_ride = ride_limit_s(long_lived), ride_limit_s(short_lived)
    assert long_ride is not None
    assert short_ride is not None
    assert RIDE_MIN_S <= short_ride <= long_ride <= RIDE_MAX_S
