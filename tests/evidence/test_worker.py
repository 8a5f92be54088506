"""From stored readings to a status: the freshness worker on both databases."""

import random
import threading
import uuid

import pytest

from services.clock import to_rfc3339
from services.evidence import queue
from services.workers.freshness import FreshnessWorker
from tests.evidence.desk import MINUTE_MS, Desk
from tests.support.api import NOON_MS
from tests.support.orchard import HARVESTED_MS, HOUR_MS
from tests.support.waiting import wait_until


def codes(freshness: dict) -> list[str]:
    return [reason["code"] for reason in freshness["reasons"]]


def test_a_lot_with_good_readings_is_on_track(desk: Desk) -> None:
    """Evidence up to now in the right range gives a verdict, a life, and until when it keeps."""
    desk.orchard.lot()
    desk.assign("TH-1", "lot", "LOT-1")
    desk.measure("TH-1", 14.0, HARVESTED_MS, NOON_MS)
    desk.turn()
    lot = desk.lot()
    assert (lot["verdict"], lot["condition"]) == ("on_track", "in_range")
    assert lot["last_reading_at"] == lot["watermark"] == to_rfc3339(NOON_MS)
    remaining = lot["remaining_at_reference"]
    assert 0 < remaining["p10"]["days"] < remaining["p50"]["days"] < remaining["p90"]["days"]
    assert remaining["p50"]["hours"] == pytest.approx(24 * remaining["p50"]["days"], rel=0.01)
    assert lot["keeps_until"] == lot["remaining_at_current"]["p10"]["until"]
    assert lot["measured"]["sensors"] == ["TH-1"]
    assert lot["measured"]["trusted_readings"] == 61
    assert len(lot["catalogue_sha256"]) == 64
    assert desk.orchard.client.get("/v1/lots/LOT-1").json()["freshness"]["verdict"] == "on_track"


def test_a_lot_without_a_sensor_is_unknown_and_says_so(desk: Desk) -> None:
    """Nobody looked: no life is promised."""
    desk.orchard.lot()
    desk.turn()
    lot = desk.lot()
    assert lot["verdict"] == "unknown"
    assert codes(lot)[0] == "no_sensor"
    assert lot["remaining_at_reference"] is None
    assert lot["keeps_until"] is None


def test_a_sensor_that_falls_silent_makes_its_lot_unknown_by_itself(desk: Desk) -> None:
    """Time alone turns the verdict, with no reading coming in; a reading turns it back."""
    desk.orchard.lot()
    desk.assign("TH-1", "lot", "LOT-1")
    desk.measure("TH-1", 14.0, HARVESTED_MS, NOON_MS)
    desk.turn()
    desk.clock.now_ms = NOON_MS + 15 * MINUTE_MS
    desk.turn()
    assert desk.lot()["verdict"] == "on_track", "three intervals may pass"
    desk.clock.now_ms += 1
    desk.turn()
    assert desk.lot()["verdict"] == "unknown"
    assert "silent" in codes(desk.lot())
    desk.measure("TH-1", 14.0, NOON_MS + 5 * MINUTE_MS, desk.clock.now_ms)
    desk.turn()
    assert desk.lot()["verdict"] == "on_track"


def test_a_worker_that_stands_still_can_not_keep_a_lot_fresh(desk: Desk) -> None:
    """Long overdue, a stored `on_track` is told as unknown, in the document, the list and the filter."""
    desk.orchard.lot()
    desk.assign("TH-1", "lot", "LOT-1")
    desk.measure("TH-1", 14.0, HARVESTED_MS, NOON_MS)
    desk.turn()
    desk.clock.now_ms = NOON_MS + 2 * HOUR_MS
    lot = desk.lot()
    assert (lot["verdict"], lot["condition"]) == ("unknown", "no_data")
    assert codes(lot)[0] == "overdue"
    listed = desk.orchard.client.get("/v1/lots?verdict=unknown").json()["items"]
    assert [item["freshness"]["verdict"] for item in listed] == ["unknown"]
    assert desk.orchard.client.get("/v1/lots?verdict=on_track").json()["items"] == []


