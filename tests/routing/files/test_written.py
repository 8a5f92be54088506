"""Plans in the formats of others: read back by the means of those formats."""

import csv
import io
import json
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree

import pytest
from openpyxl import load_workbook

from routing.assemble import tours_cost
from routing.benchmark.days import DayRules, collection_day
from routing.benchmark.measure import planned
from routing.faults import Refused
from routing.files.geojson import write_geojson
from routing.files.gpx import NAMESPACE, write_gpx
from routing.files.sheets import plain_cell, write_csv, write_excel
from routing.files.vroom import read_vroom
from routing.files.vroom_out import write_vroom, write_vroom_solution
from routing.greedy import greedy
from routing.instance import index
from routing.kernel.engine import search
from routing.plan import Plan
from routing.problem import Problem
from routing.travel import matrices
from routing.validate import validate
from tests.routing.small import indexed, lot, problem


@pytest.fixture(scope="module")
def day() -> Problem:
    return replace(collection_day(12, 4, DayRules.FULL), time_zero_ms=1_795_392_000_000)


@pytest.fixture(scope="module")
def plan(day: Problem) -> Plan:
    instance = indexed(day)
    return planned(instance, greedy(instance)[:-1])


def test_geojson_has_a_line_for_each_truck_and_a_point_for_each_stop(day: Problem, plan: Plan) -> None:
    """Longitude comes first (RFC 7946, 3.1.1); what is left behind is on the map, too."""
    document = json.loads(write_geojson(day, plan))
    kinds = [feature["properties"]["kind"] for feature in document["features"]]
    assert document["type"] == "FeatureCollection"
    assert kinds.count("route") == len(plan.routes)
    assert kinds.count("pickup") == len(day.pickups) - len(plan.unserved)
    assert kinds.count("unserved") == len(plan.unserved) > 0
    for feature in document["features"]:
        shape = feature["geometry"]
        for longitude, latitude in shape["coordinates"] if shape["type"] == "LineString" else [shape["coordinates"]]:
            assert 97 < longitude < 106
            assert 5 < latitude < 21


def test_gpx_has_a_route_for_each_truck_or_for_one(day: Problem, plan: Plan) -> None:
    root = ElementTree.fromstring(write_gpx(day, plan))
    assert root.tag == f"{{{NAMESPACE}}}gpx"
    assert root.get("version") == "1.1"
    assert len(root) == len(plan.routes)
    (one,) = ElementTree.fromstring(write_gpx(day, plan, plan.routes[0].truck))
    points = one.findall(f"{{{NAMESPACE}}}rtept")
    assert len(points) == len(plan.routes[0].stops)
    assert points[0].findtext(f"{{{NAMESPACE}}}time", "").startswith("2026-11-2")
    assert [child.tag.split("}")[1] for child in points[0]] == ["time", "name"]  # the schema's order


def test_a_map_needs_coordinates() -> None:
    bare = problem([lot("a", 10)])
    with pytest.raises(Refused) as refused:
        write_geojson(bare, planned(indexed(bare), ()))
    assert [fault.pointer for fault in refused.value.faults] == ["/locations/0", "/locations/1"]


def test_csv_has_a_row_for_each_stop_and_no_formulas() -> None:
    """A village may be called anything: a spreadsheet must not run it. Thai survives."""
    named = problem([lot("=HYPERLINK(1)", 10), lot("มะม่วง", 20)])
    plan = planned(indexed(named), greedy(indexed(named)))
    content = write_csv(named, plan)
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    assert [row["kind"] for row in rows] == ["start", "pickup", "pickup", "unload"]
    assert {row["pickup"] for row in rows} == {"", "'=HYPERLINK(1)", "มะม่วง"}
    assert float(rows[-1]["leg_km"]) in (10, 20)
    assert rows[0]["arrives"] == "00:00:00"


@pytest.mark.parametrize("name", ["  =1+1", "＝1+1", "@SUM(A1)", "-1+cmd|' /C calc'!A0", "\n=1"])
def test_no_cell_of_a_plan_is_a_formula(name: str) -> None:
    assert plain_cell(name) == f"'{name}"


@pytest.mark.parametrize("cell", ["-12.5", "+7", -3, 2.5, None, "", "ทุเรียน", "a=b"])
def test_other_cells_of_a_plan_stay_as_they_are(cell: str | float | None) -> None:
    assert plain_cell(cell) == cell


def test_the_workbook_has_stops_routes_and_what_is_left(day: Problem, plan: Plan) -> None:
    book = load_workbook(io.BytesIO(write_excel(day, plan)))
    assert book.sheetnames == ["Stops", "Routes", "Left behind"]
    assert book["Stops"].max_row == 1 + sum(len(route.stops) for route in plan.routes)
    assert book["Routes"].max_row == 1 + len(plan.routes)
    assert book["Routes"]["I2"].value == plan.routes[0].costs.total / 100
    assert book["Left behind"].max_row == 1 + len(plan.unserved)


