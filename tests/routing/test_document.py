"""JSON in and out: strict, complete, and as the committed schemas say."""

import json
from dataclasses import replace
from pathlib import Path

import jsonschema_rs
import pytest
from hypothesis import HealthCheck, given, settings

from routing.assemble import digest
from routing.document import read_plan, read_problem, write_plan, write_problem
from routing.faults import Refused, pointer
from routing.problem import Problem
from routing.schemas import plan_schema, problem_schema
from routing.search import solve
from tests.routing.random_problems import problems
from tests.routing.small import lot, problem

REFERENCE = Path(__file__).parents[2] / "docs" / "reference"
EXAMPLES = sorted((Path(__file__).parents[2] / "docs" / "examples").glob("*.json"))
SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]


@settings(max_examples=25, deadline=None, suppress_health_check=SLOW)
@given(problems())
def test_a_problem_survives_writing_and_reading(day: Problem) -> None:
    text = write_problem(day)
    assert read_problem(text) == day
    assert digest(read_problem(text)) == digest(day)
    jsonschema_rs.validate(problem_schema(), json.loads(text))


def test_a_plan_survives_writing_and_reading() -> None:
    plan = solve(problem([lot("a", 10), lot("b", 20, weight_g=10**8)]), engine="greedy")
    text = write_plan(plan)
    assert read_plan(text) == plan
    jsonschema_rs.validate(plan_schema(), json.loads(text))


@pytest.mark.parametrize(
    ("change", "place", "said"),
    [
        ({"wieght": 1}, "/pickups/0/wieght", "no member 'wieght'"),
        ({"weight_g": 1.5}, "/pickups/0/weight_g", "1.5"),
        ({"weight_g": 1.0}, "/pickups/0/weight_g", "1.0"),
        ({"weight_g": "5"}, "/pickups/0/weight_g", "'5'"),
        ({"weight_g": True}, "/pickups/0/weight_g", "True"),
        ({"weight_g": None}, "/pickups/0/weight_g", "None"),
        ({"windows": [{"opens_s": 0}]}, "/pickups/0/windows/0/closes_s", "missing"),
        ({"windows": 7}, "/pickups/0/windows", "7"),
        ({"temperature": {"min_c": float("nan"), "max_c": 1}}, "/pickups/0/temperature/min_c", "nan"),
        ({"temperature": {"min_c": float("inf"), "max_c": 1}}, "/pickups/0/temperature/min_c", "inf"),
        ({"id": 7}, "/pickups/0/id", "7"),
    ],
)
def test_a_wrong_member_is_refused_at_its_place(change: dict, place: str, said: str) -> None:  # type: ignore[type-arg]
    document = json.loads(write_problem(problem([lot("a", 10)])))
    document["pickups"][0] |= change
    with pytest.raises(Refused) as refused:
        read_problem(json.dumps(document))
    (fault,) = refused.value.faults
    assert fault.pointer == place
    assert said in fault.detail
    assert fault.remedy


@pytest.mark.parametrize("text", [b"", b"{", b"\xff\xfe", b"[]", b"null", b'{"version": 1}', b'"' * 3])
def test_what_is_no_problem_is_refused(text: bytes) -> None:
    with pytest.raises(Refused):
        read_problem(text)


def test_another_version_is_refused_by_name() -> None:
    document = json.loads(write_problem(problem([lot("a", 10)])))
    document["version"] = 2
    with pytest.raises(Refused) as refused:
        read_problem(json.dumps(document))
    assert [fault.pointer for fault in refused.value.faults] == ["/version"]


def test_a_flood_of_faults_is_cut() -> None:
    document = json.loads(write_problem(problem([lot("a", 10)])))
    document["pickups"] = [{}] * 10_000
    with pytest.raises(Refused) as refused:
        read_problem(json.dumps(document))
    assert len(refused.value.faults) == 101
    assert "more faults are not shown" in refused.value.faults[-1].detail


def test_pointers_escape_what_they_must() -> None:
    assert pointer("a/b", 3, "c~d") == "/a~1b/3/c~0d"


@pytest.mark.parametrize(("name", "schema"), [("problem", problem_schema()), ("plan", plan_schema())])
def test_the_committed_schema_is_current(name: str, schema: dict) -> None:  # type: ignore[type-arg]
    """After a change, write it again: `python -m routing.schemas docs/reference`."""
    assert json.loads((REFERENCE / f"{name}.schema.json").read_text("utf-8")) == schema


def test_there_are_examples() -> None:
    assert len(EXAMPLES) >= 3


@pytest.mark.parametrize("path", EXAMPLES, ids=[path.stem for path in EXAMPLES])
def test_every_example_is_planned(path: Path) -> None:
    text = path.read_bytes()
    jsonschema_rs.validate(problem_schema(), json.loads(text))
    plan = solve(read_problem(text), engine="greedy")
    assert plan.routes


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        ('"name":', '"name": "first", "name":', "/locations/0/name"),
        ('"weight_g":', '"weight_g": 1, "weight_g":', "/pickups/0/weight_g"),
        ('"weight_g":', '"weight\\u005fg": 1, "weight_g":', "/pickups/0/weight_g"),
        ('"opens_s":', '"opens_s": 7, "opens_s":', "/trucks/0/shift/opens_s"),
    ],
)
def test_a_member_given_twice_is_refused_by_name(old: str, new: str, where: str) -> None:
    """Readers of JSON take the last one without a word: the first may have been meant."""
    text = write_problem(problem([lot("a", 10)])).decode().replace(old, new, 1)
    with pytest.raises(Refused) as refused:
        read_problem(text)
    (fault,) = refused.value.faults
    assert fault.pointer == where
    assert "twice" in fault.detail


def test_brackets_and_quotes_in_strings_are_no_structure() -> None:
    day = replace(problem([lot("a", 10)]), name='a "quoted": [name] {with} \\ all of it')
    assert read_problem(write_problem(day)) == day
