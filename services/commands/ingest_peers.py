"""What people use instead of our ingest: a script on paho, and Node-RED. Each drains its own session of one broker.

Node-RED gets the client `pg` in a function node: what its PostgreSQL nodes, which not every registry has, are made of.
"""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Any

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion
from sqlalchemy import text

from services.commands.ingest_bench import FILTERS, PASSWORD, Rate, timed
from services.db.engine import Database
from telemetry.accounts import INGEST_USER
from telemetry.broker import EmbeddedBroker

COLUMNS = "sensor_id, measured_at_ms, received_at_ms, temperature_centi_c, humidity_centi_pct, flags"
NODE_RED = ("node-red@4", "pg@8")
INSTALL_WITHIN_S = 300
START_WITHIN_S = 60
DRAIN_WITHIN_S = 120
FIRST_SENSOR_OF_NODE_RED = 4_000_000


class Commit(StrEnum):
    """When a naive script commits: once a message, or once a reading, as a `save(reading)` of its own does."""

    MESSAGE = "message"
    READING = "reading"


class PeerMissing(Exception):
    """A peer can't be measured here; the message says why."""


def naive(
    broker: EmbeddedBroker, session: str, database: Database, count: int, readings_each: int, commit: Commit
) -> Rate:
    """What tutorials show: paho, `json.loads` and an INSERT for each reading, over the first ``count`` messages."""
    taken = 0
    mark = "%s" if database.is_postgresql else "?"
    insert = f"INSERT INTO reading ({COLUMNS}) VALUES ({', '.join([mark] * 5)}, 0) ON CONFLICT DO NOTHING"  # noqa: S608
    first_sensor = 2_000_000 if commit is Commit.MESSAGE else 2_500_000
    connection = database.engine.raw_connection()
    cursor = connection.cursor()

    def on_message(_client: Client, _data: object, message: MQTTMessage) -> None:
        nonlocal taken
        if taken >= count:
            return
        for reading in json.loads(message.payload)["readings"]:
            values = (
                first_sensor + int(reading["sensor"][3:]),
                reading["at"],
                time.time_ns() // 1_000_000,
                round(reading["temperature_c"] * 100),
                round(reading["humidity_pct"] * 100),
            )
            cursor.execute(insert, values)
            if commit is Commit.READING:
                connection.commit()
        connection.commit()
        taken += 1

    client = Client(CallbackAPIVersion.VERSION2, client_id=session, clean_session=False)
    client.username_pw_set(INGEST_USER, PASSWORD)
    client.on_message = on_message
    with timed(count * readings_each, broker, database) as rate:
        client.connect(broker.host, broker.port)
        client.loop_start()
        while taken < count:
            time.sleep(0.002)
    client.disconnect()
    client.loop_stop()
    connection.close()
    return rate()


def install_node_red(directory: Path) -> Path:
    """Node-RED and the client `pg` by npm, into ``directory``; answers its script.

    Raises:
        PeerMissing: there is no npm, or it could not install.
    """
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        raise PeerMissing("There is no npm here; install Node.js to have Node-RED beside.")
    command = [npm, "install", "--no-audit", "--no-fund", "--silent", "--prefix", str(directory), *NODE_RED]
    try:
        subprocess.run(command, check=True, capture_output=True, timeout=INSTALL_WITHIN_S)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        raise PeerMissing(f"npm could not install Node-RED: {str(error.stderr or error)[-200:]}") from error
    return directory / "node_modules" / "node-red" / "red.js"


def node_red(
    script: Path, broker: EmbeddedBroker, session: str, database: Database, count: int, readings_each: int
) -> Rate:
    """Node-RED: mqtt in -> function that inserts each reading by a pool of 10 connections; over ``count`` messages.

    Its first reading is awaited before the clock starts, so that starting Node.js does not count.

    Raises:
        PeerMissing: it did not start, or did not finish in time.
    """
    flows = script.parent.parent.parent / f"flows-{session}.json"
    flows.write_text(json.dumps(_flow(broker, session, database)), encoding="utf-8")
    user = {"broker": {"user": INGEST_USER, "password": PASSWORD}}
    flows.with_name(f"{flows.stem}_cred.json").write_text(json.dumps(user), encoding="utf-8")
    with _running(script, flows) as (log, pid):
        _await(database, 1, START_WITHIN_S, log)
        begun = _stored(database)
        with timed(count * readings_each - begun, broker, database, pid) as rate:
            _await(database, count * readings_each, DRAIN_WITHIN_S, log)
    return rate()


