"""`coldchain ingest`: from the broker into the database."""

import signal

import click

from services.db.engine import Database
from services.logs import configure_logs
from services.settings import load_settings
from services.workers.broker import INGEST_CLIENT_ID
from services.workers.ingest import IngestWorker


@click.command()
@click.option(
    "--give-up-after",
    "give_up_after_s",
    type=click.FloatRange(0),
    help="End with exit code 3 when the broker is not reached in this many seconds; by default it is waited for.",
)
@click.option("--client-id", default=INGEST_CLIENT_ID, show_default=True, help="This session's name on the broker.")
def ingest(*, give_up_after_s: float | None, client_id: str) -> None:
    """Store what gateways publish, and acknowledge it once it is stored. Ctrl-C or SIGTERM ends it cleanly."""
    settings = load_settings()
    configure_logs(settings)
    worker = IngestWorker(settings, Database(settings.resolved_database_url()), client_id=client_id)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: worker.stop())
    worker.run(give_up_after_s)