def test_a_hot_lot_loses_life_and_says_why(desk: Desk) -> None:
    """An excursion shows as condition, verdict and reason with figures."""
    desk.orchard.lot()
    desk.assign("TH-1", "lot", "LOT-1")
    desk.measure("TH-1", 31.0, HARVESTED_MS, NOON_MS)
    desk.turn()
    lot = desk.lot()
    assert lot["condition"] == "above_range"
    assert lot["verdict"] in {"watch", "at_risk", "use_first"}
    assert any(character.isdigit() for character in lot["reasons"][0]["sentence"])


def test_the_truck_speaks_for_a_lot_while_it_is_on_board(desk: Desk) -> None:
    """Heat on the truck before loading and after delivery says nothing of the lot; on board it does."""
    orchard = desk.orchard
    orchard.lot("COOL")
    orchard.lot("WARM")
    desk.assign("TR-1", "truck", "TRK-7", "return_air")
    for code in ("COOL", "WARM"):
        desk.assign(f"P-{code}", "lot", code, "room")
    loaded_ms, received_ms = NOON_MS - 3 * HOUR_MS, NOON_MS - HOUR_MS
    for code in ("COOL", "WARM"):
        desk.measure(f"P-{code}", 14.0, HARVESTED_MS, NOON_MS)
    desk.measure("TR-1", 38.0, HARVESTED_MS, NOON_MS)
    orchard.collect("WARM", loaded_ms=loaded_ms)
    orchard.deliver("WARM", received_ms=received_ms)
    desk.turn()
    assert desk.lot("COOL")["measured"]["warmest_c"] == 14.0
    warm = desk.lot("WARM")["measured"]
    assert warm["warmest_c"] == 38.0
    assert warm["above_s"] == pytest.approx((received_ms - loaded_ms) / 1000, abs=600)
    assert desk.lot("WARM")["last_reading_at"] == to_rfc3339(received_ms - 5 * MINUTE_MS)


def test_a_shipment_is_as_its_worst_lot(desk: Desk) -> None:
    """One hot lot among good ones makes the verdict, and the reason names it."""
    orchard = desk.orchard
    orchard.received("GOOD", "HOT")
    for code, temperature_c in (("GOOD", 14.0), ("HOT", 36.0)):
        desk.assign(f"P-{code}", "lot", code)
        desk.measure(f"P-{code}", temperature_c, HARVESTED_MS, NOON_MS)
    orchard.shipment("GOOD", "HOT")
    desk.turn()
    shipment = desk.shipment()
    verdicts = {lot["code"]: lot["verdict"] for lot in shipment["lots"]}
    assert verdicts["GOOD"] == "on_track"
    assert shipment["verdict"] == verdicts["HOT"] != "on_track"
    assert shipment["reasons"][0]["sentence"].startswith("HOT: ")
    assert shipment["condition"] == "above_range"
    assert shipment["remaining_at_reference"]["p50"]["days"] == pytest.approx(
        min(lot["remaining_days_p50"] for lot in shipment["lots"]), abs=0.01
    )


def test_one_lot_that_nobody_knows_leaves_the_shipment_unknown(desk: Desk) -> None:
    """A shipment is not fresh on the word of some of its lots, and promises no life."""
    orchard = desk.orchard
    orchard.received("KNOWN", "DARK")
    desk.assign("P-1", "lot", "KNOWN")
    desk.measure("P-1", 14.0, HARVESTED_MS, NOON_MS)
    orchard.shipment("KNOWN", "DARK")
    desk.turn()
    shipment = desk.shipment()
    assert shipment["verdict"] == "unknown"
    assert shipment["remaining_at_reference"] is None
    assert shipment["reasons"][0]["sentence"].startswith("DARK: ")


