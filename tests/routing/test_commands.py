"""`coldchain solve` and `coldchain check` as users call them: files, exit codes, output."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from routing.document import read_plan, write_plan, write_problem
from tests.routing.small import lot, problem, truck

DAY = problem([lot("a", 10), lot("b", 20), lot("x", 30, crates=1000)], [truck(), truck("two")])


def coldchain(*arguments: str | Path) -> "subprocess.CompletedProcess[str]":
    program = "from services.cli import main; main()"
    return subprocess.run(
        [sys.executable, "-c", program, *map(str, arguments)], capture_output=True, text=True, check=False, timeout=60
    )


@pytest.fixture
def day(tmp_path: Path) -> Path:
    path = tmp_path / "problem.json"
    path.write_bytes(write_problem(DAY))
    return path


def test_solve_writes_a_plan_that_check_accepts(day: Path, tmp_path: Path) -> None:
    plan = tmp_path / "plan.json"
    solved = coldchain("solve", day, "-o", plan, "--seconds", "1.5", "--engine", "ortools", "--seed", "3")
    assert solved.returncode == 0, solved.stderr
    assert "2 lots on 1 trucks, 1 left behind" in solved.stdout
    assert "no truck takes its 1000 crates" in " ".join(solved.stdout.split())
    checked = coldchain("check", day, plan)
    assert (checked.returncode, checked.stderr) == (0, "")
    assert checked.stdout.startswith("Feasible: 1 routes")


def test_json_goes_to_standard_output_alone(day: Path) -> None:
    solved = coldchain("solve", day, "--seconds", "1", "--engine", "greedy", "--json")
    assert solved.returncode == 0
    plan = read_plan(solved.stdout)
    assert plan.provenance.engine == "greedy"


def test_a_spoiled_plan_fails_its_check_with_exit_code_1(day: Path, tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    coldchain("solve", day, "-o", path, "--seconds", "1", "--engine", "greedy")
    plan = read_plan(path.read_bytes())
    path.write_bytes(write_plan(replace(plan, unserved=())))
    checked = coldchain("check", day, path)
    assert checked.returncode == 1
    assert "lot x: served_once" in checked.stdout
    as_json = coldchain("check", day, path, "--json")
    assert as_json.returncode == 1
    verdict = json.loads(as_json.stdout)
    assert verdict["feasible"] is False
    assert [violation["rule"] for violation in verdict["violations"]] == ["served_once"]


def test_a_bad_problem_ends_with_exit_code_2_and_its_place(day: Path) -> None:
    document = json.loads(day.read_text())
    document["pickups"][0]["weight_g"] = -5
    document["trucks"][1]["capcity_g"] = 5
    day.write_text(json.dumps(document))
    solved = coldchain("solve", day)
    assert solved.returncode == 2
    assert "/trucks/1/capcity_g: there is no member 'capcity_g' here." in solved.stderr
    del document["trucks"][1]["capcity_g"]
    day.write_text(json.dumps(document))
    again = coldchain("solve", day)
    assert again.returncode == 2
    assert "/pickups/0/weight_g: -5 is out of range. Give a value from 0" in again.stderr
    assert again.stdout == ""


@pytest.mark.parametrize("arguments", [("--seconds", "0"), ("--workers", "0"), ("--engine", "magic"), ("--seed", "x")])
def test_bad_options_end_with_exit_code_2(day: Path, arguments: tuple[str, ...]) -> None:
    assert coldchain("solve", day, *arguments).returncode == 2


def test_a_missing_file_ends_with_exit_code_2(tmp_path: Path) -> None:
    solved = coldchain("solve", tmp_path / "none.json")
    assert solved.returncode == 2
    assert "none.json" in solved.stderr


def test_a_plan_that_is_no_plan_ends_with_exit_code_2(day: Path) -> None:
    checked = coldchain("check", day, day)
    assert checked.returncode == 2
    assert "/routes" in checked.stderr
