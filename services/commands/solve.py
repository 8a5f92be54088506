"""`coldchain solve`: a problem file in, the best plan out."""

import json
import signal
import threading
from pathlib import Path
from typing import Any, get_args

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from routing.document import read_problem, write_plan
from routing.faults import Refused
from routing.moments import clock
from routing.plan import Engine, Plan
from routing.problem import Problem
from routing.road_network import TravelUnavailable
from routing.search import Progress as Better
from routing.search import solve as search
from routing.travel import TravelProvider
from services.errors import FieldFault, InvalidInput, Unavailable
from services.settings import load_settings
from services.travel import travel_provider


def read(path: Path) -> bytes:
    """A file's bytes.

    Raises:
        InvalidInput: it can't be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise InvalidInput(f"{path} can't be read: {error.strerror}.") from None


def travel() -> TravelProvider | None:
    """The road router that the settings name, if any."""
    settings = load_settings()
    return travel_provider(settings.travel_url, settings.data_dir / "travel")


def invalid(path: str, refused: Refused) -> InvalidInput:
    """The router's refusal as the error that users see."""
    faults = [FieldFault(fault.pointer, fault.detail, fault.remedy) for fault in refused.faults]
    return InvalidInput(f"{path} can't be used as a {refused.what}.", faults=faults)


@click.command()
@click.argument("problem_file", metavar="PROBLEM.json", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "-o", "--output", metavar="PLAN.json", type=click.Path(dir_okay=False, path_type=Path), help="Write here."
)
@click.option("--seconds", default=10.0, show_default=True, help="How long to search; kept to one second more.")
@click.option("--workers", default=1, show_default=True, help="Searches side by side, one processor core each.")
@click.option("--seed", default=0, show_default=True, help="Where chance starts.")
@click.option("--engine", type=click.Choice(get_args(Engine)), default="auto", show_default=True, help="What searches.")
@click.option("--json", "as_json", is_flag=True, help="Print the plan as one JSON document on standard output.")
def solve(
    problem_file: Path, output: Path | None, seconds: float, workers: int, seed: int, engine: Engine, as_json: bool
) -> None:
    """Plan the collection runs of PROBLEM.json.

    Progress goes to standard error; Ctrl-C ends the search and keeps the best plan so far. Exit code 2: the problem has
    faults, each named with its place and remedy.
    """
    try:
        problem = read_problem(read(problem_file))
        plan = _search(problem, seconds, workers, seed, engine)
    except Refused as refused:
        raise invalid(str(problem_file), refused) from None
    except TravelUnavailable as unavailable:
        raise Unavailable(str(unavailable)) from None
    document = write_plan(plan)
    if output is not None:
        try:
            output.write_bytes(document)
        except OSError as error:
            raise InvalidInput(f"{output} can't be written: {error.strerror}.") from None
    if as_json:
        click.echo(json.dumps(json.loads(document), ensure_ascii=False))
    else:
        show(problem, plan)
        if output is not None:
            Console(stderr=True).print(f"Plan written to {output}.")


def _search(problem: Problem, seconds: float, workers: int, seed: int, engine: Engine) -> Plan:
    """Search until the time is over; Ctrl-C ends it early and keeps the best."""
    interrupted = threading.Event()
    before = signal.signal(signal.SIGINT, lambda *_: interrupted.set())
    try:
        return _follow(problem, seconds, workers, seed, engine, interrupted)
    finally:
        signal.signal(signal.SIGINT, before)


def _follow(
    problem: Problem, seconds: float, workers: int, seed: int, engine: Engine, interrupted: threading.Event
) -> Plan:
    console = Console(stderr=True)
    columns: list[Any] = [TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn()]
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("first answer", total=max(seconds, 0.001))

        def better(found: Better) -> None:
            text = f"{found.engine}: {baht(found.cost_satang)} baht, {found.trucks} trucks"
            text += f", {found.unserved} left behind" if found.unserved else ""
            bar.update(task, description=text, completed=found.seconds)

        def stop() -> bool:
            bar.update(task, completed=bar.tasks[0].elapsed or 0)
            return interrupted.is_set()

        return search(
            problem,
            seconds=seconds,
            workers=workers,
            seed=seed,
            engine=engine,
            travel=travel(),
            on_progress=better,
            stop=stop,
        )


def baht(satang: int) -> str:
    return f"{satang / 100:,.2f}"


def show(problem: Problem, plan: Plan) -> None:
    """The plan as a table for people."""
    console = Console()
    table = Table(title=problem.name or None)
    for name in ("truck", "leaves", "back", "stops", "trips", "km", "load kg", "cost baht"):
        table.add_column(name, justify="left" if name == "truck" else "right")
    weights = {pickup.id: pickup.weight_g for pickup in problem.pickups}
    for route in plan.routes:
        picked = [stop.pickup for stop in route.stops if stop.pickup is not None]
        table.add_row(
            route.truck,
            clock(route.stops[0].depart_s),
            clock(route.stops[-1].depart_s),
            str(len(picked)),
            str(sum(stop.kind == "unload" for stop in route.stops)),
            f"{route.distance_m / 1000:.1f}",
            f"{sum(weights[lot] for lot in picked) / 1000:,.0f}",
            baht(route.costs.total),
        )
    console.print(table)
    sums = plan.indicators
    console.print(
        f"{sums.served} lots on {sums.trucks} trucks, {sums.unserved} left behind; "
        f"{sums.distance_m / 1000:,.1f} km, {sums.duration_s / 3600:.1f} h, {sums.collected_g / 1000:,.0f} kg; "
        f"{baht(plan.costs.total)} baht in all (engine {plan.provenance.engine}, travel {plan.provenance.travel})."
    )
    for item in plan.unserved:
        must = " (mandatory)" if item.mandatory else ""
        hint = f" To take it: {item.relaxation}." if item.relaxation else ""
        console.print(f"  left behind: {item.pickup}{must}: {item.reason}{hint}", highlight=False)
    for advice in plan.advice:
        console.print(f"  advice: {advice}.", highlight=False)
    for note in plan.provenance.notes:
        console.print(f"  note: {note}", highlight=False)
