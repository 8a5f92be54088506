"""`coldchain restore FILE`."""

from pathlib import Path

import click
from sqlalchemy import select

from services.audit.logic import verify_changes
from services.commands.backup import FORCE
from services.commands.database import opened
from services.db.backup import restore_into
from services.db.checking import BrokenChainError
from services.db.engine import Database
from services.db.tables import INSTALLATION
from services.errors import CheckFailed
from services.identity.tables import Tenant
from services.readings.verification import verify_readings
from services.settings import load_settings


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@FORCE
def restore(*, file: Path, force: bool) -> None:
    """Fill the database from FILE, which `coldchain backup` made, and verify every chain; exit 1 if one is broken.

    Stop all other processes first. A database that holds a tenant already is replaced with --force only.
    """
    load_settings().data_dir.mkdir(parents=True, exist_ok=True)
    with opened() as database:
        made = restore_into(database, file, force=force, progress=lambda line: click.echo(line, err=True))
        click.echo(f"Restored {made.rows} rows of {made.tables} tables at revision {made.revision}.")
        _verify(database)


def _verify(database: Database) -> None:
    with database.read() as session:
        tenants = {row.slug: row.id for row in session.scalars(select(Tenant).order_by(Tenant.slug))}
        for slug, tenant_id in {**tenants, "(installation)": INSTALLATION}.items():
            try:
                entries = verify_changes(session, tenant_id, {})
                sealed = verify_readings(session, tenant_id, {})
            except BrokenChainError as error:
                raise CheckFailed(f"Restored, but the record of {slug} is broken: {error.detail}.") from error
            click.echo(f"{slug}: {entries} changes and {sealed.readings} readings hold.")
