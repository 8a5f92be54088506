"""Messages on their way: decided, claimed, signed, sent, tried again, given up, replayed."""

import hmac
import json
import uuid
from collections.abc import Iterator
from hashlib import sha256

import httpx
import pytest

from services.alarms import channels, store
from services.alarms.logic import Cause, Severity, clear_alarm, raise_alarm
from services.alarms.sealed import Seal
from services.alarms.sending import Transports, transports_over
from services.alarms.tables import Delivery
from services.alarms.transports import notifier_of
from services.db.engine import Database
from services.errors import InvalidInput, Unavailable
from services.identity import logic as identity
from services.workers.outbox import OutboxWorker
from tests.support.api import NOON_MS, SetClock
from tests.support.webhooks import Hook, hook

SEAL = Seal("a secret key of at least thirty-two characters")
SILENT = Cause("gateway.silent", "gateway", "GW-7")
RULES = {
    "name": "office",
    "min_severity": "warning",
    "alarm_kinds": [],
    "escalates_after_s": 0,
    "quiet_from_s": None,
    "quiet_until_s": None,
    "language": "en",
    "enabled": True,
}


class Rig:
    """A tenant with one webhook channel, and the worker that serves it."""

    def __init__(self, database: Database, hook: Hook, transports: Transports) -> None:
        self.database = database
        self.hook = hook
        self.clock = SetClock()
        self.worker = OutboxWorker(
            database,
            self.clock,
            seal=SEAL,
            transports=transports,
            public_url="https://chain.example",
            machine_clock=self.clock,
        )
        with database.write() as session:
            self.tenant_id = identity.add_tenant(session, "orchard", "Orchard", NOON_MS).id
            made = channels.add_channel(session, self.tenant_id, "webhook", hook.url, RULES, SEAL, NOON_MS)
        self.channel_id, self.secret = made.channel.id, made.secret or ""

    def alarm(self, severity: Severity = Severity.WARNING, delay_ms: int = 0) -> uuid.UUID:
        with self.database.write() as session:
            return raise_alarm(
                session,
                self.tenant_id,
                SILENT,
                severity=severity,
                summary="GW-7 is silent",
                now_ms=self.clock(),
                delay_ms=delay_ms,
            )

    def over(self) -> None:
        with self.database.write() as session:
            clear_alarm(session, self.tenant_id, SILENT, self.clock())

    def log(self) -> list[Delivery]:
        with self.database.read() as session:
            return list(store.deliveries(session, self.tenant_id, self.channel_id, before_id=None, limit=50))[::-1]


