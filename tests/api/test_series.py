"""`GET /v1/readings/series`: a range of one sensor in few points, for charts."""

import httpx
import pytest

from services.clock import to_rfc3339
from services.identity.logic import Role
from tests.support.api import NOON_MS, LiveApi

MINUTE_MS = 60_000


@pytest.fixture
def client(api: LiveApi) -> httpx.Client:
    """Someone who reads, after a calm day of TH-1 with one hot minute was posted."""
    readings = [
        {
            "sensor": "TH-1",
            "at": to_rfc3339(NOON_MS - minute * MINUTE_MS),
            "temperature_c": 31.5 if minute == 400 else 13 + minute % 2 / 10,
        }
        for minute in reversed(range(900))
    ]
    answer = api.client(Role.GATEWAY, gateway="GW-1").post("/v1/readings", json={"readings": readings})
    assert answer.json()["stored"] == 900
    return api.client()


def test_a_day_comes_in_few_points_with_its_extremes(client: httpx.Client) -> None:
    """Forty points of nine hundred: by time, the first and the last, and the one hot minute with its flag."""
    answer = client.get("/v1/readings/series", params={"sensor": "TH-1", "points": 40})
    assert answer.status_code == 200, answer.text
    drawn = answer.json()
    assert (drawn["sensor"], drawn["source"], drawn["available"]) == ("TH-1", "readings", 900)
    points = drawn["points"]
    assert 30 <= len(points) <= 40
    assert [point["at"] for point in points] == sorted(point["at"] for point in points)
    assert (points[0]["at"], points[-1]["at"]) == (to_rfc3339(NOON_MS - 899 * MINUTE_MS), to_rfc3339(NOON_MS))
    (hot,) = [point for point in points if point["highest_c"] == 31.5]
    assert hot == {
        "at": to_rfc3339(NOON_MS - 400 * MINUTE_MS),
        "temperature_c": 31.5,
        "lowest_c": 31.5,
        "highest_c": 31.5,
        "readings": 1,
        "flagged": 1,
    }


@pytest.mark.parametrize(
    ("query", "status", "pointer"),
    [
        ("", 422, "/query/sensor"),
        ("sensor=TH-1&points=9", 422, "/query/points"),
        ("sensor=TH-1&points=5001", 422, "/query/points"),
        ("sensor=TH-1&from=2026-11-23T05:00:00Z&to=2026-11-23T05:00:00Z", 422, "/query/from"),
        ("sensor=TH-9", 404, None),
    ],
)
def test_a_series_that_can_not_be(client: httpx.Client, query: str, status: int, pointer: str | None) -> None:
    """Each wrong query is named."""
    answer = client.get(f"/v1/readings/series?{query}")
    assert answer.status_code == status
    if pointer:
        assert answer.json()["errors"][0]["pointer"] == pointer
