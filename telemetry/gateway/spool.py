"""Messages on disk, numbered, until a receipt says that they are stored."""

import json
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal, NamedTuple

SCHEMA = """
CREATE TABLE IF NOT EXISTS message (
    seq INTEGER PRIMARY KEY, readings TEXT NOT NULL, sent_at_s REAL NOT NULL DEFAULT 0,
    attempts INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS state (
    one INTEGER PRIMARY KEY CHECK (one = 1), last_seq INTEGER, sent_up_to INTEGER, known INTEGER, lost INTEGER
);
INSERT OR IGNORE INTO state VALUES (1, 0, 0, 0, 0);
"""

LATE = """
SELECT seq FROM message WHERE attempts > 0 AND sent_at_s + ? * (1 << min(attempts - 1, 6)) <= ? ORDER BY seq LIMIT ?
"""
FIRST = """
SELECT seq FROM (SELECT * FROM message ORDER BY seq LIMIT 1)
WHERE attempts = 0 OR sent_at_s + ? * (1 << min(attempts - 1, 6)) <= ?
"""


class SpoolError(Exception):
    """The spool can't be used; the message says why and what to do."""


class Spooled(NamedTuple):
    """One message that waits for its receipt."""

    seq: int
    payload: bytes


class Spool:
    """A SQLite file. Every change is on disk when the call returns. Safe from several threads of one process.

    ``sync`` NORMAL spares a disk sync a message: what the last second brought is lost with the power, not with the
    process. ``messages_max`` bounds it: beyond, the oldest message is given up, counted in `lost` and stays missing
    at the server.

    Raises:
        SpoolError: another process has it, or it is no spool.
    """

    def __init__(self, path: Path, *, messages_max: int = 500_000, sync: Literal["FULL", "NORMAL"] = "FULL") -> None:
        self._messages_max = messages_max
        self._lock = threading.Lock()
        path.parent.mkdir(parents=True, exist_ok=True)
        self._database = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=1)
        try:
            # exclusive: two senders on one spool would use the same numbers
            for pragma in ("locking_mode = EXCLUSIVE", "journal_mode = WAL", f"synchronous = {sync}"):
                self._database.execute(f"PRAGMA {pragma}")
            self._database.executescript(SCHEMA)
        except sqlite3.Error as error:
            self._database.close()
            raise SpoolError(f"The spool {path} can't be used: {error}. Does another gateway process run?") from error

    def close(self) -> None:
        """Close the file; nothing is lost by not calling this."""
        with self._lock:
            self._database.close()

    def append(self, readings: Sequence[dict[str, Any]]) -> int:
        """Put the readings of one message on disk; answers its number."""
        with self._lock, self._transaction():
            self._database.execute("UPDATE state SET last_seq = last_seq + 1")
            seq = self._value("last_seq")
            self._database.execute("INSERT INTO message (seq, readings) VALUES (?, ?)", (seq, json.dumps(readings)))
            (waiting,) = self._row("SELECT count(*) FROM message")
            if waiting > self._messages_max:
                self._database.execute("DELETE FROM message WHERE seq = (SELECT min(seq) FROM message)")
                self._database.execute("UPDATE state SET lost = lost + 1")
            return seq

    def numbers(self) -> list[int]:
        """The numbers of the messages that wait for a receipt, in order."""
        with self._lock:
            return self._numbers("SELECT seq FROM message ORDER BY seq")

    def due(self, now_s: float, limit: int, resend_after_s: float) -> list[Spooled]:
        """Up to ``limit`` messages to send now; they are marked as sent.

        Those never sent come first, half of them the newest, so that what is measured now need not wait for the
        backlog; then those whose receipt has not come in ``resend_after_s``, twice that with each attempt up to 64
        times. Until the server has answered once it is the first message only: see `confirm`.
        """
        with self._lock, self._transaction():
            if self._value("known"):
                newest = self._numbers(
                    "SELECT seq FROM message WHERE attempts = 0 ORDER BY seq DESC LIMIT ?", limit // 2
                )
                rest = limit - len(newest)
                oldest = self._numbers("SELECT seq FROM message WHERE attempts = 0 ORDER BY seq LIMIT ?", rest)
                chosen = list(dict.fromkeys((*newest, *oldest)))
                chosen += self._numbers(LATE, resend_after_s, now_s, limit - len(chosen))
            else:
                chosen = self._numbers(FIRST, resend_after_s, now_s)
            self._database.executemany(
                "UPDATE message SET sent_at_s = ?, attempts = attempts + 1 WHERE seq = ?",
                [(now_s, seq) for seq in chosen],
            )
            self._database.execute("UPDATE state SET sent_up_to = max(sent_up_to, ?)", (max(chosen, default=0),))
            return [Spooled(seq, self._payload(seq)) for seq in chosen]

    def confirm(self, stored_up_to: int, missing: Sequence[Sequence[int]]) -> int:
        """Take in a receipt: delete what is stored. Answers how many messages are left.

        A server that has numbers beyond those sent knows this gateway from before its spool was lost: what waits is
        numbered anew, after those. That is why a new spool sends one message alone until a receipt ends with just that
        number: nothing is taken for stored that is not.
        """
        with self._lock, self._transaction():
            sent_up_to = self._value("sent_up_to")
            if stored_up_to > sent_up_to:
                self._renumber(stored_up_to + 1)
            elif self._value("known") or stored_up_to == sent_up_to:
                kept = " AND ".join("NOT seq BETWEEN ? AND ?" for _ in missing)
                self._database.execute(
                    f"DELETE FROM message WHERE attempts > 0 AND seq <= ?{' AND ' + kept if kept else ''}",  # noqa: S608
                    [stored_up_to, *(bound for gap in missing for bound in gap)],
                )
                self._database.execute("UPDATE state SET known = 1")
            return self._row("SELECT count(*) FROM message")[0]

    def __len__(self) -> int:
        """Messages that wait for a receipt."""
        with self._lock:
            return self._row("SELECT count(*) FROM message")[0]

    @property
    def lost(self) -> int:
        """Messages given up because the spool was full."""
        with self._lock:
            return self._value("lost")

    def _renumber(self, first: int) -> None:
        rows = self._database.execute("SELECT seq, readings FROM message ORDER BY seq").fetchall()
        self._database.execute("DELETE FROM message")
        self._database.executemany(
            "INSERT INTO message (seq, readings) VALUES (?, ?)",
            [(first + place, readings) for place, (_, readings) in enumerate(rows)],
        )
        self._database.execute("UPDATE state SET last_seq = ?, known = 0", (first + len(rows) - 1,))

    def _payload(self, seq: int) -> bytes:
        (readings,) = self._database.execute("SELECT readings FROM message WHERE seq = ?", (seq,)).fetchone()
        return f'{{"seq": {seq}, "readings": {readings}}}'.encode()

    def _value(self, name: str) -> int:
        return self._row(f"SELECT {name} FROM state")[0]  # noqa: S608

    def _row(self, query: str) -> tuple[int, ...]:
        row: tuple[int, ...] = self._database.execute(query).fetchone()
        return row

    def _numbers(self, query: str, *values: float) -> list[int]:
        return [seq for (seq,) in self._database.execute(query, values)]

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._database.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._database.execute("ROLLBACK")
            raise
        self._database.execute("COMMIT")
