"""The kept account: whatever the order, repeats and batches of readings, it is that of a replay, to the bit."""

from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from services.evidence import ledger_store
from services.evidence.accounts import Basis
from services.evidence.cases import advanced, cases
from services.evidence.checking import check_accounts
from services.evidence.figures import OwnFigures
from services.evidence.tables import LotLedger
from telemetry.freshness import load_catalogue
from tests.evidence.desk import MINUTE_MS, Desk
from tests.support.api import NOON_MS
from tests.support.orchard import HARVESTED_MS, HOUR_MS

DAY_MS = 24 * HOUR_MS
LOTS = iter(range(10**6))


def kept_and_replayed(desk: Desk) -> dict[str, tuple[str, str]]:
    """The digests of the kept accounts and of the same lots replayed from their readings, by lot."""
    figures = OwnFigures.of(load_catalogue(), ())
    with desk.database.read() as session:
        tenant_id = desk.orchard.tenant_id
        ids = session.scalars(select(LotLedger.lot_id).where(LotLedger.tenant_id == tenant_id)).all()
        shown = cases(session, tenant_id, ids, figures, desk.clock())
        kept = ledger_store.kept(session, tenant_id, ids)
        replayed = advanced(session, tenant_id, shown, None)
        digests = {}
        for case in shown:
            again = replayed[case.lot.id].kept
            assert again is not None
            digests[case.lot.code] = kept[case.lot.id].digest, again.digest
    return digests


@st.composite
def deliveries(draw: st.DrawFn) -> list[list[tuple[str, int, float]]]:
    """Readings of a pulp and of an air sensor over three days, shuffled with repeats and contradictions, in batches."""
    minutes = st.integers(0, 3 * 24 * 60)
    reading = st.tuples(st.sampled_from("PPPA"), minutes, st.sampled_from([-2.0, 9.0, 13.0, 14.0, 16.5, 31.0]))
    readings = draw(st.lists(reading, min_size=1, max_size=60))
    steady = [("P", minute, 14.0) for minute in range(0, draw(minutes), draw(st.sampled_from([5, 20])))]
    shuffled = draw(st.permutations(readings + readings[:5])) if draw(st.booleans()) else readings
    whole = [*steady, *shuffled] if draw(st.booleans()) else [*shuffled, *steady]
    cuts = sorted({0, len(whole), *draw(st.lists(st.integers(0, len(whole)), max_size=4))})
    return [whole[begin:end] for begin, end in pairwise(cuts)]


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(batches=deliveries())
def test_a_kept_account_is_that_of_a_replay(desk: Desk, batches: list[list[tuple[str, int, float]]]) -> None:
    """In any order, with repeats, contradictions, gaps and late days: the stored digest is the replayed one."""
    name = f"L{next(LOTS)}"
    harvested_ms = NOON_MS - 4 * DAY_MS
    desk.orchard.lot(name, harvested_at=harvested_ms)
    desk.assign(f"P{name}", "lot", name, "pulp", harvested_ms)
    desk.assign(f"A{name}", "lot", name, "room", harvested_ms)
    for batch in batches:
        desk.post([(sensor + name, harvested_ms + minute * MINUTE_MS, c) for sensor, minute, c in batch])
        desk.turn()
    kept, replayed = kept_and_replayed(desk)[name]
    assert kept == replayed


def test_late_readings_are_replayed_from_the_last_checkpoint_before_them(desk: Desk) -> None:
    """Days of readings leave checkpoints; one from the first day takes the later ones away, and they come again."""
    harvested_ms = NOON_MS - 4 * DAY_MS
    desk.orchard.lot(harvested_at=harvested_ms)
    desk.assign("TH-1", "lot", "LOT-1", from_ms=harvested_ms)
    for day in range(4):
        begins_ms = harvested_ms + day * DAY_MS
        desk.post([("TH-1", begins_ms + n * 5 * MINUTE_MS, 13.6 + n % 7 / 10) for n in range(288)])
        desk.turn()
    own = desk.own_checkpoints()
    assert len(own) == 4
    late_ms = harvested_ms + DAY_MS + 150_000
    desk.post([("TH-1", late_ms, 14.6)])
    desk.turn()
    assert desk.lot()["measured"]["warmest_c"] == 14.6
    again = desk.own_checkpoints()
    assert list(again) == list(own)
    assert [at_ms for at_ms in own if own[at_ms] != again[at_ms]] == [at_ms for at_ms in own if at_ms > late_ms]
    ((kept, replayed),) = kept_and_replayed(desk).values()
    assert kept == replayed


def test_a_handover_replays_only_what_it_changes(desk: Desk) -> None:
    """A truck that took the lot an hour ago speaks for that hour; the account is that of a replay."""
    desk.orchard.lot()
    desk.assign("TH-1", "village", "KLG-01", "room")
    desk.assign("TR-1", "truck", "TRK-7", "return_air")
    desk.measure("TH-1", 14.0, HARVESTED_MS, NOON_MS)
    desk.measure("TR-1", 22.0, HARVESTED_MS, NOON_MS)
    desk.turn()
    assert desk.lot()["measured"]["warmest_c"] == 14.0
    desk.orchard.collect("LOT-1", loaded_ms=NOON_MS - HOUR_MS)
    desk.turn()
    assert desk.lot()["measured"]["warmest_c"] == 22.0
    ((kept, replayed),) = kept_and_replayed(desk).values()
    assert kept == replayed


def test_verification_finds_a_changed_account_and_rebuilding_mends_it(desk: Desk) -> None:
    """A digest that is not the readings' is found, named, and right again after a rebuild."""
    desk.orchard.lot()
    desk.assign("TH-1", "lot", "LOT-1")
    desk.measure("TH-1", 14.0, HARVESTED_MS, NOON_MS)
    desk.turn()
    catalogue, tenant_id = load_catalogue(), desk.orchard.tenant_id
    assert check_accounts(desk.database, tenant_id, catalogue, desk.clock()).wrong == ()
    with desk.database.write() as session:
        row = session.scalars(select(LotLedger).where(LotLedger.tenant_id == tenant_id)).one()
        row.digest = "0" * 64
    checked = check_accounts(desk.database, tenant_id, catalogue, desk.clock())
    assert (checked.checked, checked.wrong) == (1, ("LOT-1",))
    check_accounts(desk.database, tenant_id, catalogue, desk.clock(), rebuild=True)
    desk.turn()
    assert check_accounts(desk.database, tenant_id, catalogue, desk.clock()).wrong == ()


@pytest.mark.parametrize(
    ("changed", "from_ms"),
    [
        ({}, None),
        ({"interval_s": 600}, 0),
        ({"inspections": (70,)}, 70),
        ({"treatments": (("hot_water", 40, 50),)}, 40),
        ({"voices": ((1, "room", 0, 80),)}, 80),
        ({"voices": ((1, "room", 0, 100), (2, "room", 30, 90))}, 30),
    ],
)
def test_a_basis_tells_from_when_on_it_differs(changed: dict, from_ms: int | None) -> None:
    """Only what lies before that instant may stay."""
    same = {"interval_s": 300, "reach_ms": 0, "lag_ms": 0, "voices": ((1, "room", 0, 100),)}
    assert Basis(**same).differs_from_ms(Basis(**(same | changed))) == from_ms
    assert Basis.read(Basis(**(same | changed)).document()) == Basis(**(same | changed))
