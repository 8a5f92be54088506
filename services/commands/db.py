"""`coldchain db upgrade|check`."""

import click

from services.db.engine import Database
from services.db.migrate import drift, upgrade
from services.errors import CheckFailed
from services.settings import load_settings


@click.group()
def db() -> None:
    """Bring the database to this version's schema, or check that it is there."""


@db.command(name="upgrade")
def upgrade_command() -> None:
    """Create or upgrade the schema in one transaction."""
    settings = load_settings()
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    database = Database(settings.resolved_database_url())
    click.echo(f"The database is at revision {upgrade(database)}.")


@db.command(name="check")
def check_command() -> None:
    """Exit 0 when the schema is this version's, 1 with the differences when it is not."""
    differences = drift(Database(load_settings().resolved_database_url()))
    if differences:
        raise CheckFailed(f"Not this version's schema: {'; '.join(differences)}. Run `coldchain db upgrade`.")
    click.echo("The schema is up to date.")
