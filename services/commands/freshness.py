"""`coldchain freshness`: the worker, and what an operator does with accounts and calibration."""

import json
import signal
import threading
from contextlib import closing
from dataclasses import asdict

import click

from services.clock import clock_of
from services.commands.database import opened
from services.db.acting import Acting, acting_as
from services.db.engine import Database
from services.errors import CheckFailed, InvalidInput
from services.evidence.checking import Checked, check_accounts
from services.evidence.refitting import Refit, refit_life
from services.identity.logic import tenant_named
from services.logs import configure_logs
from services.settings import load_settings
from services.workers.freshness import FreshnessWorker
from services.workers.watchdog import Watchdog
from telemetry.freshness import UnknownCommodity, load_catalogue

TENANT = click.option("--tenant", required=True, help="The tenant's slug.")
JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")


@click.group(invoke_without_command=True)
@click.pass_context
def freshness(context: click.Context) -> None:
    """Assess lots and shipments as readings come and time passes, and tell of what has gone silent, until stopped.

    The subcommands check what is kept against the readings, and use what inspections say.
    """
    if context.invoked_subcommand is None:
        _work()


@freshness.command()
@TENANT
@JSON
def verify(tenant: str, as_json: bool) -> None:
    """Replay every kept account from its readings: are they the same, to the bit? Exit 1 when one is not."""
    checked = _checked(tenant, rebuild=False)
    _tell(checked, as_json)
    if checked.wrong:
        raise CheckFailed(
            f"{len(checked.wrong)} accounts are not what their readings say: {', '.join(checked.wrong[:10])}."
            f" Run `coldchain freshness rebuild --tenant {tenant}`."
        )


@freshness.command()
@TENANT
@JSON
def rebuild(tenant: str, as_json: bool) -> None:
    """Take away the kept accounts that differ from their readings; the worker makes them anew."""
    _tell(_checked(tenant, rebuild=True), as_json)


@freshness.command()
@TENANT
@JSON
@click.option("--commodity", "commodity_id", required=True, help="Its `commodity_id`.")
@click.option("--exporter", help="Use this exporter's inspections alone.")
@click.option("--by", required=True, help="Who decides it.")
@click.option("--why", required=True, help="What it rests on besides the inspections.")
@click.option("--dry-run", is_flag=True, help="Tell what would be stored, and store nothing.")
def refit(
    *, tenant: str, commodity_id: str, exporter: str | None, by: str, why: str, dry_run: bool, as_json: bool
) -> None:
    """Let a commodity's reference life follow the tenant's inspections: one new version of an own figure."""
    settings = load_settings()
    with opened() as database:
        with database.read() as session:
            tenant_id = tenant_named(session, tenant).id
        with acting_as(Acting(f"command freshness refit ({by})", tenant_id)), database.write() as session:
            try:
                done = refit_life(
                    session,
                    tenant_id,
                    load_catalogue(),
                    commodity_id,
                    exporter=exporter,
                    by=by,
                    why=why,
                    now_ms=clock_of(settings)(),
                    store=not dry_run,
                )
            except (UnknownCommodity, ValueError) as fault:
                raise InvalidInput(f"Nothing to refit: {fault}.") from fault
    _print_refit(done, as_json, dry_run)


def _work() -> None:
    settings = load_settings()
    configure_logs(settings)
    with closing(Database(settings.resolved_database_url())) as database:
        worker, watchdog = FreshnessWorker(database, clock_of(settings)), Watchdog(database, clock_of(settings))
        watchdog.stop = worker.stop
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: worker.stop.set())
        watching = threading.Thread(target=watchdog.run, name="watchdog", daemon=True)
        watching.start()
        worker.run()
        watching.join()


def _checked(tenant: str, *, rebuild: bool) -> Checked:
    settings = load_settings()
    with opened() as database:
        with database.read() as session:
            tenant_id = tenant_named(session, tenant).id
        return check_accounts(database, tenant_id, load_catalogue(), clock_of(settings)(), rebuild=rebuild)


def _tell(checked: Checked, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(asdict(checked)))
        return
    click.echo(f"{checked.checked} accounts replayed, {len(checked.wrong)} differ, {checked.waiting} wait for readings")
    for code in checked.wrong:
        click.echo(f"  {code}")


def _print_refit(done: Refit, as_json: bool, dry_run: bool) -> None:
    if as_json:
        click.echo(json.dumps(asdict(done), ensure_ascii=False))
        return
    what = "Would store" if dry_run else f"Stored version {done.version}:"
    click.echo(
        f"{what} {done.commodity_id} reference_life_days {done.life_before_days:g} -> {done.life_after_days:g}, from "
        f"{done.followed} followed inspections with a median of {done.median_fold:.2f} times the observed life"
    )
