"""`coldchain tenant add`."""

import re

import click

from services.clock import wall_clock_ms
from services.commands.database import opened
from services.errors import FieldFault, InvalidInput
from services.identity import logic

SLUG = re.compile(r"[A-Za-z0-9_-]{1,64}")
"""A level of an MQTT topic, which a tenant's slug becomes."""


@click.group()
def tenant() -> None:
    """Growers' groups and exporters whose records nobody else sees."""


@tenant.command(name="add")
@click.argument("slug")
@click.option("--name", help="The name that people read; the slug where none is given.")
def add_command(slug: str, name: str | None) -> None:
    """Add the tenant SLUG."""
    if not SLUG.fullmatch(slug):
        fault = FieldFault("SLUG", f"is {slug!r}.", "Use 1 to 64 letters, digits, `_` and `-`.")
        raise InvalidInput("The slug can't be part of a topic.", faults=[fault])
    with opened() as database, database.write() as session:
        added = logic.add_tenant(session, slug, name or slug, wall_clock_ms())
    click.echo(
        f"Added tenant {slug} ({added.id}). Next: `coldchain user add --tenant {slug} --role admin "
        "--email ADDRESS --name NAME` for a person, or `coldchain key add` for a machine."
    )
