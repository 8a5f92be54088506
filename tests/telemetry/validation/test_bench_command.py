"""`coldchain bench freshness`: one JSON document, the requirements said plainly, the page written on request."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from services.commands.bench_freshness import freshness
from services.commands.fefo_list import fefo_list
from services.commands.freshness_upkeep import upkeep
from services.errors import InvalidInput
from telemetry.freshness.validation.page import END, PAGE, START


def run(*arguments):
    return CliRunner().invoke(freshness, arguments, catch_exceptions=False)


def test_json_is_one_document_with_every_group_and_predictor():
    result = run("--json", "--accuracy-only")
    assert result.exit_code == 0
    document = json.loads(result.output)
    judging = document["accuracy"]["judging"]
    assert {"all", "read", "recalled", "constant", "chilling", "dynamic", "dry"} == set(judging)
    assert {"model", "q10_2", "mkt"} == set(judging["all"])
    assert len(document["requirements"]) == 5
    assert document["misses"] == sorted(document["misses"], key=lambda miss: -miss["fold"])


def test_the_terminal_says_what_is_met_and_what_is_not():
    output = run("--accuracy-only").output
    assert "median fold error" in output
    assert output.count("required ") == 5


def test_the_page_is_written_between_its_marks(tmp_path: Path):
    (tmp_path / PAGE).write_text(f"# Title\n{START}\n{END}\n", encoding="utf-8")
    assert run("--write-docs", str(tmp_path)).exit_code == 0
    assert "### The misses" in (tmp_path / PAGE).read_text(encoding="utf-8")
    assert len(list(tmp_path.glob("*.svg"))) == 2


def test_a_folder_without_the_page_is_refused_with_the_remedy(tmp_path: Path):
    with pytest.raises(InvalidInput, match="Point --write-docs at the project's docs folder"):
        run("--write-docs", str(tmp_path))


def test_the_list_of_shipments_is_measured_on_a_database_of_its_own():
    measured = fefo_list(shipments=120, calls=2)
    assert measured.name == "FEFO list of 120 shipments, first 100, p99"
    assert measured.value > 0
    assert measured.baseline_value > 0


def test_the_upkeep_is_measured_on_a_real_database() -> None:
    """Kept accounts and replays of a few shipments: a figure and its baseline each, scaled to the same number."""
    needed, lag = upkeep(fleet=4, rounds=1)
    assert (needed.unit, lag.unit) == ("s of one core each 300 s", "s")
    assert min(needed.value, needed.baseline_value, lag.value) > 0
    assert needed.times_better == pytest.approx(needed.baseline_value / needed.value)
