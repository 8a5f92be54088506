"""OSRM and Valhalla: requests as their documentation asks for them, answers in their documented formats.

The answers are written from the documentation of both services: rows are sources, seconds are numbers with a fraction
in OSRM, kilometres in Valhalla, null where there is no way.
"""

import json
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest

from routing.problem import TravelProfile
from routing.road_network import Osrm, Remembered, TravelUnavailable, Valhalla
from routing.travel import UNREACHABLE, Table

CAR = TravelProfile(id="car")
THREE = [(13.0827, 100.8830), (12.6113, 102.1039), (12.6814, 101.2816)]

OSRM_ANSWER = {
    "code": "Ok",
    "distances": [[0, 190123.4, 70000.6], [190500.2, 0, None], [70100, 120300.5, 0]],
    "durations": [[0, 9000.4, 3900.6], [9100.1, 0, None], [3950, 6100.2, 0]],
    "sources": [{"hint": "x", "distance": 4.2, "name": "3", "location": [100.883, 13.0827]}] * 3,
    "destinations": [{"hint": "x", "distance": 4.2, "name": "3", "location": [100.883, 13.0827]}] * 3,
}


def valhalla_answer() -> dict:  # type: ignore[type-arg]
    rows = zip(OSRM_ANSWER["distances"], OSRM_ANSWER["durations"], strict=True)  # type: ignore[arg-type]
    return {
        "algorithm": "costmatrix",
        "units": "kilometers",
        "sources_to_targets": [
            [
                {
                    "from_index": a,
                    "to_index": b,
                    "distance": None if metres is None else metres / 1000,
                    "time": None if seconds is None else round(seconds),
                }
                for b, (metres, seconds) in enumerate(zip(*row, strict=True))
            ]
            for a, row in enumerate(rows)
        ],
    }


class Recorded:
    """A transport that remembers what it was asked and answers from a function."""

    def __init__(self, answer: Callable[[str, bytes | None], bytes]) -> None:
        self.asked: list[tuple[str, bytes | None]] = []
        self._answer = answer

    def __call__(self, url: str, body: bytes | None = None) -> bytes:
        self.asked.append((url, body))
        return self._answer(url, body)


def always(answer: object) -> Recorded:
    return Recorded(lambda url, body: json.dumps(answer).encode())


def expected(table: Table) -> None:
    assert table.distance_m.tolist() == [[0, 190123, 70001], [190500, 0, UNREACHABLE], [70100, 120300, 0]]
    assert table.duration_s.tolist() == [[0, 9000, 3901], [9100, 0, UNREACHABLE], [3950, 6100, 0]]


def test_osrm_is_asked_for_a_table_and_answers_with_one() -> None:
    transport = always(OSRM_ANSWER)
    expected(Osrm(transport, "http://osrm:5000/").table(THREE, CAR))
    ((url, body),) = transport.asked
    parts = urlsplit(url)
    assert body is None
    assert parts.path.startswith("/table/v1/driving/100.883000,13.082700;102.103900,12.611300;")
    assert parts.path.count(";") == 5
    assert parse_qs(parts.query) == {
        "sources": ["0;1;2"],
        "destinations": ["3;4;5"],
        "annotations": ["duration,distance"],
    }


def test_valhalla_is_asked_for_a_matrix_and_answers_with_one() -> None:
    transport = always(valhalla_answer())
    expected(Valhalla(transport, "http://valhalla:8002").table(THREE, CAR))
    ((url, body),) = transport.asked
    assert url == "http://valhalla:8002/sources_to_targets"
    request = json.loads(body or b"")
    assert request["costing"] == "truck"
    assert request["units"] == "kilometers"
    assert request["sources"] == request["targets"] == [{"lat": a, "lon": b} for a, b in THREE]


def test_a_large_table_is_asked_for_in_blocks_and_put_together() -> None:
    """120 places on a line: nine requests, each cell at its place."""

    def answer(url: str, body: bytes | None) -> bytes:
        request = json.loads(body or b"")
        return json.dumps(
            {
                "sources_to_targets": [
                    [{"distance": abs(a["lat"] - b["lat"]), "time": a["lat"]} for b in request["targets"]]
                    for a in request["sources"]
                ]
            }
        ).encode()

    transport = Recorded(answer)
    table = Valhalla(transport, "http://v").table([(float(n), 0.0) for n in range(120)], CAR)
    place = np.arange(120)
    assert len(transport.asked) == 9
    assert (table.distance_m == 1000 * abs(place[:, None] - place[None, :])).all()
    assert (table.duration_s + np.diag(place) == np.broadcast_to(place[:, None], (120, 120))).all()


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (b'{"code": "TooBig", "message": "Too many table coordinates"}', "TooBig: Too many table coordinates"),
        (b'{"code": "NoSegment", "message": "Could not find a matching segment"}', "NoSegment"),
        (b'{"code": "Ok", "durations": [[0]]}', "no distances"),
        (b'{"code": "Ok", "durations": [[0]], "distances": [[0]]}', "wrong size"),
        (b"<html>502 Bad Gateway</html>", "not JSON"),
        (b"[]", "not an object"),
    ],
)
def test_what_osrm_refuses_is_said(answer: bytes, said: str) -> None:
    with pytest.raises(TravelUnavailable, match=said):
        Osrm(Recorded(lambda url, body: answer), "http://osrm").table(THREE, CAR)


def test_what_valhalla_refuses_is_said() -> None:
    refusal = {
        "error_code": 171,
        "error": "No suitable edges near location",
        "status_code": 400,
        "status": "Bad Request",
    }
    with pytest.raises(TravelUnavailable, match="171 No suitable edges near location"):
        Valhalla(always(refusal), "http://valhalla").table(THREE, CAR)


def test_the_same_table_is_fetched_once(tmp_path: Path) -> None:
    transport = always(OSRM_ANSWER)
    first = Remembered(Osrm(transport, "http://osrm"), tmp_path / "tables")
    expected(first.table(THREE, CAR))
    expected(Remembered(Osrm(transport, "http://osrm"), tmp_path / "tables").table(THREE, CAR))
    assert len(transport.asked) == 1
    first.table(list(reversed(THREE)), CAR)
    assert len(transport.asked) == 2
    assert first.label == "OSRM"
