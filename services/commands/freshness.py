"""`coldchain freshness`."""

import signal
import threading

import click

from services.clock import clock_of
from services.db.engine import Database
from services.logs import configure_logs
from services.settings import load_settings
from services.workers.freshness import FreshnessWorker
from services.workers.watchdog import Watchdog


@click.command()
def freshness() -> None:
    """Assess lots and shipments as readings come and time passes, and tell of what has gone silent, until stopped."""
    settings = load_settings()
    configure_logs(settings)
    database = Database(settings.resolved_database_url())
    worker, watchdog = FreshnessWorker(database, clock_of(settings)), Watchdog(database, clock_of(settings))
    watchdog.stop = worker.stop
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: worker.stop.set())
    watching = threading.Thread(target=watchdog.run, name="watchdog", daemon=True)
    watching.start()
    worker.run()
    watching.join()
