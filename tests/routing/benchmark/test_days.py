"""Generated days, the peers and the report."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from routing.assemble import tours_cost
from routing.benchmark.days import DayRules, collection_day
from routing.benchmark.measure import Measured, measure
from routing.benchmark.peers import beyond_core, pyvrp, vroom
from routing.benchmark.report import means
from routing.kernel.engine import search
from routing.validate import validate
from services.cli import cli
from tests.routing.files.test_literature import SOLOMON, VRPLIB
from tests.routing.small import indexed


@pytest.mark.parametrize("rules", list(DayRules))
@pytest.mark.parametrize("pickups", [1, 50, 400])
def test_days_are_valid_and_repeat(pickups: int, rules: DayRules) -> None:
    day = collection_day(pickups, 7, rules)
    validate(day)
    assert len(day.pickups) == pickups
    assert day == collection_day(pickups, 7, rules)
    assert day != collection_day(pickups, 8, rules)


def test_every_lot_of_a_core_day_can_be_collected() -> None:
    instance = indexed(collection_day(120, 3))
    assert tours_cost(instance, search(instance, seconds=60, iterations=200).tours) < instance.mandatory_penalty


def test_peers_agree_with_our_costs_and_windows() -> None:
    """Their tours are feasible in our timetable: they were given the same integers."""
    instance = indexed(collection_day(25, 2))
    ours = search(instance, seconds=60, iterations=4_000).cost_satang
    for peer in (pyvrp, vroom):
        cost = tours_cost(instance, peer(instance, 0.5, 1).tours)
        assert isinstance(cost, int)
        assert cost < 1.3 * ours


def test_pyvrp_goes_several_times() -> None:
    instance = indexed(collection_day(30, 1, DayRules.TRIPS))
    tours = pyvrp(instance, 0.5, 1).tours
    assert isinstance(tours_cost(instance, tours), int)
    assert any(len(tour.trips) > 1 for tour in tours)


def test_what_peers_cannot_state_is_named() -> None:
    assert beyond_core(indexed(collection_day(30, 1))) == ""
    said = beyond_core(indexed(collection_day(30, 1, DayRules.FULL)))
    assert {"ride limits", "deadlines", "exclusions", "rests", "optional lots"} <= set(said.split(", "))
    answer = measure(collection_day(30, 1, DayRules.TRIPS), "vroom", 1, 1)
    assert answer.cost is None
    assert answer.note == "can't state several trips"


def test_means_compare_only_what_both_have_solved() -> None:
    def one(solver: str, seed: int, cost: int | None) -> Measured:
        gap = None if cost is None else (cost / 100 - 1) * 100
        return Measured("a", solver, seed, cost, cost is not None, 1, 1, 1.0, gap_pct=gap)

    rows = means([one("kernel", 1, 100), one("pyvrp", 1, 110), one("kernel", 2, 200), one("pyvrp", 2, None)])
    assert [row["solver"] for row in rows] == ["kernel", "pyvrp"]
    assert rows[0]["mean_gap_pct"] == 50
    assert rows[1]["against_ours_pct"] == 10
    assert rows[1]["feasible"] == 1


def test_the_command_prints_one_json_document(tmp_path: Path) -> None:
    (tmp_path / "tiny.txt").write_text(SOLOMON)
    (tmp_path / "bks.json").write_text('{"tiny": 700}')
    (tmp_path / "other.vrp").write_text(VRPLIB)
    done = CliRunner().invoke(
        cli,
        ["bench", "routing", str(tmp_path / "tiny.txt"), str(tmp_path / "other.vrp"), "--generate", "12", "--seconds",
         "0.2", "--engine", "kernel", "--peers", "--json"],
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    document = json.loads(done.stdout)
    results = document["results"]
    assert [(one["instance"], one["solver"]) for one in results][:4] == [
        ("TINY", "kernel"), ("TINY", "pyvrp"), ("TINY", "vroom"), ("tiny", "kernel"),
    ]  # fmt: skip
    assert all(one["feasible"] for one in results)
    assert {"instance", "cost", "feasible", "routes", "seconds", "first_solution_s", "gap_pct"} <= set(results[0])
    assert results[3]["cost"] == 14
    assert [row["solver"] for row in document["means"]] == ["kernel", "pyvrp", "vroom"]


def test_a_faulty_file_is_refused_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "bad.txt").write_text(SOLOMON.replace("967", "900"))
    done = CliRunner().invoke(cli, ["bench", "routing", str(tmp_path / "bad.txt")])
    assert done.exception is not None
    assert "line 11" in str(getattr(done.exception, "faults", ""))
