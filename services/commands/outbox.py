"""`coldchain outbox`."""

import signal

import click

from services.alarms.sealed import Seal
from services.alarms.sending import transports_over
from services.clock import clock_of, wall_clock_ms
from services.db.engine import Database
from services.http.outbound import outbound_client, reach_of
from services.logs import configure_logs
from services.settings import load_settings
from services.workers.outbox import OutboxWorker


@click.command()
def outbox() -> None:
    """Tell people about alarms over their channels, and repeat what did not arrive, until stopped."""
    settings = load_settings()
    configure_logs(settings)
    with outbound_client(reach_of(settings.mode)) as client:
        worker = OutboxWorker(
            Database(settings.resolved_database_url()),
            clock_of(settings),
            seal=Seal(settings.resolved_secret_key()),
            transports=transports_over(client, lambda: wall_clock_ms() // 1000),
            public_url=settings.public_url.rstrip("/"),
        )
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: worker.stop.set())
        worker.run()
