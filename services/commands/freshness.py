"""`coldchain freshness`."""

import signal

import click

from services.clock import clock_of
from services.db.engine import Database
from services.logs import configure_logs
from services.settings import load_settings
from services.workers.freshness import FreshnessWorker


@click.command()
def freshness() -> None:
    """Assess lots and shipments as readings come and as time passes, until stopped."""
    settings = load_settings()
    configure_logs(settings)
    worker = FreshnessWorker(Database(settings.resolved_database_url()), clock_of(settings))
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: worker.stop.set())
    worker.run()