VROOM: dict[str, Any] = {
    "jobs": [
        {"id": 1, "location_index": 1, "service": 300, "setup": 60, "pickup": [40, 2], "skills": [7]},
        {"id": 2, "location_index": 2, "pickup": [50], "time_windows": [[3600, 7200], [9000, 9900]]},
    ],
    "vehicles": [
        {
            "id": 5,
            "start_index": 0,
            "end_index": 0,
            "capacity": [100, 20],
            "skills": [7],
            "time_window": [0, 20000],
            "costs": {"fixed": 30, "per_hour": 0, "per_km": 2},
        }
    ],
    "matrices": {
        "car": {
            "durations": [[0, 600, 900], [600, 0, 400], [900, 400, 0]],
            "distances": [[0, 6000, 9000], [6000, 0, 4000], [9000, 4000, 0]],
        }
    },
}


def test_a_vroom_problem_is_read_and_solved() -> None:
    """Kilograms become grams, skills requirements, the end a hub; 19 km at 2 and 30 for the vehicle cost 68."""
    day = read_vroom(json.dumps(VROOM))
    validate(day)
    assert day.pickups[0].weight_g == 40_000
    assert day.pickups[0].service_s == 360
    assert day.pickups[0].requires == day.trucks[0].offers == ("skill 7",)
    found = search(index(day, matrices(day)), seconds=60, iterations=50)
    assert found.cost_satang == 6_800


def test_a_vroom_problem_with_coordinates() -> None:
    document = {
        "jobs": [{"id": 1, "location": [99.0, 18.8]}],
        "vehicles": [{"id": 1, "start": [99.1, 18.8], "end": [99.1, 18.8]}],
    }
    day = read_vroom(json.dumps(document))
    validate(day)
    assert [(place.longitude, place.latitude) for place in day.locations] == [(99.1, 18.8), (99.0, 18.8)]


@pytest.mark.parametrize(
    ("change", "at"),
    [
        ({"jobs": [{"id": 1, "location_index": 1, "delivery": [5]}]}, "/jobs/0/delivery"),
        ({"jobs": [{"id": 1, "location_index": 1, "pickup": [1, 2, 3]}]}, "/jobs/0/pickup"),
        ({"jobs": [{"id": 1, "location": [99, 18]}]}, "/jobs/0/location"),
        ({"jobs": [{"id": 1, "location_index": 3}]}, "/matrices"),
        ({"vehicles": [{"id": 1, "start_index": 0}]}, "/vehicles/0/end"),
        ({"vehicles": [{"id": 1, "start_index": 0, "end_index": 0, "profile": "bike"}]}, "/vehicles/0/profile"),
        ({"shipments": []}, "/shipments"),
        ({"vehicles": "none"}, "/vehicles"),
    ],
)
def test_what_has_no_counterpart_in_a_vroom_problem_is_refused(change: dict[str, Any], at: str) -> None:
    with pytest.raises(Refused) as refused:
        read_vroom(json.dumps(VROOM | change))
    assert at in [fault.pointer for fault in refused.value.faults]
    assert all(fault.remedy for fault in refused.value.faults)


def test_a_day_goes_to_vroom_and_back() -> None:
    """The same tours cost the same, in hundreds of satang: VROOM has no unit of money. Each route is rounded once."""
    day = collection_day(15, 2)
    instance = indexed(day)
    back = read_vroom(write_vroom(day, instance.matrices))
    validate(back)
    again = index(back, matrices(back))
    tours = search(instance, seconds=60, iterations=500).tours
    cost, cost_again = tours_cost(instance, tours), tours_cost(again, tours)
    assert isinstance(cost, int)
    assert isinstance(cost_again, int)
    assert abs(cost_again - 100 * cost) <= 100 * len(instance.vehicles)


def test_what_vroom_cannot_state_is_named() -> None:
    full = collection_day(6, 1, DayRules.FULL)
    with pytest.raises(Refused) as refused:
        write_vroom(full, matrices(full))
    assert {"/trucks/0/rest", "/pickups/0/ride_limit_s", "/exclusions", "/hubs/0/windows"} <= {
        fault.pointer for fault in refused.value.faults
    }


def test_a_plan_as_vrooms_answer(day: Problem, plan: Plan) -> None:
    answer = json.loads(write_vroom_solution(day, plan))
    assert answer["code"] == 0
    assert answer["summary"]["cost"] == plan.costs.total
    assert answer["summary"]["unassigned"] == len(answer["unassigned"]) == len(plan.unserved)
    steps = [step for route in answer["routes"] for step in route["steps"]]
    assert {step["id"] for step in steps if step["type"] == "job"} | {
        item["id"] for item in answer["unassigned"]
    } == set(range(len(day.pickups)))
    assert answer["summary"]["distance"] == sum(route.distance_m for route in plan.routes)
