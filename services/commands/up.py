"""`coldchain up`: everything on one box."""

import signal
import sys

import click

from services.clock import wall_clock_ms
from services.commands.user import base_url
from services.db.engine import Database
from services.db.migrate import upgrade
from services.identity.store import first_people
from services.settings import EMBEDDED, Mode, Settings, load_settings
from services.supervisor import SERVICES, Supervisor
from services.web.session import entry_path


@click.command()
def up() -> None:
    """Upgrade the schema, then run broker, ingest, freshness, planner, outbox and API until Ctrl-C."""
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
        for line in _ways_in(settings):
            click.echo(line, err=True)
        click.echo(f"Running: {', '.join(service.command for service in services)}. Ctrl-C ends all.", err=True)
        supervisor.wait()


def _ways_in(settings: Settings) -> list[str]:
    """A link for one person of each tenant, or how to get one; none where the output may be kept in a log."""
    if settings.mode is Mode.PRODUCTION or not sys.stderr.isatty():
        return []
    database = Database(settings.resolved_database_url())
    try:
        now_ms, base = wall_clock_ms(), base_url(settings)
        with database.write() as session:
            lines = [
                f"Pages for {user.name} ({user.role} of {tenant.slug}), once: "
                f"{base}{entry_path(session, tenant.id, user.id, now_ms)}"
                for tenant, user in first_people(session)
            ]
    finally:
        database.close()
    return lines or ["Nobody can sign in yet: `coldchain tenant add SLUG`, then `coldchain user add`."]
