"""`coldchain planner`."""

import signal

import click

from services.clock import clock_of
from services.db.engine import Database
from services.logs import configure_logs
from services.settings import load_settings
from services.workers.planner import Planner


@click.command()
def planner() -> None:
    """Work on plan jobs until stopped; run as many as there are cores to spare."""
    settings = load_settings()
    configure_logs(settings)
    worker = Planner(Database(settings.resolved_database_url()), clock_of(settings), settings.plan_seconds)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: worker.stop.set())
    worker.run()
