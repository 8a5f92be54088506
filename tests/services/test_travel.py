"""Travel times from a road router: a real HTTP server on loopback that answers as OSRM does."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from routing.document import read_plan, write_problem
from routing.problem import Location
from routing.road_network import TravelUnavailable
from services.errors import InvalidInput
from services.travel import fetch, travel_provider
from tests.routing.small import lot, problem

DAY = replace(
    problem([lot("a", 10)]),
    profiles=(),
    locations=(
        Location(id="km0", latitude=13.0, longitude=101.0),
        Location(id="km10", latitude=13.1, longitude=101.0),
    ),
)


class FakeOsrm(BaseHTTPRequestHandler):
    """Each place is 10 km and 500 s from every other."""

    def do_GET(self) -> None:
        query = parse_qs(urlsplit(self.path).query)
        places = urlsplit(self.path).path.rsplit("/", 1)[1].split(";")
        rows = [places[int(n)] for n in query["sources"][0].split(";")]
        columns = [places[int(n)] for n in query["destinations"][0].split(";")]
        answer = {
            "code": "Ok",
            "distances": [[0 if a == b else 10_000.0 for b in columns] for a in rows],
            "durations": [[0 if a == b else 500.0 for b in columns] for a in rows],
        }
        body = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def osrm() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), FakeOsrm)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"osrm+http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def solve(day: Path, url: str, data: Path) -> "subprocess.CompletedProcess[str]":
    environment = os.environ | {"COLDCHAIN_TRAVEL_URL": url, "COLDCHAIN_DATA_DIR": str(data)}
    arguments = ["solve", str(day), "--seconds", "1", "--engine", "greedy", "--json"]
    program = [sys.executable, "-c", "from services.cli import main; main()", *arguments]
    return subprocess.run(program, env=environment, capture_output=True, text=True, check=False, timeout=60)


def test_solve_asks_the_road_router_that_the_settings_name(osrm: str, tmp_path: Path) -> None:
    day = tmp_path / "day.json"
    day.write_bytes(write_problem(DAY))
    solved = solve(day, osrm, tmp_path / "data")
    assert solved.returncode == 0, solved.stderr
    plan = read_plan(solved.stdout)
    assert plan.provenance.travel == "OSRM"
    assert plan.indicators.distance_m == 20_000
    assert plan.indicators.driving_s == 1000


def test_a_road_router_that_is_not_there_ends_with_exit_code_3(tmp_path: Path) -> None:
    day = tmp_path / "day.json"
    day.write_bytes(write_problem(DAY))
    solved = solve(day, "osrm+http://127.0.0.1:9", tmp_path / "data")
    assert solved.returncode == 3
    assert "the road router at http://127.0.0.1:9/ gives no answer" in solved.stderr


def test_a_service_that_we_do_not_know_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput) as refused:
        travel_provider("graphhopper+http://localhost", tmp_path)
    assert refused.value.faults[0].pointer == "COLDCHAIN_TRAVEL_URL"
    assert travel_provider("", tmp_path) is None


def test_no_answer_is_told_without_the_coordinates() -> None:
    with pytest.raises(TravelUnavailable) as failed:
        fetch("http://127.0.0.1:9/table/v1/driving/101.0,13.0")
    assert "101.0" not in str(failed.value)
