"""`coldchain user add|list|disable|reset|enter`."""

import json
import sys

import click

from services.clock import to_rfc3339, wall_clock_ms
from services.commands.database import opened
from services.errors import FieldFault, InvalidInput
from services.identity import logic, store, users
from services.identity.access import PEOPLE
from services.identity.logic import Role
from services.identity.scope import OWN_RECORDS, Scope
from services.settings import Settings, load_settings
from services.web.session import entry_path, password_path

TENANT = click.option("--tenant", required=True, help="The tenant's slug.")


@click.group()
def user() -> None:
    """People who sign in with a browser."""


@user.command(name="add")
@TENANT
@click.option("--email", required=True, help="The mail address that the person signs in with.")
@click.option("--role", type=click.Choice([role.value for role in PEOPLE]), required=True, help="What the person does.")
@click.option("--name", required=True, help="The name that the others read.")
@click.option("--exporter", help="Role exporter: whose demands and shipments the person sees, as they bear the name.")
@click.option("--truck", "trucks", multiple=True, help="Role driver: code of a truck that the person drives.")
@click.option("--village", "villages", multiple=True, help="Role grower: code of a village that the person is of.")
@click.option("--locale", type=click.Choice(users.LOCALES), default="en", show_default=True, help="Language of pages.")
@click.option("--password", "ask", is_flag=True, help="Ask for a password, or read it from the first line of stdin.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def add_command(
    *,
    tenant: str,
    email: str,
    role: str,
    name: str,
    exporter: str | None,
    trucks: tuple[str, ...],
    villages: tuple[str, ...],
    locale: str,
    ask: bool,
    as_json: bool,
) -> None:
    """Add a person, with a password or with a link, printed once, to set one."""
    now_ms, settings = wall_clock_ms(), load_settings()
    password = _asked_password() if ask else None
    scope = Scope(exporter, frozenset(trucks) if trucks else None, frozenset(villages) if villages else None)
    with opened() as database, database.write() as session:
        own = logic.tenant_named(session, tenant)
        try:
            added = users.add_user(
                session, own.id, email=email, name=name, role=Role(role), now_ms=now_ms, scope=scope, locale=locale
            )
        except InvalidInput as error:
            raise InvalidInput(error.detail, faults=[_as_option(fault) for fault in error.faults]) from error
        link = None
        if password is None:
            link = base_url(settings) + password_path(session, own.id, added.id, now_ms, users.INVITATION_LIFE_MS)
        else:
            users.set_password(session, added, tenant, password, "--password")
    if as_json:
        click.echo(json.dumps({"id": str(added.id), "email": added.email, "set_password_url": link}))
        return
    click.echo(f"Added {added.email} as {role}.", err=True)
    if link:
        click.echo("Send this link to that person; it sets a password, once, within three days:", err=True)
        click.echo(link)


@user.command(name="list")
@TENANT
def list_command(*, tenant: str) -> None:
    """List the people of a tenant: role, mail address, whose records, last sign-in and state."""
    with opened() as database, database.read() as session:
        for row in store.users(session, logic.tenant_named(session, tenant).id):
            used = to_rfc3339(row.last_sign_in_at_ms) if row.last_sign_in_at_ms else "never signed in"
            whose = row.scope.get(OWN_RECORDS.get(row.role, ""), "the whole tenant")
            whose = whose if isinstance(whose, str) else ", ".join(whose)
            state = "disabled" if row.disabled_at_ms is not None else "in force"
            click.echo(f"{row.role:<12} {row.email:<40} {whose:<30} {used:<24} {state}")


@user.command(name="disable")
@click.argument("email")
@TENANT
def disable_command(*, email: str, tenant: str) -> None:
    """Shut the person EMAIL out: the next request is refused."""
    with opened() as database, database.write() as session:
        found = users.found(session, logic.tenant_named(session, tenant).id, email)
        users.disable(session, found, wall_clock_ms())
    click.echo(f"Disabled {email}.")


@user.command(name="reset")
@click.argument("email")
@TENANT
def reset_command(*, email: str, tenant: str) -> None:
    """Print a link with which EMAIL sets a new password within half an hour; a disabled person is let in again.

    Every session of the person ends, and so does the second factor.
    """
    now_ms, settings = wall_clock_ms(), load_settings()
    with opened() as database, database.write() as session:
        found = users.found(session, logic.tenant_named(session, tenant).id, email)
        users.reset(session, found)
        link = base_url(settings) + password_path(session, found.tenant_id, found.id, now_ms)
    click.echo(link)


@user.command(name="enter")
@click.argument("email")
@TENANT
def enter_command(*, email: str, tenant: str) -> None:
    """Print a link that lets EMAIL in once, within twelve hours: for whoever has this machine."""
    now_ms, settings = wall_clock_ms(), load_settings()
    with opened() as database, database.write() as session:
        found = users.found(session, logic.tenant_named(session, tenant).id, email)
        link = base_url(settings) + entry_path(session, found.tenant_id, found.id, now_ms)
    click.echo(link)


def base_url(settings: Settings) -> str:
    """Where people reach the pages: as set, or where the API that runs on this machine says it listens."""
    if settings.public_url:
        return settings.public_url.rstrip("/")
    try:
        return str(json.loads((settings.data_dir / "api.json").read_text(encoding="ascii"))["url"])
    except (FileNotFoundError, ValueError, KeyError):
        return f"http://{settings.api_host}:{settings.api_port}"


def _asked_password() -> str:
    if sys.stdin.isatty():
        return str(click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True))
    password = sys.stdin.readline().rstrip("\r\n")
    if not password:
        raise InvalidInput(
            "No password came.", faults=[FieldFault("--password", "found no line on stdin.", "Send one.")]
        )
    return password


def _as_option(fault: FieldFault) -> FieldFault:
    """A fault of a member as one of the option that gave it."""
    option = {"/trucks": "--truck", "/villages": "--village"}.get(fault.pointer, "--" + fault.pointer.strip("/"))
    return FieldFault(option, fault.detail, fault.remedy)
