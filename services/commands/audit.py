"""`coldchain audit checkpoint|verify|export`."""

import json
from pathlib import Path
from typing import Any

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from services.audit import logic
from services.audit.checkpoint import Checkpoint, make_checkpoint, public_text, read_checkpoint
from services.clock import wall_clock_ms
from services.commands.audit_bundle import verify_bundle, write_bundle
from services.commands.database import opened
from services.db.chain import Chain
from services.db.checking import BrokenChainError
from services.db.tables import INSTALLATION
from services.errors import CheckFailed
from services.identity.logic import tenant_named
from services.identity.tables import Tenant
from services.readings.verification import verify_readings
from services.settings import load_settings

PUBLIC_KEY = click.option("--public-key", help="The key that must have signed it; default: this installation's.")


@click.group()
def audit() -> None:
    """The record of changes and readings: sign it, export it, and find what was tampered with."""


@audit.command()
@click.argument("file", type=click.Path(dir_okay=False, writable=True, path_type=Path), required=False)
def checkpoint(file: Path | None) -> None:
    """Sign where every chain stands now, into FILE or to standard output; keep it away from this machine."""
    settings = load_settings()
    with opened() as database, database.read() as session:
        document = make_checkpoint(logic.audit_key(settings), logic.states_of_all(session), wall_clock_ms())
    content = json.dumps(document, indent=2, ensure_ascii=False)
    if file is None:
        click.echo(content)
        return
    file.write_text(content + "\n", encoding="utf-8")
    click.echo(
        f"Signed {len(document['chains'])} chains into {file}; the public key is {document['public_key']}.", err=True
    )


@audit.command(name="key")
def key_command() -> None:
    """Print the public key under which checkpoints are signed: hand it to those who verify."""
    click.echo(public_text(logic.audit_key(load_settings())))


@audit.command()
@click.option("--checkpoint", "files", multiple=True, type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help="Also hold the record against this checkpoint; may be repeated.")  # fmt: skip
@click.option("--bundle", type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help="Verify an exported bundle, which needs no database.")  # fmt: skip
@click.option("--tenant", help="Only this tenant; default: all.")
@PUBLIC_KEY
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def verify(
    *, files: tuple[Path, ...], bundle: Path | None, tenant: str | None, public_key: str | None, as_json: bool
) -> None:
    """Follow every chain from its first link; exit 1 naming the first record that does not hold."""
    if bundle is not None:
        _tell(verify_bundle(bundle, public_key), as_json=as_json)
        return
    if files and public_key is None:
        public_key = public_text(logic.audit_key(load_settings()))
    checkpoints = [read_checkpoint(file.read_text(encoding="utf-8"), public_key) for file in files]
    with opened() as database, database.read() as session:
        if tenant is None:
            tenants = {row.slug: row.id for row in session.scalars(select(Tenant).order_by(Tenant.slug))}
            tenants["(installation)"] = INSTALLATION
        else:
            tenants = {tenant: tenant_named(session, tenant).id}
        _tell([_verified(session, slug, identity, checkpoints) for slug, identity in tenants.items()], as_json=as_json)


@audit.command()
@click.argument("file", type=click.Path(dir_okay=False, writable=True, path_type=Path))
@click.option("--tenant", required=True, help="Whose record.")
@click.option("--readings/--no-readings", default=True, show_default=True, help="With every reading that is sealed.")
def export(*, file: Path, tenant: str, readings: bool) -> None:
    """Write a tenant's whole record with a signed checkpoint into FILE, to be verified anywhere."""
    settings = load_settings()
    with opened() as database, database.read() as session:
        tenant_id = tenant_named(session, tenant).id
        lines = write_bundle(
            session, tenant_id, file, logic.audit_key(settings), wall_clock_ms(), with_readings=readings
        )
    click.echo(
        f"Wrote {lines} records to {file}. Verify: coldchain audit verify --bundle {file} --public-key KEY", err=True
    )


def _verified(session: Session, slug: str, tenant_id: Any, checkpoints: list[Checkpoint]) -> dict[str, Any]:
    click.echo(f"{slug}: ...", err=True)
    try:
        chain = Chain.CHANGES
        entries = logic.verify_changes(session, tenant_id, _signed(checkpoints, tenant_id, chain))
        chain = Chain.READINGS
        sealed = verify_readings(session, tenant_id, _signed(checkpoints, tenant_id, chain))
    except BrokenChainError as error:
        raise CheckFailed(f"{slug}, chain of {chain}: {error.wrong}: {error.detail}.") from error
    return {
        "tenant": slug,
        "changes": entries,
        "batches": sealed.batches,
        "readings": sealed.readings,
        "dropped": sealed.dropped,
    }


def _signed(checkpoints: list[Checkpoint], tenant_id: Any, chain: Chain) -> dict[int, bytes]:
    signed: dict[int, bytes] = {}
    for one in checkpoints:
        signed |= one.signed(tenant_id, chain)
    return signed


def _tell(parts: list[dict[str, Any]], *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({"ok": True, "chains": parts}, indent=2))
        return
    for part in parts:
        dropped = f", {part['dropped']} of them past their retention" if part["dropped"] else ""
        click.echo(
            f"{part['tenant']}: {part['changes']} changes hold; {part['readings']} readings in {part['batches']}"
            f" batches hold{dropped}."
        )
