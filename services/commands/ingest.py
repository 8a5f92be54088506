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
@click.option("--tenant", "tenants", multiple=True, help="Take the topics of this tenant only; may be repeated.")
@click.option("--share", help="Share the work with the others of this group, where the broker delivers `$share`.")
def ingest(*, give_up_after_s: float | None, client_id: str, tenants: tuple[str, ...], share: str | None) -> None:
    """Store what gateways publish, and acknowledge it once it is stored. Ctrl-C or SIGTERM ends it cleanly.

    Several processes share the work by --tenant or --share, each with a --client-id of its own that never changes.
    """
    settings = load_settings()
    configure_logs(settings)
    worker = IngestWorker(
        settings, Database(settings.resolved_database_url()), client_id=client_id, tenants=tenants, share=share
    )
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: worker.stop())
    worker.run(give_up_after_s)
