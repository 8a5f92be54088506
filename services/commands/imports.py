"""`coldchain import villages|lots|declarations|demand|readings FILE`."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click
from rich.console import Console
from rich.progress import Progress
from sqlalchemy.orm import Session

from services.clock import clock_of
from services.db.engine import Database
from services.errors import FieldFault, InvalidInput
from services.identity import logic as identity
from services.identity import store as identities
from services.imports import logic
from services.imports.logic import Kind
from services.settings import load_settings
from telemetry.freshness import load_catalogue

Command = TypeVar("Command", bound=Callable[..., Any])


def common(command: Command) -> Command:
    """What all imports ask for."""
    options: tuple[Callable[[Any], Any], ...] = (
        click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path)),
        click.option("--tenant", help="The tenant's slug; may be left out while there is one only."),
        click.option("--zone", default="Asia/Bangkok", show_default=True, help="Zone of times without an offset."),
        click.option("--dry-run", is_flag=True, help="Check all and write nothing."),
    )
    for option in reversed(options):
        command = option(command)
    return command


@click.group(name="import")
def import_group() -> None:
    """Bring in CSV, Excel or JSON files: all of a file or nothing, every fault named by row and column."""


@import_group.command()
@common
def villages(*, file: Path, tenant: str | None, zone: str, dry_run: bool) -> None:
    """Add the villages of FILE. Columns: code, name, latitude, longitude, opens, closes, and others as in the API."""
    _import(Kind.VILLAGES, "villages", file, tenant, zone, dry_run=dry_run)


@import_group.command()
@common
def lots(*, file: Path, tenant: str | None, zone: str, dry_run: bool) -> None:
    """Add the lots of FILE. Columns: code, village, commodity_id, weight_g, crates, value_satang, harvested_at, ..."""
    _import(Kind.LOTS, "lots", file, tenant, zone, dry_run=dry_run)


@import_group.command()
@common
def declarations(*, file: Path, tenant: str | None, zone: str, dry_run: bool) -> None:
    """Add the harvest declarations of FILE. Columns: village, commodity_id, expected_g, harvest_on, grade, ..."""
    _import(Kind.DECLARATIONS, "harvest declarations", file, tenant, zone, dry_run=dry_run)


@import_group.command()
@common
def demand(*, file: Path, tenant: str | None, zone: str, dry_run: bool) -> None:
    """Add the buyers' programmes of FILE to the demand book.

    Columns: code, exporter, buyer, commodity_id, quantity_g, per (day or week), from_on, to_on, hub, destination,
    price_satang_per_kg, and others as in the API; certificates in one cell with ; between them.
    """
    _import(Kind.DEMANDS, "demands", file, tenant, zone, dry_run=dry_run)


def _import(kind: Kind, name: str, file: Path, tenant: str | None, zone: str, *, dry_run: bool) -> None:
    with _opened(tenant) as (database, tenant_id, now_ms):
        count = logic.import_file(
            database,
            tenant_id,
            kind,
            file,
            _zone(zone),
            now_ms,
            catalogue=load_catalogue(),
            by="coldchain import",
            rehearse=dry_run,
        )
    _tell(f"{count} {name}", dry_run)


@import_group.command()
@common
@click.option("--gateway", required=True, help="The gateway that the readings shall count as sent by.")
def readings(*, file: Path, tenant: str | None, zone: str, dry_run: bool, gateway: str) -> None:
    """Take the readings of a data logger's FILE (HOBO, LogTag, Testo, Elitech, ...), or of a table.

    A table of several sensors has the headings sensor, at, temperature_c and, if known, humidity_pct.
    """
    _zone(zone)
    console = Console(stderr=True)
    with _opened(tenant) as (database, tenant_id, now_ms), Progress(console=console, transient=True) as bar:
        task = bar.add_task("Importing", total=None)
        result = logic.import_readings(
            database,
            tenant_id,
            file,
            gateway,
            zone,
            now_ms,
            rehearse=dry_run,
            progress=lambda done, total: bar.update(task, completed=done, total=total),
        )
    for note in result.notes:
        click.echo(f"Note: {note}", err=True)
    _tell(f"{result.readings} readings ({result.kind})", dry_run)
    if not dry_run:
        click.echo(f"Stored {result.stored}, duplicates {result.duplicates}, conflicts {result.conflicts}.")


def _tell(what: str, dry_run: bool) -> None:
    click.echo(f"{what} would be imported; nothing was written." if dry_run else f"Imported {what}.")


@contextmanager
def _opened(slug: str | None) -> Iterator[tuple[Database, uuid.UUID, int]]:
    """The database, the tenant and now."""
    settings = load_settings()
    with closing(Database(settings.resolved_database_url())) as database:
        with database.read() as session:
            tenant_id = identity.tenant_named(session, slug or _only_tenant(session)).id
        yield database, tenant_id, clock_of(settings)()


def _only_tenant(session: Session) -> str:
    slugs = identities.tenant_slugs(session)
    if len(slugs) != 1:
        known = ", ".join(slugs) or "none yet"
        fault = FieldFault(
            "--tenant", f"is missing, and there is not just one tenant ({known}).", "Give --tenant SLUG."
        )
        raise InvalidInput("Whose is this file?", faults=[fault])
    return slugs[0]


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        fault = FieldFault("--zone", f"{name!r} is not a time zone.", "Give one such as Asia/Bangkok.")
        raise InvalidInput("The zone is not known.", faults=[fault]) from error