def _flow(broker: EmbeddedBroker, session: str, database: Database) -> list[dict[str, Any]]:
    """The flow as Node-RED's editor would export it."""
    url = database.url
    pool = {
        "host": url.query.get("host") or url.host,
        "port": url.port or 5432,
        "database": url.database,
        "user": url.username or "postgres",
        "password": url.password or "",
        "max": 10,
    }
    insert = f"INSERT INTO reading ({COLUMNS}) VALUES ($1, $2, $3, $4, $5, 0) ON CONFLICT DO NOTHING"  # noqa: S608
    each = f"""const pool = context.get("pool");
Promise.all(msg.payload.readings.map((r) => pool.query({{name: "insert", text: {json.dumps(insert)}, values: [
  {FIRST_SENSOR_OF_NODE_RED} + parseInt(r.sensor.slice(3)), r.at, Date.now(), Math.round(r.temperature_c * 100),
  Math.round(r.humidity_pct * 100)]}}))).then(() => node.done(), (error) => node.error(error));"""
    return [
        {"id": "tab", "type": "tab", "label": "ingest"},
        {
            "id": "broker", "type": "mqtt-broker", "name": "", "broker": broker.host, "port": str(broker.port),
            "clientid": session, "autoConnect": True, "usetls": False, "protocolVersion": "4", "keepalive": "60",
            "cleansession": False,
        },
        {
            "id": "in", "type": "mqtt in", "z": "tab", "topic": FILTERS[0], "qos": "1", "datatype": "json",
            "broker": "broker", "inputs": 0, "wires": [["each"]],
        },
        {
            "id": "each", "type": "function", "z": "tab", "func": each, "outputs": 1, "wires": [[]],
            "initialize": f'context.set("pool", new (global.get("pg").Pool)({json.dumps(pool)}));',
        },
    ]  # fmt: skip


@contextmanager
def _running(script: Path, flows: Path) -> Iterator[tuple[Path, int]]:
    """Node-RED (its log and process id) on a free port of loopback, without editor."""
    directory = flows.parent
    settings = directory / "settings.js"
    settings.write_text(
        "module.exports = {uiHost: '127.0.0.1', uiPort: 0, httpAdminRoot: false, httpNodeRoot: false,"
        " credentialSecret: false, functionGlobalContext: {pg: require('pg')}, logging: {console: {level: 'warn'}}};",
        encoding="utf-8",
    )
    log = directory / "node-red.log"
    node = shutil.which("node") or "node"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [node, str(script), "--userDir", str(directory), "--settings", str(settings), str(flows)],
            stdout=output,
            stderr=output,
            env=os.environ | {"NODE_RED_HOME": str(directory)},
        )
        try:
            yield log, process.pid
        finally:
            process.send_signal(signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(10)
            process.kill()
            process.wait()


def _await(database: Database, readings: int, within_s: float, log: Path) -> None:
    deadline_s = time.monotonic() + within_s
    while _stored(database) < readings:
        if time.monotonic() > deadline_s:
            lines = log.read_text(errors="replace").splitlines()[-3:]
            raise PeerMissing(f"Node-RED stored {_stored(database)} of {readings} in {within_s} s. {' '.join(lines)}")
        time.sleep(0.05)


def _stored(database: Database) -> int:
    query = text("SELECT count(*) FROM reading WHERE sensor_id >= :first AND sensor_id < :first + 100000")
    with database.read() as session:
        return int(session.scalar(query, {"first": FIRST_SENSOR_OF_NODE_RED}) or 0)