@pytest.fixture
def rig(database: Database) -> Iterator[Rig]:
    with hook() as listening, httpx.Client() as client:
        yield Rig(database, listening, transports_over(client, lambda: NOON_MS // 1000))


def test_an_alarm_arrives_once_signed_and_its_end_too(rig: Rig) -> None:
    """The receiver can check who sent it; repeated turns send nothing twice."""
    alarm_id = rig.alarm()
    assert [rig.worker.turn() for _ in range(3)] == [1, 0, 0]
    (headers, body), *others = rig.hook.taken
    assert others == []
    told = json.loads(body)
    assert (told["alarm_id"], told["step"], told["severity"]) == (str(alarm_id), "raised", "warning")
    assert told["link"] == f"https://chain.example/app/alarms/{alarm_id}"
    stamp, code = (part.split("=")[1] for part in headers["Coldchain-Signature"].split(","))
    assert hmac.compare_digest(code, hmac.new(rig.secret.encode(), f"{stamp}.".encode() + body, sha256).hexdigest())
    rig.over()
    assert rig.worker.turn() == 1
    assert json.loads(rig.hook.taken[1][1])["step"] == "cleared"
    assert [(row.step, row.state, row.answer) for row in rig.log()] == [
        ("raised", "sent", "answered 200"),
        ("cleared", "sent", "answered 200"),
    ]


def test_a_pending_alarm_is_told_when_its_delay_is_over(rig: Rig) -> None:
    """The outbox makes it active itself, without another word from the watcher."""
    rig.alarm(delay_ms=60_000)
    assert rig.worker.turn() == 0
    rig.clock.now_ms += 60_000
    rig.worker.turn()
    rig.worker.turn()
    assert [json.loads(body)["step"] for _, body in rig.hook.taken] == ["raised"]


def test_a_failure_is_tried_again_later_and_later(rig: Rig) -> None:
    """15 s after the first failure, 30 s after the second; the same delivery id all the time."""
    rig.hook.answers = [500, 503]
    rig.alarm()
    assert rig.worker.turn() == 1
    rig.clock.now_ms += 14_999
    assert rig.worker.turn() == 0
    rig.clock.now_ms += 1
    assert rig.worker.turn() == 1
    rig.clock.now_ms += 30_000
    assert rig.worker.turn() == 1
    assert len({headers["Coldchain-Delivery"] for headers, _ in rig.hook.taken}) == 1
    (row,) = rig.log()
    assert (row.state, row.attempts, row.answer) == ("sent", 3, "answered 200")


def test_after_a_day_of_failures_it_is_given_up_and_can_be_replayed(rig: Rig) -> None:
    """What never arrived is in the log with its reason; a person can send it again."""
    rig.hook.answers = [500] * 100
    rig.alarm()
    while rig.worker.turn() or rig.log()[0].state == "waiting":
        rig.clock.now_ms = max(rig.clock.now_ms, rig.log()[0].due_at_ms)
    (row,) = rig.log()
    assert (row.state, row.answer) == ("given_up", "answered 500")
    assert rig.clock.now_ms - NOON_MS > 22 * 3_600_000
    rig.hook.answers = []
    with rig.database.write() as session:
        channels.replay(session, rig.tenant_id, row.id, rig.clock())
    assert rig.worker.turn() == 1
    assert rig.log()[0].state == "sent"


def test_a_worker_that_dies_while_sending_leaves_the_message_to_the_next(rig: Rig) -> None:
    """Claimed and never finished, a message is sent when its lease is over."""
    from services.alarms import outbox

    rig.alarm()
    rig.worker._decide(rig.clock())
    with rig.database.write() as session:
        assert len(outbox.claim(session, rig.clock(), 120_000, 10)) == 1
    assert rig.worker.turn() == 0
    rig.clock.now_ms += 120_000
    assert rig.worker.turn() == 1
    assert rig.log()[0].state == "sent"


def test_an_address_is_sealed_and_another_key_does_not_open_it(rig: Rig) -> None:
    """The database alone tells neither address nor secret."""
    with rig.database.read() as session:
        channel = store.channel(session, rig.tenant_id, rig.channel_id)
    assert channel is not None
    assert rig.secret.encode() not in (channel.sealed_secret or b"")
    assert SEAL.open(channel.sealed_address) == rig.hook.url
    with pytest.raises(Unavailable, match="COLDCHAIN_SECRET_KEY"):
        Seal("another secret key of enough characters").open(channel.sealed_address)


@pytest.mark.parametrize("address", ["file:///etc/passwd", "json://127.0.0.1", "syslog://", "line:/", "http://x"])
def test_only_services_of_the_field_are_taken(address: str) -> None:
    """A scheme that would reach into the machine or the network is refused with what is taken."""
    with pytest.raises(InvalidInput) as caught:
        notifier_of(address)
    assert "line://" in caught.value.faults[0].remedy


@pytest.mark.parametrize(
    "address",
    [
        "line://TOKEN_TOKEN_TOKEN/U1234567890",
        "tgram://123456789:abcdefghijklmnopqrstuvwxyz012345678/12315544",
        "mailto://user:word@example.com",
        "wecombot://BOTKEYBOTKEYBOTKEY",
    ],
)
def test_the_services_people_use_are_taken(address: str) -> None:
    """LINE, Telegram, mail and WeCom."""
    assert len(notifier_of(address)) == 1
