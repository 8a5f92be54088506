"""`coldchain check`: is this plan feasible for this problem, and does it cost what it says?"""

import json
from pathlib import Path

import click

from routing.check import Verdict
from routing.check import check as examine
from routing.document import read_plan, read_problem
from routing.faults import Refused
from routing.road_network import TravelUnavailable
from routing.travel import matrices
from routing.validate import validate
from services.commands.solve import baht, invalid, read, travel
from services.errors import CheckFailed, Unavailable


@click.command()
@click.argument("problem_file", metavar="PROBLEM.json", type=click.Path(dir_okay=False, path_type=Path))
@click.argument("plan_file", metavar="PLAN.json", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print the verdict as one JSON document on standard output.")
def check(problem_file: Path, plan_file: Path, as_json: bool) -> None:
    """Drive PLAN.json again stop by stop under every rule of PROBLEM.json.

    Shares no code with the engines that make plans. Exit code 1: the plan breaks a rule, each violation is named.
    """
    try:
        problem = read_problem(read(problem_file))
        validate(problem)
    except Refused as refused:
        raise invalid(str(problem_file), refused) from None
    try:
        plan = read_plan(read(plan_file))
    except Refused as refused:
        raise invalid(str(plan_file), refused) from None
    try:
        verdict = examine(problem, plan, matrices(problem, travel()))
    except TravelUnavailable as unavailable:
        raise Unavailable(str(unavailable)) from None
    if as_json:
        click.echo(json.dumps(document(verdict), ensure_ascii=False))
    else:
        for violation in verdict.violations:
            click.echo(str(violation))
        for lot in verdict.mandatory_left:
            click.echo(f"mandatory lot {lot} is left behind")
    if not verdict.feasible:
        raise CheckFailed(f"{plan_file} breaks {len(verdict.violations)} rules of {problem_file}.")
    if not as_json:
        click.echo(f"Feasible: {len(plan.routes)} routes, {baht(verdict.costs.total)} baht.")


def document(verdict: Verdict) -> dict[str, object]:
    """The verdict for machines: feasible, cost_satang, violations, mandatory_left."""
    return {
        "feasible": verdict.feasible,
        "cost_satang": verdict.costs.total,
        "violations": [
            {"rule": v.rule.value, "truck": v.truck, "stop": v.stop, "pickup": v.pickup, "detail": v.detail}
            for v in verdict.violations
        ],
        "mandatory_left": list(verdict.mandatory_left),
    }