def test_an_empty_shipment_is_unknown(desk: Desk) -> None:
    """There is nothing to be fresh."""
    desk.orchard.shipment()
    desk.turn()
    assert (desk.shipment()["verdict"], codes(desk.shipment())) == ("unknown", ["empty"])


def test_what_keeps_shortest_comes_first(desk: Desk) -> None:
    """FEFO: what nobody knows is looked at first, then the shortest life; pages keep that order."""
    orchard = desk.orchard
    for number, temperature_c in enumerate((13.0, 30.0, None, 20.0)):
        code = f"L{number}"
        orchard.received(code)
        if temperature_c is not None:
            desk.assign(f"P-{number}", "lot", code)
            desk.measure(f"P-{number}", temperature_c, HARVESTED_MS, NOON_MS)
        orchard.shipment(code, code=f"S{number}")
    desk.turn()
    answer, seen = orchard.client.get("/v1/shipments?order=fefo&limit=1"), []
    for _ in range(9):
        seen += [shipment["code"] for shipment in answer.json()["items"]]
        if "next" not in answer.links:
            break
        answer = orchard.client.get(answer.links["next"]["url"])
    assert seen == ["S2", "S1", "S3", "S0"]


def test_arrival_is_the_last_word(desk: Desk) -> None:
    """After arrival nothing goes stale, later readings of the box change nothing, a late one from before does."""
    orchard = desk.orchard
    orchard.received("LOT-1")
    orchard.shipment("LOT-1", loaded_at=NOON_MS - HOUR_MS)
    desk.assign("P-1", "lot", "LOT-1")
    desk.measure("P-1", 14.0, HARVESTED_MS, NOON_MS)
    orchard.client.post("/v1/shipments/SHP-1/departed", params={"at": to_rfc3339(NOON_MS - HOUR_MS)})
    orchard.client.post("/v1/shipments/SHP-1/arrived", params={"at": to_rfc3339(NOON_MS)})
    desk.turn()
    arrived = desk.shipment()
    assert arrived["verdict"] == "on_track"
    desk.clock.now_ms = NOON_MS + 48 * HOUR_MS
    desk.measure("P-1", 40.0, NOON_MS + 5 * MINUTE_MS, NOON_MS + HOUR_MS)
    desk.turn()
    assert desk.shipment() == arrived
    desk.post([("P-1", NOON_MS - 150 * 1000, 15.5)])
    desk.turn()
    assert desk.lot()["measured"]["warmest_c"] == 15.5


def test_the_order_of_arrival_does_not_matter(desk: Desk) -> None:
    """The same readings, in order and shuffled with repeats and a contradiction, give the same bits."""
    readings = [(HARVESTED_MS + minute * MINUTE_MS, 12.0 + minute % 7) for minute in range(0, 301, 5)]
    contradiction = (HARVESTED_MS + 60 * MINUTE_MS, 25.0)
    shuffled = [contradiction, *readings, *readings[:20]]
    random.Random(5).shuffle(shuffled)
    for code, sensor in (("ORDER", "A"), ("CHAOS", "B")):
        desk.orchard.lot(code)
        desk.assign(sensor, "lot", code)
    desk.post([("A", *reading) for reading in [*readings, contradiction]])
    desk.turn()
    for start in range(0, len(shuffled), 9):
        desk.post([("B", *reading) for reading in shuffled[start : start + 9]])
        desk.turn()
    order, chaos = desk.lot("ORDER"), desk.lot("CHAOS")
    for lot in (order, chaos):
        for own in ("id", "code"):
            del lot[own]
        del lot["measured"]["sensors"]
    assert order == chaos


