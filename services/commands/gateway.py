"""`coldchain gateway add|list|revoke|test`."""

import json
from urllib.parse import quote

import click

from services.clock import to_rfc3339, wall_clock_ms
from services.db.engine import Database
from services.devices import logic, store
from services.errors import CheckFailed, Unavailable
from services.identity.logic import tenant_named
from services.settings import load_settings
from services.workers.broker import own_broker_url
from telemetry.gateway.trial import BrokerAway, TrialFailed, trial
from telemetry.topics import bridge_filter

TENANT = click.option("--tenant", required=True, help="The tenant's slug.")


@click.group()
def gateway() -> None:
    """Boxes in the field that publish readings."""


@gateway.command(name="add")
@click.argument("name")
@TENANT
@click.option("--bridge", type=click.Choice(logic.BRIDGES), help="It is a LoRaWAN network server of this kind.")
@click.option("--application", help="With --bridge: the ChirpStack application's id, or The Things Stack's app@tenant.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def add_command(*, name: str, tenant: str, bridge: str | None, application: str | None, as_json: bool) -> None:
    """Let the gateway NAME in and print its credentials, once. One that was revoked is let in again.

    With --bridge, NAME stands for a network server, which publishes the uplinks of --application on its own topics.
    """
    if (bridge is None) != (application is None):
        raise click.UsageError("--bridge and --application belong together.")
    now_ms = wall_clock_ms()
    with Database(load_settings().resolved_database_url()).write() as session:
        owner = tenant_named(session, tenant)
        issued = logic.add_gateway(session, owner.id, tenant, name, now_ms)
        if bridge and application:
            logic.add_bridge(session, owner.id, issued.gateway, bridge, application, now_ms)
    topic = bridge_filter(bridge, application) if bridge and application else f"coldchain/v1/{tenant}/{name}/up"
    if as_json:
        document = {
            "username": issued.username,
            "password": issued.password,
            "client_id": f"{tenant}-{name}",
            "topic": topic,
        }
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


@gateway.command(name="bridge")
@click.argument("name")
@TENANT
@click.option("--from", "server", type=click.Choice(logic.BRIDGES), required=True, help="The network server's kind.")
@click.option("--application", required=True, help="ChirpStack: the application's id. The Things Stack: app@tenant.")
@click.option("--remove", is_flag=True, help="Take the bridge away instead.")
def bridge_command(*, name: str, tenant: str, server: str, application: str, remove: bool) -> None:
    """Let one more application's uplinks count as those of the gateway NAME, which may then publish them."""
    with Database(load_settings().resolved_database_url()).write() as session:
        owner = tenant_named(session, tenant).id
        if remove:
            logic.remove_bridge(session, owner, name, server, application)
        else:
            row = logic.gateway_named(session, owner, name)
            logic.add_bridge(session, owner, row, server, application, wall_clock_ms())
    click.echo(f"{'Removed' if remove else 'Bridged'} {bridge_filter(server, application)}.")


@gateway.command(name="revoke")
@click.argument("name")
@TENANT
def revoke_command(*, name: str, tenant: str) -> None:
    """Shut the gateway NAME out: the embedded broker cuts its connection within two seconds."""
    with Database(load_settings().resolved_database_url()).write() as session:
        logic.revoke_gateway(session, tenant_named(session, tenant).id, name, wall_clock_ms())
    click.echo(f"Revoked {name}.")


@gateway.command(name="test")
@click.argument("name")
@TENANT
@click.option("--password", envvar="GATEWAY_PASSWORD", prompt=True, hide_input=True, help="The gateway's.")
@click.option("--broker-url", help="mqtt://host:port or mqtts://host:port; by default the broker of this machine.")
@click.option("--wait", "within_s", default=10.0, show_default=True, help="Seconds to wait for the receipt.")
def test_command(*, name: str, tenant: str, password: str, broker_url: str | None, within_s: float) -> None:
    """Connect as the gateway NAME, send a message without readings, and wait for its receipt.

    Exit 0: the whole way works. 1: it does not, and where. 3: there is no broker.
    """
    url = broker_url or own_broker_url(load_settings())
    if url is None:
        raise Unavailable("There is no broker on this machine; start `coldchain broker`, or give --broker-url.")
    scheme, _, where = url.partition("://")
    login = f"{quote(f'{tenant}/{name}', safe='')}:{quote(password, safe='')}"
    try:
        receipt = trial(f"{scheme}://{login}@{where}", tenant, name, within_s)
    except BrokerAway as error:
        raise Unavailable(f"{error}.") from error
    except TrialFailed as error:
        raise CheckFailed(f"{error}.") from error
    click.echo(f"{name} reaches the database. Receipt: {json.dumps(receipt)}")
