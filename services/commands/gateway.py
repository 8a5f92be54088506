"""`coldchain gateway add|list|revoke|test`."""

import json

import click

from services.clock import to_rfc3339, wall_clock_ms
from services.db.engine import Database
from services.devices import logic, store
from services.identity.logic import tenant_named
from services.settings import load_settings

TENANT = click.option("--tenant", required=True, help="The tenant's slug.")


@click.group()
def gateway() -> None:
    """Boxes in the field that publish readings."""


@gateway.command(name="add")
@click.argument("name")
@TENANT
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def add_command(*, name: str, tenant: str, as_json: bool) -> None:
    """Let the gateway NAME in and print its credentials, once. One that was revoked is let in again."""
    with Database(load_settings().resolved_database_url()).write() as session:
        owner = tenant_named(session, tenant)
        issued = logic.add_gateway(session, owner.id, tenant, name, wall_clock_ms())
    topic = f"coldchain/v1/{tenant}/{name}/up"
    if as_json:
        document = {"username": issued.username, "password": issued.password, "client_id": name, "topic": topic}
        click.echo(json.dumps(document))
        return
    click.echo("Keep this password now, it is not shown again:", err=True)
    click.echo(f"username  {issued.username}\npassword  {issued.password}\ntopic     {topic}")


@gateway.command(name="list")
@TENANT
def list_command(*, tenant: str) -> None:
    """List the gateways of a tenant: name, status, when last seen."""
    with Database(load_settings().resolved_database_url()).read() as session:
        for row in store.gateways(session, tenant_named(session, tenant).id):
            seen = to_rfc3339(row.last_seen_at_ms) if row.last_seen_at_ms else "never seen"
            click.echo(f"{row.name:<32} {'revoked' if row.revoked_at_ms else row.status:<8} {seen}")


@gateway.command(name="revoke")
@click.argument("name")
@TENANT
def revoke_command(*, name: str, tenant: str) -> None:
    """Shut the gateway NAME out: the embedded broker cuts its connection within two seconds."""
    with Database(load_settings().resolved_database_url()).write() as session:
        logic.revoke_gateway(session, tenant_named(session, tenant).id, name, wall_clock_ms())
    click.echo(f"Revoked {name}.")
