"""Readings over HTTP, and what people decide about dead letters."""

from uuid import UUID

import pytest
from sqlalchemy import select

from services.db.engine import Database
from services.db.tables import JournalEntry
from services.devices.logic import add_gateway, revoke_gateway
from services.errors import Conflict, Forbidden, InvalidInput, NotFound
from services.readings import store
from services.readings.letters import prune
from services.readings.logic import (
    LetterFilter,
    Postbox,
    PostResult,
    dead_letters,
    discard_dead_letter,
    letters,
    post_readings,
    replay_dead_letter,
)
from telemetry.sequence import Receipt
from tests.readings.world import add_demo, take
from tests.support.messages import NOW_MS, message, native

DECISION = {"by": "somchai", "why": "the gateway was added late", "now_ms": NOW_MS}


@pytest.fixture
def tenant_id(database: Database) -> UUID:
    return add_demo(database)


def test_posted_readings_are_counted(database: Database, tenant_id: UUID) -> None:
    """The first time they are stored, the second time duplicates, with another value conflicts."""
    postbox = Postbox(database)
    assert postbox.post(tenant_id, "gw-1", native(temperature_c=4), NOW_MS) == PostResult(1, 0, 0)
    assert postbox.post(tenant_id, "gw-1", native(temperature_c=4), NOW_MS) == PostResult(0, 1, 0)
    assert postbox.post(tenant_id, "gw-1", native(temperature_c=5), NOW_MS) == PostResult(0, 0, 1)


def test_post_tells_which_readings_were_rejected(database: Database, tenant_id: UUID) -> None:
    """By index and reason; the others are stored."""
    payload = b'{"readings": [{"sensor": "A"}, {"sensor": "B", "temperature_c": 4}]}'
    result = post_readings(database, tenant_id, "gw-1", payload, NOW_MS)
    assert (result.stored, [one.index for one in result.rejected]) == (1, [0])
    assert "temperature_c" in result.rejected[0].reason


def test_post_that_can_not_be_read_is_refused_with_the_reason(database: Database, tenant_id: UUID) -> None:
    """The sender is told at once; there is no dead letter to look after."""
    with pytest.raises(InvalidInput, match="not JSON"):
        post_readings(database, tenant_id, "gw-1", b"garbage", NOW_MS)
    with database.read() as session:
        assert store.dead_letters(session, tenant_id) == []


def test_gateway_that_only_speaks_http_is_added_unasked(database: Database, tenant_id: UUID) -> None:
    """Its key has let it in already."""
    assert post_readings(database, tenant_id, "http-only", native(), NOW_MS).stored == 1


def test_revoked_gateway_may_not_post(database: Database, tenant_id: UUID) -> None:
    """Whatever key it still has."""
    with database.write() as session:
        revoke_gateway(session, tenant_id, "gw-1", NOW_MS)
    with pytest.raises(Forbidden, match="revoked"):
        post_readings(database, tenant_id, "gw-1", native(), NOW_MS)


def letter_id(database: Database, tenant_id: UUID) -> int:
    with database.read() as session:
        (letter,) = store.dead_letters(session, tenant_id)
    return letter.id


def test_replay_takes_the_message_once_its_cause_is_gone(database: Database, tenant_id: UUID) -> None:
    """A gateway added after its first message: the message is stored with its own times, and says who and why."""
    take(database, message(native(), topic="coldchain/v1/demo/late/up"))
    letter = letter_id(database, tenant_id)
    with pytest.raises(InvalidInput, match="still can't be taken"):
        replay_dead_letter(database, tenant_id, letter, **DECISION)
    with database.write() as session:
        add_gateway(session, tenant_id, "demo", "late", NOW_MS)
    assert replay_dead_letter(database, tenant_id, letter, **DECISION).stored == 1
    with database.read() as session:
        (closed,) = store.dead_letters(session, tenant_id, state="replayed")
        assert store.dead_letters(session, tenant_id) == []
    assert (closed.resolved_by, closed.resolved_why, closed.resolved_at_ms) == (
        "somchai",
        "the gateway was added late",
        NOW_MS,
    )


def test_replay_of_what_is_still_bad_leaves_it_open(database: Database, tenant_id: UUID) -> None:
    """Garbage stays garbage, and stays there to be discarded."""
    take(database, message(b"garbage"))
    letter = letter_id(database, tenant_id)
    with pytest.raises(InvalidInput, match="not JSON"):
        replay_dead_letter(database, tenant_id, letter, **DECISION)
    with database.write() as session:
        discarded = discard_dead_letter(session, tenant_id, letter, **DECISION)
    assert (discarded.state, discarded.resolved_by) == ("discarded", "somchai")
    with pytest.raises(Conflict, match="discarded already, by somchai"):
        replay_dead_letter(database, tenant_id, letter, **DECISION)


