"""The spool: on disk until the receipt, and never numbered so that something unsent is taken for stored."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from telemetry.gateway import Spool, SpoolError
from telemetry.sequence import Sequence, receipt, record


@pytest.fixture
def spool(tmp_path: Path) -> Iterator[Spool]:
    spool = Spool(tmp_path / "spool.db")
    yield spool
    spool.close()


def reading(name: str) -> list[dict[str, object]]:
    return [{"sensor": name, "temperature_c": 4.0}]


def test_first_message_goes_alone_until_the_server_has_answered(spool: Spool) -> None:
    """The answer tells whether the server knows numbers of a life before this spool."""
    for name in "abc":
        spool.append(reading(name))
    assert [message.seq for message in spool.due(0, 10, 20)] == [1]
    assert spool.due(1, 10, 20) == []
    assert spool.confirm(1, []) == 2
    assert sorted(message.seq for message in spool.due(2, 10, 20)) == [2, 3]


def test_receipt_of_an_earlier_life_deletes_nothing(spool: Spool) -> None:
    """The disk was replaced: the server has numbers up to 5,000, so what waits is numbered from 5,001 on."""
    for name in "abc":
        spool.append(reading(name))
    spool.due(0, 10, 20)
    assert spool.confirm(5000, []) == 3
    sent = spool.due(1, 10, 20)
    assert [message.seq for message in sent] == [5001]
    assert spool.confirm(5001, []) == 2
    sent += spool.due(1, 10, 20)
    assert sorted(message.seq for message in sent) == [5001, 5002, 5003]
    assert {json.loads(message.payload)["readings"][0]["sensor"] for message in sent} == set("abc")


def test_receipt_keeps_what_is_missing(spool: Spool) -> None:
    """Messages in a missing range stay; those stored go."""
    for _ in range(6):
        spool.append(reading("a"))
    spool.due(0, 10, 20)
    spool.confirm(1, [])
    spool.due(0, 10, 20)
    assert spool.confirm(5, [(3, 4)]) == 3
    assert sorted(message.seq for message in spool.due(21, 10, 20)) == [3, 4, 6]


def test_message_never_sent_is_not_deleted(spool: Spool) -> None:
    """Whatever a receipt claims about it."""
    for _ in range(3):
        spool.append(reading("a"))
    spool.due(0, 10, 20)
    assert spool.confirm(3, []) == 3


def test_unconfirmed_messages_are_sent_again_ever_more_seldom(spool: Spool) -> None:
    """After 20 s, then after 40 s more."""
    spool.append(reading("a"))
    assert len(spool.due(0, 10, 20)) == 1
    assert len(spool.due(19.9, 10, 20)) == 0
    assert len(spool.due(20, 10, 20)) == 1
    assert len(spool.due(59, 10, 20)) == 0
    assert len(spool.due(60, 10, 20)) == 1


def test_newest_do_not_wait_for_the_backlog(spool: Spool) -> None:
    """Of 4 to send out of 100, two are the newest."""
    for _ in range(100):
        spool.append(reading("a"))
    spool.due(0, 1, 20)
    spool.confirm(1, [])
    assert sorted(message.seq for message in spool.due(0, 4, 20)) == [2, 3, 99, 100]


def test_everything_is_there_after_a_crash(tmp_path: Path) -> None:
    """A spool that was never closed: same messages, and numbers go on after the last."""
    crashed = Spool(tmp_path / "spool.db")
    for name in "ab":
        crashed.append(reading(name))
    crashed._database.close()
    again = Spool(tmp_path / "spool.db")
    assert len(again) == 2
    assert again.append(reading("c")) == 3
    again.close()


def test_second_process_is_refused(spool: Spool, tmp_path: Path) -> None:
    """Two senders on one spool would use the same numbers for different messages."""
    spool.append(reading("a"))
    with pytest.raises(SpoolError, match="another gateway process"):
        Spool(tmp_path / "spool.db")


def test_full_spool_gives_up_the_oldest_and_says_so(tmp_path: Path) -> None:
    """Three messages fit; the fourth costs the first, which is counted."""
    spool = Spool(tmp_path / "small.db", messages_max=3)
    for name in "abcd":
        spool.append(reading(name))
    assert (len(spool), spool.lost) == (3, 1)
    spool.close()


STEPS = st.lists(
    st.one_of(
        st.just(("record", 0)),
        st.tuples(st.just("send"), st.integers(1, 5)),
        st.just(("receipt", 0)),
        st.tuples(st.just("stale receipt"), st.integers(0, 5)),
    ),
    max_size=40,
)


@settings(max_examples=40, deadline=None)
@given(earlier=st.integers(0, 20), losses=st.lists(st.booleans(), max_size=200), steps=STEPS)
def test_nothing_is_deleted_before_it_is_stored(
    tmp_path_factory: pytest.TempPathFactory, earlier: int, losses: list[bool], steps: list[tuple[str, int]]
) -> None:
    """With any losses on the way, receipts late or repeated, and any numbers of an earlier life at the server."""
    spool = Spool(tmp_path_factory.mktemp("spool") / "spool.db")
    server, stored, recorded = Sequence(earlier), set(), set()
    receipts, fate, now_s = [], iter(losses), 0.0
    for step, value in [*steps, *[("send", 5), ("receipt", 0)] * 3]:
        now_s += 3_000
        if step == "record":
            recorded.add(name := f"r{len(recorded)}")
            spool.append(reading(name))
        elif step == "send":
            for message in spool.due(now_s, value, 20):
                if not next(fate, False):
                    document = json.loads(message.payload)
                    stored.add(document["readings"][0]["sensor"])
                    server = record(server, [document["seq"]])
                    receipts.append(receipt(server, 0))
        elif receipts:
            told = receipts[-1 - value % len(receipts)]
            spool.confirm(told.stored_up_to, told.missing)
        waiting = spool._database.execute("SELECT readings FROM message").fetchall()
        on_disk = {json.loads(text)[0]["sensor"] for (text,) in waiting}
        assert recorded <= stored | on_disk, "a reading is neither stored nor on disk"
    spool.close()
