"""`coldchain key add|list|revoke`."""

import json

import click

from services.clock import to_rfc3339, wall_clock_ms
from services.commands.database import opened
from services.identity import logic, store
from services.identity.logic import Role
from services.identity.scope import WHOLE_TENANT, Scope

DAY_MS = 86_400_000
TENANT = click.option("--tenant", required=True, help="The tenant's slug.")


@click.group()
def key() -> None:
    """Keys that people and machines sign in with."""


@key.command(name="add")
@click.argument("name")
@TENANT
@click.option("--role", type=click.Choice([role.value for role in Role]), required=True, help="What the key may do.")
@click.option("--gateway", help="The gateway that this key is for; with the role gateway only.")
@click.option("--exporter", help="Role exporter: whose demands and shipments the key opens.")
@click.option("--truck", "trucks", multiple=True, help="Role driver: code of a truck whose runs the key opens.")
@click.option("--village", "villages", multiple=True, help="Role grower: code of a village whose lots the key opens.")
@click.option("--whole-tenant", is_flag=True, help="Such a role, but for everybody's records: for a machine of yours.")
@click.option("--days", type=click.IntRange(1, 3650), help="Days until the key expires; without it, it does not.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def add_command(
    *,
    name: str,
    tenant: str,
    role: str,
    gateway: str | None,
    exporter: str | None,
    trucks: tuple[str, ...],
    villages: tuple[str, ...],
    whole_tenant: bool,
    days: int | None,
    as_json: bool,
) -> None:
    """Make a key called NAME and print it, once."""
    now_ms = wall_clock_ms()
    named = Scope(exporter, frozenset(trucks) if trucks else None, frozenset(villages) if villages else None)
    with opened() as database, database.write() as session:
        issued = logic.add_key(
            session,
            logic.tenant_named(session, tenant).id,
            name=name,
            role=Role(role),
            now_ms=now_ms,
            gateway=gateway,
            expires_at_ms=now_ms + days * DAY_MS if days else None,
            scope=named if whole_tenant or named != WHOLE_TENANT else None,
        )
    if as_json:
        click.echo(json.dumps({"id": issued.id, "key": issued.text}))
        return
    click.echo("Keep this key now, it is not shown again:", err=True)
    click.echo(issued.text)


@key.command(name="list")
@TENANT
def list_command(*, tenant: str) -> None:
    """List the keys of a tenant: id, role, name, last use and state."""
    with opened() as database, database.read() as session:
        now_ms = wall_clock_ms()
        for row in store.keys(session, logic.tenant_named(session, tenant).id):
            used = to_rfc3339(row.last_used_at_ms) if row.last_used_at_ms else "never used"
            click.echo(f"{row.id}  {row.role:<12} {row.name:<30} {used:<24} {logic.state_of(row, now_ms)}")


@key.command(name="revoke")
@click.argument("key_id")
@TENANT
def revoke_command(*, tenant: str, key_id: str) -> None:
    """Revoke the key KEY_ID: its next request is refused."""
    with opened() as database, database.write() as session:
        logic.revoke_key(session, logic.tenant_named(session, tenant).id, key_id, wall_clock_ms())
    click.echo(f"Revoked {key_id}.")
