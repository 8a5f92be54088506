"""The outbox: makes pending alarms active, decides who is told, and sends until it arrives or a day has passed."""

import logging
import threading

from services.alarms import logic, outbox
from services.alarms.logic import Severity, State
from services.alarms.notices import Reach, notice_due
from services.alarms.sealed import Seal
from services.alarms.sending import Transports, try_to_send
from services.alarms.tables import Channel
from services.clock import Clock, wall_clock_ms
from services.db.engine import Database
from services.errors import Unavailable
from services.workers import heartbeat

log = logging.getLogger(__name__)

KIND = "outbox"
IDLE_S = 1.0
OUTAGE_S = 2.0
BEAT_MS = 5000
ALARMS_A_TURN = 500
MESSAGES_A_TURN = 20
LEASE_MS = 120_000
"""Longer than the slowest transport takes for one batch, so that a message is not sent twice for want of patience."""


class OutboxWorker:
    """Works until `stop` is set. Several may run: a message is claimed by one of them.

    A message goes out at least once: a worker that dies between sending and saying so leaves it to the next, with the
    same delivery id.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        *,
        seal: Seal,
        transports: Transports,
        public_url: str,
        machine_clock: Clock = wall_clock_ms,
    ) -> None:
        self.database = database
        self.clock = clock
        self.seal = seal
        self.transports = transports
        self.public_url = public_url
        self.machine_clock = machine_clock
        self.stop = threading.Event()
        self._beaten_at_ms = 0

    def run(self) -> None:
        """Work until `stop` is set; an unreachable database is waited for."""
        while not self.stop.is_set():
            try:
                self._beat()
                if not self.turn():
                    self.stop.wait(IDLE_S)
            except Unavailable as error:
                log.warning("waiting for the database: %s", error.detail)
                self.stop.wait(OUTAGE_S)

    def turn(self) -> int:
        """Activate, decide, send one batch; answers how many messages were tried."""
        now_ms = self.clock()
        self._decide(now_ms)
        with self.database.read() as session:
            if not outbox.anything_due(session, now_ms):
                return 0
        with self.database.write() as session:
            for alarm in outbox.due_to_be_active(session, now_ms, ALARMS_A_TURN):
                logic.activate(session, alarm, now_ms)
            claimed = outbox.claim(session, now_ms, LEASE_MS, MESSAGES_A_TURN)
        for message in claimed:
            tried = try_to_send(message, self.transports, self.seal, self.public_url, self.clock())
            if tried.state != "sent":
                log.warning("message %d over channel %s: %s", message.id, message.channel_id, tried.answer)
            with self.database.write() as session:
                outbox.finish(
                    session,
                    message.id,
                    state=tried.state,
                    answer=tried.answer,
                    due_at_ms=tried.due_at_ms,
                    sent_at_ms=tried.sent_at_ms,
                )
        return len(claimed)

    def _beat(self) -> None:
        now_ms = self.machine_clock()
        if now_ms - self._beaten_at_ms >= BEAT_MS:
            with self.database.write() as session:
                heartbeat.beat(session, KIND, now_ms)
            self._beaten_at_ms = now_ms

    def _decide(self, now_ms: int) -> None:
        with self.database.read() as session:
            watched = outbox.watched(session, now_ms)
            told = outbox.told(session, sorted({alarm.id for alarm, _ in watched}))
            maintained = outbox.maintained(session, now_ms)
        due = []
        for alarm, channel in watched:
            covered = maintained.get(alarm.tenant_id, set())
            notice = notice_due(
                kind=alarm.kind,
                severity=Severity(alarm.severity),
                state=State(alarm.state),
                active_at_ms=alarm.active_at_ms,
                reach=reach_of(channel),
                told=told.get((alarm.id, channel.id), {}),
                muted=bool(covered & {(None, None), (alarm.subject_kind, alarm.subject)}),
                now_ms=now_ms,
            )
            if notice is not None:
                due.append((alarm, channel, notice))
        if due:
            with self.database.write() as session:
                for alarm, channel, notice in due:
                    outbox.put(session, alarm, channel, notice, now_ms)


def reach_of(channel: Channel) -> Reach:
    """What a channel wants to hear."""
    return Reach(
        Severity(channel.min_severity),
        tuple(channel.alarm_kinds),
        channel.escalates_after_s,
        channel.quiet_from_s,
        channel.quiet_until_s,
    )
