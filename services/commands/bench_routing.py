"""`coldchain bench routing`: how good plans are, on files of the literature and on generated collection days."""

import json
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import get_args

import click
from rich.console import Console
from rich.table import Table

from routing.benchmark.days import DayRules, collection_day
from routing.benchmark.measure import Measured, measure
from routing.benchmark.peers import PEERS
from routing.benchmark.report import means
from routing.faults import Refused
from routing.files.literature_file import best_known, read_instance
from routing.kernel.warm import warm_up
from routing.plan import Engine
from routing.problem import Problem
from services.commands.solve import invalid, read
from services.errors import CheckFailed, FieldFault, InvalidInput

Task = tuple[Problem, int | None]

DEFAULT_DAYS = (100, 300, 1000)
"""What is measured when neither files nor days are asked for."""

ENGINES = tuple(name for name in get_args(Engine) if name != "greedy")


@click.command()
@click.argument("files", metavar="[FILE]...", nargs=-1, type=click.Path(dir_okay=False, path_type=Path))
@click.option("--seconds", default=10.0, show_default=True, help="Wall time for each solver on each instance.")
@click.option("--engine", type=click.Choice(ENGINES), default="auto", show_default=True, help="What searches.")
@click.option("--peers", is_flag=True, help="Also run PyVRP and VROOM, on the same core within the same seconds.")
@click.option("--generate", "sizes", metavar="N", type=click.IntRange(1, 20_000), multiple=True,
              help="Also measure a generated collection day of N pick-ups; may be repeated.")  # fmt: skip
@click.option("--rules", type=click.Choice([rule.value for rule in DayRules]), default=DayRules.CORE.value,
              show_default=True, help="What the generated days ask for.")  # fmt: skip
@click.option("--seed", default=1, show_default=True, help="Where chance starts: of generated days and of searches.")
@click.option("--seeds", default=1, show_default=True, type=click.IntRange(1, 100),
              help="So many seeds from --seed on: each searches the files and makes days of its own.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def routing(
    files: tuple[Path, ...],
    seconds: float,
    engine: Engine,
    peers: bool,
    sizes: tuple[int, ...],
    rules: str,
    seed: int,
    seeds: int,
    as_json: bool,
) -> None:
    """Measure the router on VRPLIB (CVRP) and Solomon or Gehring–Homberger (VRPTW) FILEs, or on generated days.

    Distances of VRPTW files are ten times the Euclidean ones, truncated; the objective is distance. Cost and
    feasibility are recomputed by a check that shares nothing with the solvers. A best known cost is taken from NAME.sol
    or bks.json beside the file. Exit code 1: a plan of ours was not feasible.
    """
    if not 0 < seconds <= 3600:
        raise InvalidInput("--seconds is out of range.", faults=[_seconds_fault(seconds)])
    if not files and not sizes:
        sizes = DEFAULT_DAYS
    from_files = list(_from_files(files))
    warm_up()
    solvers = [engine, *(PEERS if peers else ())]
    measured: list[Measured] = []
    for chance in range(seed, seed + seeds):
        for problem, best in (*from_files, *_generated(sizes, DayRules(rules), chance)):
            for solver in solvers:
                measured.append(_measured(problem, solver, seconds, chance, best))
                if not as_json:
                    _say(measured[-1])
    if as_json:
        click.echo(json.dumps({"results": [asdict(one) for one in measured], "means": means(measured)}))
    else:
        _summary(measured)
    broken = [one for one in measured if one.solver not in PEERS and not one.feasible]
    if broken:
        raise CheckFailed(f"{broken[0].solver} has no feasible plan for {broken[0].instance}: {broken[0].note}")


def _seconds_fault(seconds: float) -> FieldFault:
    return FieldFault("--seconds", f"{seconds} is out of range.", "Give more than 0 and at most 3600.")


def _from_files(files: tuple[Path, ...]) -> Iterator[Task]:
    for path in files:
        try:
            yield read_instance(read(path)), best_known(path)
        except Refused as refused:
            raise invalid(str(path), refused) from None


def _generated(sizes: tuple[int, ...], rules: DayRules, seed: int) -> Iterator[Task]:
    for size in sizes:
        yield collection_day(size, seed, rules), None


def _measured(problem: Problem, solver: str, seconds: float, seed: int, best: int | None) -> Measured:
    try:
        return measure(problem, solver, seconds, seed, best)
    except Refused as refused:
        raise invalid(problem.name, refused) from None
    except ImportError as missing:
        raise InvalidInput(f"{solver} is not installed ({missing.name}); install the dev extras.") from None


def _say(one: Measured) -> None:
    """One line, so that a long run shows where it is."""
    gap = "" if one.gap_pct is None else f" gap {one.gap_pct:+.2f}%"
    cost = one.note or "infeasible" if one.cost is None else f"cost {one.cost}{gap}, {one.routes} routes"
    first = "" if one.first_solution_s is None else f", first answer {one.first_solution_s:.3f} s"
    click.echo(f"{one.instance} · {one.solver} · seed {one.seed}: {cost}, {one.seconds:.1f} s{first}")
    sys.stdout.flush()


def _summary(measured: list[Measured]) -> None:
    table = Table("solver", "instances", "feasible", "mean gap %", "cost against ours %", "first answer s")
    for row in means(measured):
        table.add_row(
            str(row["solver"]),
            str(row["runs"]),
            str(row["feasible"]),
            "–" if row["mean_gap_pct"] is None else f"{row['mean_gap_pct']:.2f}",
            "–" if row["against_ours_pct"] is None else f"{row['against_ours_pct']:+.2f}",
            "–" if row["latest_first_solution_s"] is None else f"{row['latest_first_solution_s']:.3f}",
        )
    Console().print(table)
