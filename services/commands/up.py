"""`coldchain up`: everything on one box."""

import signal
import sys

import click

from services.db.engine import Database
from services.db.migrate import upgrade
from services.settings import EMBEDDED, load_settings
from services.supervisor import SERVICES, Supervisor


@click.command()
def up() -> None:
    """Upgrade the schema, then run broker, ingest, freshness, planner and API until Ctrl-C."""
    settings = load_settings()
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    database = Database(settings.resolved_database_url())
    click.echo(f"The database is at revision {upgrade(database)}.", err=True)
    database.close()
    embedded = settings.broker_url.get_secret_value() == EMBEDDED
    services = SERVICES if embedded else tuple(service for service in SERVICES if service.command != "broker")
    supervisor = Supervisor(
        settings.data_dir,
        services=services,
        on_restart=lambda command, code: click.echo(f"{command} ended with {code} and is started again.", err=True),
    )
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: sys.exit(0))
    with supervisor:
        click.echo(f"Running: {', '.join(service.command for service in services)}. Ctrl-C ends all.", err=True)
        supervisor.wait()
