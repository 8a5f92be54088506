"""`coldchain planner`."""

import logging
import os
import signal
import subprocess
import sys
import threading

import click

from routing.kernel.warm import warm_up
from services.clock import clock_of
from services.db.engine import Database
from services.logs import configure_logs
from services.settings import load_settings
from services.travel import travel_provider
from services.workers.dispatcher import Dispatcher
from services.workers.planner import Planner

log = logging.getLogger(__name__)

POLL_S = 0.1


@click.command()
def planner() -> None:
    """Work on plan jobs, and repair published plans that break, until stopped; run as many as there are cores."""
    settings = load_settings()
    configure_logs(settings)
    travel = travel_provider(settings.travel_url, settings.data_dir / "travel")
    database = Database(settings.resolved_database_url())
    worker = Planner(database, clock_of(settings), settings.plan_seconds, travel=travel)
    dispatcher = Dispatcher(database, clock_of(settings), travel=travel)

    def stop(*_: object) -> None:
        worker.stop.set()
        dispatcher.stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    _compile_ahead(worker.stop)
    warm_up()  # what was compiled is loaded, so that the first answer of a large day comes at once
    # a thread of its own: a plan that takes minutes must not keep a repair waiting; both search in child processes
    watching = threading.Thread(target=dispatcher.run, name="dispatcher")
    watching.start()
    worker.run()
    watching.join()


def _compile_ahead(stopped: threading.Event) -> None:
    # in a process of its own: the compiler's memory goes with it, and no plan's time is spent on compiling
    script = f"from services.child import end_with_parent; end_with_parent({os.getpid()})"
    script += "; from routing.kernel.warm import warm_up; warm_up()"
    with subprocess.Popen([sys.executable, "-c", script]) as compiling:
        while compiling.poll() is None:
            if stopped.wait(POLL_S):
                compiling.terminate()
    if compiling.returncode and not stopped.is_set():
        log.warning("The kernel could not be compiled ahead (exit code %d); plans start slower.", compiling.returncode)
