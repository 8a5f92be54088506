"""`coldchain bench freshness`: how well the freshness model predicts unseen published lives, and how quick it is."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import click

from services.commands.fefo_list import fefo_list
from services.commands.freshness_upkeep import upkeep
from services.errors import InvalidInput
from telemetry.freshness.commodities import load_catalogue
from telemetry.freshness.validation.cases import Use, load_cases
from telemetry.freshness.validation.document import document
from telemetry.freshness.validation.page import PAGE, pictures, with_tables
from telemetry.freshness.validation.plots import TITLES
from telemetry.freshness.validation.requirements import requirements
from telemetry.freshness.validation.score import CaseScore, breach, misses, score, select, summarise
from telemetry.freshness.validation.throughput import Measured, measure

MEASURED_ON = "mango_ndm"
"""A chilling-sensitive commodity: all of the model is at work."""


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.option("--accuracy-only", is_flag=True, help="Leave out the measurement of speed.")
@click.option(
    "--write-docs",
    "docs_dir",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Write the tables and plots of freshness-validation.md into this folder.",
)
def freshness(as_json: bool, accuracy_only: bool, docs_dir: Path | None) -> None:
    """Judge the freshness model on unseen published cases, beside two baselines, and measure its speed."""
    catalogue = load_catalogue()
    scores = score(load_cases(), catalogue)
    if docs_dir is not None:
        _write_docs(docs_dir, scores)
        return
    measured = () if accuracy_only else (*measure(catalogue.commodity(MEASURED_ON)), *upkeep(), fefo_list())
    if as_json:
        answer = document(scores, catalogue.sha256) | {"throughput": [asdict(one) for one in measured]}
        click.echo(json.dumps(answer, ensure_ascii=False, indent=2))
        return
    _print_accuracy(scores)
    _print_throughput(measured)


def _write_docs(docs_dir: Path, scores: Sequence[CaseScore]) -> None:
    page = docs_dir / PAGE
    try:
        renewed = with_tables(page.read_text(encoding="utf-8"), scores)
    except (OSError, ValueError) as fault:
        raise InvalidInput(
            f"{page} can't be renewed: {fault}. Point --write-docs at the project's docs folder."
        ) from fault
    page.write_text(renewed, encoding="utf-8")
    for name, svg in pictures(scores).items():
        (docs_dir / name).write_text(svg, encoding="utf-8")
    click.echo(f"Wrote the tables of {page} and its plots.")


def _print_accuracy(scores: Sequence[CaseScore]) -> None:
    judged = select(scores, Use.JUDGING)
    click.echo(f"{len(judged)} unseen cases\n")
    for name, title in TITLES.items():
        summary = summarise(judged, name)
        click.echo(
            f"{title:26} median fold error {summary.median_fold:.2f} of {summary.two_sided}, within x1.5 "
            f"{summary.within} of {summary.cases}, over-predicted {summary.over} of {summary.over_of}"
        )
    click.echo("")
    for one in requirements(judged):
        click.echo(f"{'met    ' if one.met else 'NOT MET'}  {one.measure}: {one.reached} (required {one.required})")
    click.echo("\nMisses, worst first:")
    for miss in misses(judged):
        comparison = miss.comparisons["model"]
        click.echo(f"  x{breach(comparison):<5.1f} {miss.case.case_id}: predicted {_figures(miss)}")


def _print_throughput(measured: Sequence[Measured]) -> None:
    if measured:
        click.echo("\nSpeed on this machine, one core:")
    for one in measured:
        beside = f"{one.baseline}: {one.baseline_value:,.1f} (x{one.times_better:,.3f})"
        click.echo(f"  {one.name}: {one.value:,.1f} {one.unit}; {beside}")


def _figures(miss: CaseScore) -> str:
    observed = [days for days in (miss.case.low_days, miss.case.high_days) if days is not None]
    days = "-".join(f"{one:g}" for one in dict.fromkeys(observed))
    return f"{miss.comparisons['model'].prediction.days:.1f} d, observed {miss.case.relation} {days} d"
