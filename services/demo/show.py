"""Runs a staged day to its evening, shows it while it runs, and reckons at the end."""

import threading
import time
from collections.abc import Callable
from types import TracebackType

from rich.console import Console
from rich.live import Live

from services.demo import tally
from services.demo.board import Journal, RunLine, Standing, render
from services.demo.reckoning import Done, Reckoning, reckon
from services.demo.stage import Stage
from services.demo.timeline import Stopped
from services.errors import Unavailable

REFRESH_EVERY_S = 0.5
SETTLE_WITHIN_S = 60.0
STOP_WITHIN_S = 3.0
SETTLED_LOOKS = 3
"""So many looks in a row must find nothing left to do."""


class DayThread(threading.Thread):
    """The day on its own thread, since paho and the API block; `outcome` raises what it raised."""

    def __init__(self, run: Callable[[], None]) -> None:
        super().__init__(name="day", daemon=True)
        self._run = run
        self._error: BaseException | None = None

    def run(self) -> None:
        try:
            self._run()
        except Stopped:
            return
        except BaseException as error:  # noqa: BLE001  # carried over to the thread that waits, not passed over
            self._error = error

    def outcome(self) -> None:
        """Return when the day has ended well, raise what ended it otherwise."""
        self.join()
        if self._error is not None:
            raise self._error


def run_day(stage: Stage, journal: Journal, console: Console, *, board: bool) -> None:
    """Run the day to its evening and until all of it is stored and assessed; shown as by `watch`."""

    def work() -> None:
        stage.day.run()
        settle(stage)

    watch(stage, journal, console, work, board=board)


def watch(stage: Stage, journal: Journal, console: Console, work: Callable[[], None], *, board: bool) -> None:
    """Show the demo while ``work`` runs on its own thread: the board on a terminal, the journal's lines elsewhere.

    Raises what ``work`` raises; stops it at Ctrl-C.
    """
    thread = DayThread(work)
    thread.start()
    try:
        with Live(console=console, screen=False, auto_refresh=False) if board else _Lines(console, journal) as shown:
            while thread.is_alive():
                if isinstance(shown, Live):
                    shown.update(render(standing(stage), journal, stage.page_url, console.height), refresh=True)
                else:
                    shown.catch_up()
                thread.join(REFRESH_EVERY_S)
            if isinstance(shown, Live):
                shown.update(render(standing(stage), journal, stage.page_url, console.height), refresh=True)
    except BaseException:
        stage.day.timeline.stop()
        # it may be waiting for a plan or for an API that has ended with the same Ctrl-C: it must not hold anyone up
        thread.join(STOP_WITHIN_S)
        raise
    thread.outcome()


class _Lines:
    """The journal as plain lines, for logs."""

    def __init__(self, console: Console, journal: Journal) -> None:
        self._console = console
        self._journal = journal
        self._told = 0

    def __enter__(self) -> "_Lines":
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.catch_up()

    def catch_up(self) -> None:
        """Print what was noted since."""
        for line in self._journal.since(self._told):
            self._console.print(line, highlight=False, markup=False, soft_wrap=True)
            self._told += 1


def standing(stage: Stage) -> Standing:
    """What the board shows now."""
    day, now_ms = stage.day, stage.clock()
    with stage.database.read() as session:
        counted = tally.tally(session, stage.tenant_id)
        job = tally.latest_job(session, stage.tenant_id)
        hottest = tally.hottest_lots(session, stage.tenant_id)
    loaded = frozenset(day.collection.loaded)
    pace = stage.clock.pace()
    return Standing(
        now_ms=now_ms,
        speed=pace.speed if pace else 1,
        share=min(1.0, max(0.0, (now_ms - day.starts_at_ms) / (day.ends_at_ms - day.starts_at_ms))),
        figures=stage.truth.figures(),
        stored=counted.readings,
        gateways=len(day.gateways()),
        online=stage.network.online(),
        dead_letters=counted.dead_letters,
        lots=counted.lots,
        plan="none yet" if job is None else job.state,
        plan_progress=job.progress if job is not None and job.state in {"queued", "running"} else None,
        best_cost_satang=job.best_cost_satang if job is not None else None,
        runs=tuple(
            RunLine(
                truck=run["truck"],
                hub=run["hub"],
                loaded=sum(stop["lot"] in loaded for stop in run["stops"]),
                stops=len(run["stops"]),
                delivered=all(stop["lot"] in day.collection.delivered for stop in run["stops"]),
            )
            for run in day.collection.runs
        ),
        shipments=counted.shipments,
        hottest=tuple(hottest),
    )


def settle(stage: Stage) -> None:
    """Stop the clock and wait until all that was sent is stored and assessed.

    Raises Unavailable when that takes too long; what is missing then shows in the reckoning as well.
    """
    stage.day.timeline.freeze()
    deadline_s = time.monotonic() + SETTLE_WITHIN_S
    quiet = 0
    while quiet < SETTLED_LOOKS:
        with stage.database.read() as session:
            missing = stage.truth.figures().unique - tally.readings_stored(session, stage.tenant_id)
            behind = tally.awaiting_freshness(session, stage.tenant_id)
        unanswered = stage.network.unanswered()
        quiet = quiet + 1 if missing <= 0 and unanswered == 0 and behind == 0 else 0
        if time.monotonic() > deadline_s:
            raise Unavailable(
                f"After {SETTLE_WITHIN_S:g} s {unanswered} messages are not answered by the broker, {missing} readings "
                f"are not stored and {behind} sensors wait to be assessed; see the logs."
            )
        stage.day.timeline.check()
        time.sleep(REFRESH_EVERY_S / 2)


def reckoning(stage: Stage) -> Reckoning:
    """The summary of the day, held against SQL."""
    collection = stage.day.collection
    verdicts = {
        shipment["code"]: str(stage.office.freshness(shipment["code"])["verdict"])
        for shipment in stage.office.shipments()
    }
    done = Done(
        figures=stage.truth.figures(),
        lots=len(stage.day.scenario.lots),
        runs=len(collection.runs),
        cancelled=sum(run["state"] == "cancelled" for run in collection.runs),
        collected=len(collection.loaded),
        delivered=len(collection.delivered),
        unserved=collection.left,
        shipments=verdicts,
        story=tuple(stage.day.story.lines(stage.base_url)),
        repair_seconds=stage.day.story.repair_seconds,
    )
    with stage.database.read() as session:
        counted = tally.tally(session, stage.tenant_id)
        stored = tally.values_stored(session, stage.tenant_id)
    return reckon(done, counted, stage.truth.values(), stored)
