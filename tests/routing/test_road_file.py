"""OSRM inside the process and OSRM over HTTP keep one contract, on one small network of roads.

The network: a grid of two-way roads, a one-way street and an island. The server is played by shortest paths on it; the
bindings (an extra, Python 3.12 or later) read the same network prepared by their own tools.
"""

import heapq
import json
import math
import subprocess
import sys
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest

from routing.problem import TravelProfile
from routing.road_file import OsrmFile
from routing.road_network import Osrm, TravelUnavailable
from routing.travel import EARTH_RADIUS_M, UNREACHABLE, Point, TravelProvider

TRUCK = TravelProfile(id="truck")
STEP, ROWS, COLUMNS = 0.01, 3, 4
GRID = {(row, column): (18.80 + row * STEP, 99.00 + column * STEP) for row in range(ROWS) for column in range(COLUMNS)}
ISLAND: dict[tuple[int, int], Point] = {(9, 0): (19.50, 99.90), (9, 1): (19.50, 99.91)}
PLACES = GRID | ISLAND
ONE_WAY = ((0, 1), (0, 2))
WAYS = [
    *([(row, column) for column in range(COLUMNS)] for row in range(1, ROWS)),
    *([(row, column) for row in range(ROWS)] for column in range(COLUMNS)),
    [(0, 0), (0, 1)],
    [(0, 2), (0, 3)],
    list(ISLAND),
]
METRES_A_SECOND = 60 / 3.6

in_process = pytest.mark.skipif(
    sys.version_info < (3, 12) or find_spec("osrm") is None, reason="the extra `osrm` is not installed here"
)


def metres(one: Point, other: Point) -> float:
    north = math.radians(other[0] - one[0])
    east = math.radians(other[1] - one[1]) * math.cos(math.radians((one[0] + other[0]) / 2))
    return EARTH_RADIUS_M * math.hypot(north, east)


def _roads() -> dict[tuple[int, int], list[tuple[tuple[int, int], float]]]:
    roads: dict[tuple[int, int], list[tuple[tuple[int, int], float]]] = {place: [] for place in PLACES}
    for way in WAYS:
        for one, other in pairwise(way):
            roads[one].append((other, metres(PLACES[one], PLACES[other])))
            roads[other].append((one, metres(PLACES[one], PLACES[other])))
    roads[ONE_WAY[0]].append((ONE_WAY[1], metres(PLACES[ONE_WAY[0]], PLACES[ONE_WAY[1]])))
    return roads


def shortest(start: tuple[int, int]) -> dict[tuple[int, int], float]:
    roads, found, queue = _roads(), {}, [(0.0, start)]
    while queue:
        length, here = heapq.heappop(queue)
        if here not in found:
            found[here] = length
            for there, more in roads[here]:
                heapq.heappush(queue, (length + more, there))
    return found


def served(url: str, body: bytes | None = None) -> bytes:
    """What osrm-routed answers on this network."""
    parts = urlsplit(url)
    points = [tuple(map(float, pair.split(",")))[::-1] for pair in parts.path.rsplit("/", 1)[1].split(";")]
    names = [min(PLACES, key=lambda place: metres(PLACES[place], (point[0], point[1]))) for point in points]
    query = parse_qs(parts.query)
    rows, columns = ([names[int(n)] for n in query[key][0].split(";")] for key in ("sources", "destinations"))
    distances = [[shortest(one).get(other) for other in columns] for one in rows]
    durations = [[None if cell is None else cell / METRES_A_SECOND for cell in row] for row in distances]
    return json.dumps({"code": "Ok", "distances": distances, "durations": durations}).encode()


@pytest.fixture(scope="session")
def network(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The network prepared by OSRM's own tools."""
    osrm = import_module("osrm")
    folder = tmp_path_factory.mktemp("roads")
    number = {place: index for index, place in enumerate(PLACES, 1)}
    lines = ['<?xml version="1.0"?>', '<osm version="0.6">']
    lines += [
        f'<node id="{number[place]}" lat="{at[0]:.6f}" lon="{at[1]:.6f}" version="1"/>' for place, at in PLACES.items()
    ]
    for index, way in enumerate([*WAYS, list(ONE_WAY)], 1):
        stops = "".join(f'<nd ref="{number[place]}"/>' for place in way)
        tags = '<tag k="highway" v="primary"/><tag k="maxspeed" v="60"/>'
        tags += '<tag k="oneway" v="yes"/>' if way == list(ONE_WAY) else ""
        lines.append(f'<way id="{index}" version="1">{stops}{tags}</way>')
    (folder / "roads.osm").write_text("\n".join([*lines, "</osm>"]))
    profile = Path(str(osrm.__file__)).parent / "share" / "profiles" / "car.lua"
    for command in (["extract", "-p", str(profile), "roads.osm"], ["contract", "roads.osrm"]):
        subprocess.run([sys.executable, "-m", "osrm", *command], cwd=folder, check=True, capture_output=True)
    return folder / "roads.osrm"


Making = Callable[[pytest.FixtureRequest], TravelProvider]
PROVIDERS = [
    pytest.param(lambda request: Osrm(served, "http://roads.test"), id="http"),
    pytest.param(lambda request: OsrmFile(request.getfixturevalue("network")), id="in process", marks=in_process),
]


@pytest.fixture(params=PROVIDERS)
def provider(request: pytest.FixtureRequest) -> TravelProvider:
    making: Making = request.param
    return making(request)


def test_distances_are_those_of_the_roads(provider: TravelProvider) -> None:
    names = [(1, 0), (2, 3), (0, 3)]
    found = provider.table([PLACES[name] for name in names], TRUCK)
    expected = [[shortest(one)[other] for other in names] for one in names]
    assert np.allclose(found.distance_m, expected, rtol=0.01)
    assert found.distance_m.dtype == found.duration_s.dtype == np.int32


def test_a_one_way_street_is_longer_the_other_way(provider: TravelProvider) -> None:
    found = provider.table([PLACES[place] for place in ONE_WAY], TRUCK)
    assert found.distance_m[1, 0] > 2 * found.distance_m[0, 1] > 0
    assert found.duration_s[1, 0] > found.duration_s[0, 1] > 0


def test_an_island_cannot_be_reached(provider: TravelProvider) -> None:
    found = provider.table([PLACES[0, 0], PLACES[9, 0]], TRUCK)
    assert found.distance_m[0, 1] == found.distance_m[1, 0] == UNREACHABLE
    assert found.duration_s[0, 1] == found.duration_s[1, 0] == UNREACHABLE


def test_more_points_than_one_request_takes(provider: TravelProvider) -> None:
    """The grid five times over: equal places have nothing between them, blocks fit together."""
    points = list(GRID.values()) * 5
    found = provider.table(points, TRUCK)
    assert found.distance_m.shape == (60, 60)
    assert (found.distance_m[:12, :12] == found.distance_m[48:, 48:]).all()
    assert (np.diag(found.distance_m) == 0).all()


def test_a_network_that_was_not_prepared_is_named(tmp_path: Path) -> None:
    """Or, without the extra, what is missing."""
    with pytest.raises(TravelUnavailable, match=r"extra `osrm`|has not been prepared"):
        OsrmFile(tmp_path / "nothing.osrm")
