"""`coldchain demo`."""

import json
import signal
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

import click
from rich.console import Console

from services.clock import wall_clock_ms
from services.demo.board import Journal
from services.demo.day import NIGHT_FASTER
from services.demo.people import again
from services.demo.reckoning import Reckoning, lines
from services.demo.show import reckoning, run_day, watch
from services.demo.stage import Stage, stage
from services.demo.timeline import Stopped
from services.errors import CheckFailed, FieldFault, InvalidInput

SPEED = 600.0
SPEED_ONCE = 1200.0
PLAN_SECONDS = 5.0


@click.command()
@click.option(
    "--speed",
    type=click.FloatRange(min=1, max=3600),
    help=f"Simulated seconds a second; {SPEED:g}, or {SPEED_ONCE:g} with --once.",
)
@click.option("--once", is_flag=True, help="Run the day to its end without a terminal, print the summary, and end.")
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True, help="Another seed, another day.")
@click.option("--plan-seconds", type=click.FloatRange(min=1, max=60), default=PLAN_SECONDS, show_default=True)
@click.option("--keep", type=click.Path(path_type=Path), help="Keep database, broker and logs in this empty directory.")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as one JSON document.")
def demo(*, speed: float | None, once: bool, seed: int, plan_seconds: float, keep: Path | None, as_json: bool) -> None:
    """Run a whole collection day: readings over MQTT, a plan, its runs, and how fresh every shipment is.

    Everything runs on this machine and ends with this command. Exit code 1: the summary disagrees with the database.
    """
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell starts background jobs with it ignored
    journal, console = Journal(), Console(stderr=True)
    board = console.is_terminal and not once
    with ExitStack() as cleanup:
        data_dir = (
            _empty(keep) if keep else Path(cleanup.enter_context(tempfile.TemporaryDirectory(prefix="coldchain-")))
        )
        try:
            staged = cleanup.enter_context(
                stage(
                    data_dir,
                    speed=speed or (SPEED_ONCE if once else SPEED),
                    seed=seed,
                    plan_seconds=plan_seconds,
                    note=journal.note,
                    say=lambda text: console.print(f"{text} …", highlight=False),
                )
            )
            for entry in staged.entries:
                console.print(f"Pages for {_a(entry.role)}: {entry.url}", highlight=False, soft_wrap=True)
            run_day(staged, journal, console, board=board)
            summary = reckoning(staged)
            _tell(summary, as_json)
            if not once:
                _live_on(staged, journal, console, board=board)
        except (KeyboardInterrupt, Stopped):
            console.print("Stopped. Nothing is left running.")
            return
        if summary.faults:
            raise CheckFailed("The summary disagrees with the database: " + "; ".join(summary.faults))


def _live_on(staged: Stage, journal: Journal, console: Console, *, board: bool) -> None:
    """The shipments travel on until Ctrl-C, and whoever watches may publish readings of their own."""
    console.print(
        "\nThe day is over; the shipments travel on, and soon the clock is yours. Publish a reading yourself:"
    )
    for entry in again(staged.database, staged.tenant_id, staged.entries, staged.base_url):
        console.print(f"Pages for {_a(entry.role)}: {entry.url}", highlight=False, soft_wrap=True)
    console.print(staged.own_gateway.command(), highlight=False, soft_wrap=True, markup=False)
    timeline = staged.day.timeline
    timeline.go_on(timeline.speed * NIGHT_FASTER)
    watch(staged, journal, console, lambda: staged.day.live_on(wall_clock_ms), board=board)


def _a(role: str) -> str:
    return f"an {role}" if role[0] in "aeio" else f"a {role}"


def _tell(summary: Reckoning, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(summary.document(), ensure_ascii=False, indent=2))
    else:
        click.echo("\n".join(lines(summary)))


def _empty(directory: Path) -> Path:
    directory.mkdir(parents=True, exist_ok=True)
    if any(directory.iterdir()):
        fault = FieldFault("--keep", f"{directory} is not empty.", "Name a new directory, or remove what is in it.")
        raise InvalidInput("The demo starts from nothing.", faults=[fault])
    return directory.absolute()
