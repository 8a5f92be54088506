"""Runs the embedded broker and keeps its accounts those of the database."""

import json
import logging
import os
import shutil
import threading
from pathlib import Path
from urllib.parse import quote

from services.db.engine import Database
from services.db.migrate import other_revision
from services.devices.accounts import broker_users
from services.devices.logic import bcrypt_of
from services.errors import FieldFault, InvalidInput, Unavailable
from services.settings import EMBEDDED, Settings
from telemetry.accounts import INGEST_USER, BrokerUser
from telemetry.broker import ROOM_BYTES, BrokerUnavailable, Cluster, EmbeddedBroker
from telemetry.session import make_session
from telemetry.topics import SUBSCRIPTIONS

log = logging.getLogger(__name__)

READY_FILE = "broker.json"
ACCOUNTS_EVERY_S = 1.0
OUTAGE_S = 2.0
CLUSTER_WITHIN_S = 120.0
"""How long the other nodes may take to start; the supervisor or the container's restart tries again."""

INGEST_CLIENT_ID = "coldchain-ingest-1"


class BrokerKeeper:
    """The embedded broker over ``data_dir/broker``; `run` returns when `stop` is set."""

    def __init__(self, settings: Settings, database: Database) -> None:
        self.stop = threading.Event()
        self._settings = settings
        self._database = database
        self._directory = settings.data_dir / "broker"
        self._password = settings.resolved_broker_password()
        self._ingest_bcrypt = bcrypt_of(self._password)
        self._said_full = self._was_full = False

    def run(self) -> None:
        """Start, tell where, follow the database. Raises Unavailable when the broker does not start or ends.

        The accounts are in the database: while that is away at the start, it is waited for.
        """
        users = self._await_accounts() if self._await_schema() else None
        if users is None:
            return
        broker = EmbeddedBroker(
            self._directory,
            self._settings.broker_host,
            self._settings.broker_port,
            users,
            cluster=cluster_of(self._settings, self._password),
        )
        try:
            broker.start()
            broker.await_cluster(CLUSTER_WITHIN_S)
        except BrokerUnavailable as error:
            broker.stop()
            raise Unavailable(str(error)) from error
        try:
            self._make_session(broker)
            _write(self._settings.data_dir / READY_FILE, {"url": broker.url, "pid": os.getpid()})
            log.info("The broker takes MQTT connections on %s.", broker.url)
            while not self.stop.wait(ACCOUNTS_EVERY_S):
                if not broker.is_running():
                    raise Unavailable(f"The broker has ended; its log is {self._directory / 'nats.log'}.")
                self._follow_accounts(broker)
                self._mend(broker)
        finally:
            broker.stop()

    def _await_schema(self) -> bool:
        """Whether the accounts' tables are there; False when told to stop before the database could be reached.

        Raises:
            Unavailable: the database has another schema, which waiting would not change.
        """
        while not self.stop.is_set():
            try:
                other = other_revision(self._database)
            except Unavailable as error:
                log.warning("%s The broker waits for its accounts.", error.detail)
                self.stop.wait(OUTAGE_S)
                continue
            if other is not None:
                raise Unavailable(f"The broker can't read its accounts: {other}. Run `coldchain db upgrade`.")
            return True
        return False

    def _await_accounts(self) -> list[BrokerUser] | None:
        """The accounts, as soon as the database can tell; None when told to stop before."""
        while not self.stop.is_set():
            try:
                with self._database.read() as session:
                    return broker_users(session, self._ingest_bcrypt)
            except Unavailable as error:
                log.warning("%s The broker waits for its accounts.", error.detail)
                self.stop.wait(OUTAGE_S)
        return None

    def _mend(self, broker: EmbeddedBroker) -> None:
        """After a full disk the server stores nothing until it is started anew; do that once there is room again."""
        # where the log is on the same disk, it may not hold the word of it
        self._was_full = self._was_full or shutil.disk_usage(self._directory).free < ROOM_BYTES
        if not (self._was_full or broker.has_failed_to_write()):
            return
        if not broker.has_room():
            if not self._said_full:
                log.error(
                    "The disk of %s is full: the broker takes nothing. Gateways wait; make room.", self._directory
                )
            self._said_full = True
            return
        log.warning("The disk of %s was full and has room again: starting the broker anew.", self._directory)
        self._said_full = self._was_full = False
        broker.stop()
        try:
            broker.start()
        except BrokerUnavailable as error:
            raise Unavailable(str(error)) from error

    def _follow_accounts(self, broker: EmbeddedBroker) -> None:
        try:
            with self._database.read() as session:
                users = broker_users(session, self._ingest_bcrypt)
        except Unavailable as error:
            log.warning("%s The broker's accounts stay as they are.", error.detail)
            return
        if broker.reload(users):
            log.info("The broker lets in %d gateways now.", len(users) - 1)

    def _make_session(self, broker: EmbeddedBroker) -> None:
        """Before the first gateway is let in, have the broker keep for ingest what gateways publish."""
        made = self._directory / f"session-{INGEST_CLIENT_ID}"
        if not made.exists():
            make_session(broker.url, INGEST_USER, self._password, INGEST_CLIENT_ID, SUBSCRIPTIONS)
            made.touch()


def cluster_of(settings: Settings, password: str) -> Cluster | None:
    """This broker's place among the nodes of the settings; None when it is alone.

    Raises:
        InvalidInput: the settings don't say which of the nodes it is.
    """
    if not settings.broker_nodes:
        return None
    ports = dict(node.rsplit(":", 1) for node in settings.broker_nodes.split(","))
    if settings.broker_node not in ports:
        fault = FieldFault(
            "COLDCHAIN_BROKER_NODE",
            f"is {settings.broker_node!r}.",
            f"Use one of {', '.join(ports)}, which this node is.",
        )
        raise InvalidInput("The broker doesn't know its place in the cluster.", faults=[fault])
    return Cluster(
        "coldchain",
        settings.broker_node,
        int(ports[settings.broker_node]),
        tuple(f"nats://{host}:{port}" for host, port in ports.items()),
        replicas=min(3, len(ports)),
        host=settings.broker_host,
        password=password,
    )


def ingest_url(settings: Settings) -> str | None:
    """The broker for ingest, with credentials; None while the embedded broker has not said where it listens."""
    url = settings.broker_url.get_secret_value()
    if url != EMBEDDED:
        return url
    try:
        where = json.loads((settings.data_dir / READY_FILE).read_text(encoding="ascii"))["url"]
    except (FileNotFoundError, ValueError):
        return None
    password = quote(settings.resolved_broker_password(), safe="")
    return str(where).replace("mqtt://", f"mqtt://{INGEST_USER}:{password}@", 1)


def own_broker_url(settings: Settings) -> str | None:
    """Where the embedded broker of this data directory listens, without credentials; None when it has not said."""
    try:
        return str(json.loads((settings.data_dir / READY_FILE).read_text(encoding="ascii"))["url"])
    except (FileNotFoundError, ValueError):
        return None


def _write(path: Path, document: dict[str, object]) -> None:
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps(document), encoding="ascii")
    os.replace(fresh, path)