def test_a_reading_that_comes_while_a_turn_is_under_way_is_not_lost(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Readings stored between a turn's reading and its writing keep their mark, and the next turn sees them."""
    desk.orchard.lot()
    desk.assign("TH-1", "lot", "LOT-1")
    desk.measure("TH-1", 14.0, HARVESTED_MS, NOON_MS - HOUR_MS)
    store = FreshnessWorker._store

    def late(worker: FreshnessWorker, *arguments: object) -> int:
        monkeypatch.undo()
        desk.measure("TH-1", 14.0, NOON_MS - HOUR_MS + 5 * MINUTE_MS, NOON_MS)
        return store(worker, *arguments)

    monkeypatch.setattr(FreshnessWorker, "_store", late)
    desk.worker.turn()
    assert desk.lot()["watermark"] == to_rfc3339(NOON_MS - HOUR_MS)
    desk.turn()
    assert desk.lot()["watermark"] == to_rfc3339(NOON_MS)


def test_two_workers_do_not_overwrite_each_other(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A slow worker's older word gives way to the quick one's newer, and its marks stay for another look."""
    desk.orchard.lot()
    desk.assign("TH-1", "lot", "LOT-1")
    desk.measure("TH-1", 14.0, HARVESTED_MS, NOON_MS - HOUR_MS)
    quick = FreshnessWorker(desk.database, desk.clock, machine_clock=desk.clock)
    store = FreshnessWorker._store

    def overtaken(worker: FreshnessWorker, *arguments: object) -> int:
        monkeypatch.undo()
        desk.measure("TH-1", 14.0, NOON_MS - HOUR_MS + 5 * MINUTE_MS, NOON_MS)
        while quick.turn():
            pass
        return store(worker, *arguments)

    monkeypatch.setattr(FreshnessWorker, "_store", overtaken)
    assert desk.worker.turn() == 0
    assert desk.lot()["watermark"] == to_rfc3339(NOON_MS)


def test_a_killed_turn_is_repeated(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker that dies before its commit leaves the marks, and the next one does the work."""
    desk.orchard.lot()
    desk.assign("TH-1", "lot", "LOT-1")
    desk.measure("TH-1", 14.0, HARVESTED_MS, NOON_MS)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(queue, "forget", killed)
    with pytest.raises(KeyboardInterrupt):
        desk.worker.turn()
    monkeypatch.undo()
    assert codes(desk.lot()) == ["not_assessed"]
    desk.turn()
    assert desk.lot()["verdict"] == "on_track"


def test_a_change_is_told_once(desk: Desk) -> None:
    """The stream gets one event for each change of verdict, and none for a turn that changes nothing."""
    from services.stream import store as stream

    desk.orchard.lot()
    desk.assign("TH-1", "lot", "LOT-1")
    desk.measure("TH-1", 14.0, HARVESTED_MS, NOON_MS)
    desk.turn()
    desk.measure("TH-1", 14.0, NOON_MS, NOON_MS)
    desk.turn()
    with desk.database.read() as session:
        events = stream.since(session, desk.orchard.tenant_id, 0, limit=10)
    assert [(event.kind, event.document["verdict"]) for event in events] == [("lot.freshness", "on_track")]


def test_a_running_worker_beats_and_forgets_old_events(desk: Desk) -> None:
    """`run` gives signs of life, takes away what no listener can ask for any more, and ends when it is told."""
    from services.stream import store as stream
    from services.stream.tables import StreamEvent
    from services.workers import heartbeat

    with desk.database.write() as session:
        for age_ms in (8 * 24 * HOUR_MS, 6 * 24 * HOUR_MS):
            event = {"kind": "lot.freshness", "subject_id": uuid.uuid4(), "at_ms": NOON_MS - age_ms, "document": {}}
            session.add(StreamEvent(tenant_id=desk.orchard.tenant_id, **event))
    thread = threading.Thread(target=desk.worker.run)
    thread.start()

    def beaten() -> bool:
        with desk.database.read() as session:
            return any(pulse.kind == "freshness" for pulse in heartbeat.pulses(session, NOON_MS))

    wait_until(beaten)
    desk.worker.stop.set()
    thread.join(10)
    assert not thread.is_alive()
    with desk.database.read() as session:
        assert len(stream.since(session, desk.orchard.tenant_id, 0, limit=10)) == 1