def test_decision_needs_a_reason(database: Database, tenant_id: UUID) -> None:
    """A blank why is no why."""
    take(database, message(b"garbage"))
    with database.write() as session, pytest.raises(InvalidInput, match="why"):
        discard_dead_letter(session, tenant_id, 1, by="somchai", why="  ", now_ms=NOW_MS)


def test_another_tenant_finds_no_letter(database: Database, tenant_id: UUID) -> None:
    """Not even that there is one."""
    take(database, message(b"garbage"))
    other = add_demo(database, (), slug="other")
    with pytest.raises(NotFound):
        replay_dead_letter(database, other, letter_id(database, tenant_id), **DECISION)


def test_letter_that_was_cut_can_not_be_replayed(database: Database, tenant_id: UUID) -> None:
    """Only its first part is kept: the gateway has to send it again."""
    take(database, message(b"x" * 20_000))
    with pytest.raises(Conflict, match="send it again"):
        replay_dead_letter(database, tenant_id, letter_id(database, tenant_id), **DECISION)


def test_same_garbage_after_a_decision_is_a_new_letter(database: Database, tenant_id: UUID) -> None:
    """Discarding one does not silence the next."""
    take(database, message(b"garbage"))
    with database.write() as session:
        discard_dead_letter(session, tenant_id, 1, **DECISION)
    take(database, message(b"garbage"))
    assert letter_id(database, tenant_id) == 2


def test_too_many_letters_lose_the_oldest_and_say_so(database: Database, tenant_id: UUID) -> None:
    """Of ten that may stay, decided ones go first; how many went, and when, is told."""
    other_id = add_demo(database, slug="other")
    take(database, message(b"garbage", topic="coldchain/v1/other/gw-1/up"))
    take(database, *(message(b"garbage %d" % number) for number in range(8)))
    with database.write() as session:
        newest = store.dead_letters(session, tenant_id)[-1].id
        discard_dead_letter(session, tenant_id, newest, **DECISION)
    take(database, *(message(b"more %d" % number) for number in range(4)))
    with database.write() as session:
        assert prune(session, tenant_id, NOW_MS, kept_max=10) == 3
    with database.read() as session:
        counted = letters(session, tenant_id)
        assert (counted.open, counted.discarded) == (9, 0)
        assert (counted.pruned_decided, counted.pruned_open, counted.pruned_at_ms) == (1, 2, NOW_MS)
        assert letters(session, other_id).open == 1
        told = session.scalars(select(JournalEntry.operation).where(JournalEntry.object_kind == "dead_letter")).all()
        assert len(told) == 1, "the decision, and no entry for each letter of a flood"


def test_letters_are_filtered(database: Database, tenant_id: UUID) -> None:
    """By reason, gateway, time and state; a name is no pattern."""
    take(database, message(b"garbage", received_at_ms=NOW_MS - 5_000))
    take(database, message(native(), topic="coldchain/v1/demo/gw_1/up"))

    def found(**wanted: object) -> list[str]:
        with database.read() as session:
            rows = dead_letters(session, tenant_id, LetterFilter(**wanted), after_id=0, limit=9)  # type: ignore[arg-type]
            return [row.reason for row in rows]

    assert found() == ["malformed", "unknown-gateway"]
    assert found(reason="malformed") == found(gateway="gw-1") == found(to_ms=NOW_MS - 1) == ["malformed"]
    assert found(gateway="gw_1") == found(from_ms=NOW_MS) == ["unknown-gateway"]
    assert found(state="discarded") == found(gateway="%") == []


def test_replay_needs_a_reason_too(database: Database, tenant_id: UUID) -> None:
    """An empty one is refused, and the letter stays open."""
    take(database, message(b"garbage"))
    with pytest.raises(InvalidInput, match="why"):
        replay_dead_letter(database, tenant_id, letter_id(database, tenant_id), by="somchai", why=" ", now_ms=NOW_MS)


def test_numbered_post_has_its_receipt(database: Database, tenant_id: UUID) -> None:
    """A gateway that speaks HTTP learns of its gaps as one that speaks MQTT does."""
    postbox = Postbox(database)
    assert postbox.post(tenant_id, "gw-1", native(seq=1), NOW_MS).receipt == Receipt(1)
    assert postbox.post(tenant_id, "gw-1", native("B", seq=4), NOW_MS).receipt == Receipt(4, ((2, 3),))
    assert postbox.post(tenant_id, "gw-1", native("C"), NOW_MS).receipt is None
