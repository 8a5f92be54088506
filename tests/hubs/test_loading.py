"""First expired, first out, among what will still keep long enough."""

from hypothesis import given
from hypothesis import strategies as st

from services.hubs.loading import Candidate, plan_loading

DAY_S = 86_400


def lot(code: str, days: float | None, weight_g: int = 100_000, verdict: str = "on_track") -> Candidate:
    life_s = None if days is None else round(days * DAY_S)
    return Candidate(code=code, weight_g=weight_g, crates=10, life_at_handover_s=life_s, verdict=verdict)


def test_what_expires_first_goes_first() -> None:
    """Two of three lots are wanted: the two that keep shortest."""
    plan = plan_loading([lot("A", 9), lot("B", 5), lot("C", 7)], weight_g=200_000, required_life_s=0)
    assert [one.code for one in plan.load] == ["B", "C"]
    assert (plan.weight_g, plan.short_g) == (200_000, 0)
    assert [(left.code, left.reason.split(":")[0]) for left in plan.left] == [("A", "not needed")]


def test_what_would_be_too_short_at_hand_over_stays() -> None:
    """The buyer asks for six days: the lot with five is left for a nearer market, though it expires first."""
    plan = plan_loading([lot("A", 9), lot("B", 5)], weight_g=200_000, required_life_s=6 * DAY_S)
    assert [one.code for one in plan.load] == ["A"]
    assert plan.short_g == 100_000
    assert plan.left[0].reason == "would be 1.0 days short at hand-over: sell it nearer"


def test_what_is_not_known_is_inspected_first() -> None:
    """No estimate, or a lot that may be chilled: nothing is loaded on hope."""
    plan = plan_loading(
        [lot("A", None), lot("B", 9, verdict="inspect_on_arrival")], weight_g=100_000, required_life_s=0
    )
    assert plan.load == ()
    assert all("inspect" in left.reason for left in plan.left)


def test_a_lot_that_would_overshoot_is_left_where_weights_are_exact() -> None:
    """With exact weights a smaller lot later in line fills the gap, and the larger one is to be split."""
    stock = [lot("A", 5, 80_000), lot("B", 6, 70_000), lot("C", 7, 20_000)]
    exact = plan_loading(stock, weight_g=100_000, required_life_s=0, whole_lots=False)
    assert [one.code for one in exact.load] == ["A", "C"]
    assert "50000 g too much" in exact.left[0].reason
    whole = plan_loading(stock, weight_g=100_000, required_life_s=0)
    assert [one.code for one in whole.load] == ["A", "B"]


@given(
    lives=st.lists(st.one_of(st.none(), st.floats(0, 30)), max_size=20),
    weight_g=st.integers(1, 3_000_000),
    required=st.floats(0, 20),
)
def test_every_lot_is_loaded_or_left_with_a_reason(lives: list[float | None], weight_g: int, required: float) -> None:
    """Nothing vanishes, what is loaded keeps long enough, and nothing loaded expires after something left unneeded."""
    stock = [lot(f"L{number}", days) for number, days in enumerate(lives)]
    plan = plan_loading(stock, weight_g=weight_g, required_life_s=round(required * DAY_S))
    assert sorted([one.code for one in plan.load] + [left.code for left in plan.left]) == sorted(
        one.code for one in stock
    )
    assert all((one.life_at_handover_s or 0) >= round(required * DAY_S) for one in plan.load)
    assert all(left.reason for left in plan.left)
    loaded_lives = [one.life_at_handover_s or 0 for one in plan.load]
    assert loaded_lives == sorted(loaded_lives)
    assert plan.short_g == max(0, weight_g - plan.weight_g)
