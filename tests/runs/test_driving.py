"""What drivers report, online or hours later: taken once, in order, and never a reason to be stuck."""

import base64
import io
import uuid

import httpx
import pytest
from PIL import Image

from services.errors import InvalidInput
from services.http.fields import parse_instant as instant
from services.runs.proving import ProofKind, clean
from tests.runs.test_closed_loop import FAR, HOUR_MS, NEAR, Day, day
from tests.support.api import LiveApi

__all__ = ["day"]

MINUTE_MS = 60_000


def event(kind: str, at_ms: int, lot: str | None = None, **members: object) -> dict:
    return {"id": str(uuid.uuid4()), "kind": kind, "at": at_ms, **({"lot": lot} if lot else {}), **members}


def send(day: Day, run: dict, *events: dict) -> list[str]:
    answer = day.client.post(f"/v1/runs/{run['id']}/events", json={"events": events})
    return [result["outcome"] for result in answer.raise_for_status().json()["results"]]


def test_a_morning_without_a_connection_arrives_at_noon(day: Day) -> None:
    """Sent in any order and twice, the reports make the run what it was: weighed, loaded, delivered."""
    (run, *_) = day.runs()
    at_ms = instant(run["departs_at"])
    events = [event("departed", at_ms)]
    for number, stop in enumerate(run["stops"], start=1):
        at_lot = at_ms + number * 20 * MINUTE_MS
        events += [
            event("arrived", at_lot, stop["lot"]),
            event("loaded", at_lot + 10 * MINUTE_MS, stop["lot"], weight_g=290_000, crates=14, temperature_c=28.5),
        ]
    events.append(event("delivered", at_ms + 4 * HOUR_MS))
    day.api.clock.now_ms = at_ms + 5 * HOUR_MS
    assert set(send(day, run, *reversed(events))) == {"accepted"}
    assert set(send(day, run, *events)) == {"duplicate"}
    driven = next(one for one in day.runs() if one["id"] == run["id"])
    assert (driven["state"], instant(driven["departed_at"])) == ("delivered", at_ms)
    assert {(stop["state"], stop["loaded_weight_g"]) for stop in driven["stops"]} == {("loaded", 290_000)}
    lot = day.client.get(f"/v1/lots/{run['stops'][0]['lot']}").json()
    assert (lot["state"], lot["weight_g"], lot["crates"]) == ("received", 290_000, 14)
    told = day.client.get(f"/v1/runs/{run['id']}/events").json()
    assert told[0]["kind"] == "departed"
    assert len(told) == len(events)


def test_a_report_that_can_not_be_does_not_hold_up_the_others(day: Day) -> None:
    """A lot that stands on no run is refused with the reason; what comes after it is taken."""
    (run, *_) = day.runs()
    at_ms = instant(run["departs_at"])
    lot = run["stops"][0]["lot"]
    outcomes = send(
        day,
        run,
        event("loaded", at_ms, "NOBODYS"),
        event("loaded", at_ms + MINUTE_MS, lot),
        event("note", at_ms, note="x"),
    )
    assert outcomes == ["refused", "accepted", "accepted"]
    assert day.client.get(f"/v1/lots/{lot}").json()["state"] == "loaded"


@pytest.mark.parametrize(
    ("body", "hint"),
    [
        ({"kind": "loaded"}, "needs its lot"),
        ({"kind": "skipped", "lot": "LOT-0"}, "needs its reason"),
        ({"kind": "position"}, "needs latitude"),
    ],
)
def test_a_report_says_what_it_needs(api: LiveApi, body: dict, hint: str) -> None:
    """What can't be understood is refused before anything is done."""
    sent = {"events": [{"id": str(uuid.uuid4()), "at": 0, **body}]}
    answer = api.client().post(f"/v1/runs/{uuid.uuid4()}/events", json=sent)
    assert answer.status_code == 422
    assert hint in answer.text


def test_what_a_truck_has_loaded_is_its_own_whatever_the_sheet_says(day: Day, api: LiveApi) -> None:
    """A driver who loads another's lot keeps it; the other gets a new sheet, or nothing to do any more."""
    for truck in ("TRK-1", "TRK-2"):
        lots = {"TRK-1": "LOT-A", "TRK-2": "LOT-B"}
        _published(day, truck, lots[truck])
    runs = {
        run["truck"]: run for run in day.client.get("/v1/runs").json()["items"] if run["truck"] in ("TRK-1", "TRK-2")
    }
    at_ms = instant(runs["TRK-1"]["departs_at"])
    assert send(day, runs["TRK-1"], event("loaded", at_ms, "LOT-B")) == ["accepted"]
    after = {run["truck"]: run for run in day.client.get("/v1/runs").json()["items"]}
    assert sorted(stop["lot"] for stop in after["TRK-1"]["stops"]) == ["LOT-A", "LOT-B"]
    assert after["TRK-2"]["state"] == "cancelled"
    assert after["TRK-2"]["sheet_version"] == 2
    (alarm,) = api.client().get("/v1/alarms?kind=run.taken_over").json()["items"]
    assert "TRK-1" in alarm["summary"]


def test_a_truck_that_is_late_is_expected_later(day: Day) -> None:
    """Departed an hour late: every stop ahead moves; a position close to the next stop brings it forward again."""
    (run, *_) = day.runs()
    url = f"/v1/plans/{day.plan_id}/progress"
    late_ms = instant(run["departs_at"]) + HOUR_MS
    day.api.clock.now_ms = late_ms
    send(day, run, event("departed", late_ms))
    (progress,) = (one for one in day.client.get(url).json() if one["truck"] == run["truck"])
    assert progress["delay_s"] >= 3000
    assert all(instant(stop["expected_at"]) >= instant(stop["planned_at"]) for stop in progress["stops"])
    first = next(stop for stop in progress["stops"] if stop["kind"] == "pickup")
    village = NEAR if first["lot"] in ("LOT-0", "LOT-1") else FAR
    day.api.clock.now_ms += 5 * MINUTE_MS
    near = {"latitude": village["latitude"] + 0.001, "longitude": village["longitude"]}
    send(day, run, event("position", day.api.clock.now_ms, **near))
    (closer,) = (one for one in day.client.get(url).json() if one["truck"] == run["truck"])
    assert instant(closer["stops"][0]["expected_at"]) < instant(progress["stops"][0]["expected_at"])
    assert closer["position"]["latitude"] == pytest.approx(near["latitude"])


def test_a_photo_is_kept_without_what_a_phone_writes_into_it(day: Day) -> None:
    """The picture that comes back has no metadata; sent again, it is the same one; another lot's is refused."""
    (run, *_) = day.runs()
    lot = run["stops"][0]["lot"]
    body = {
        "id": str(uuid.uuid4()),
        "lot": lot,
        "kind": "photo",
        "at": day.api.clock.now_ms,
        "content": base64.b64encode(_photo()).decode(),
    }
    url = f"/v1/runs/{run['id']}/proofs"
    kept = day.client.post(url, json=body)
    assert kept.status_code == 201, kept.text
    assert day.client.post(url, json=body).json() == kept.json()
    assert day.client.get(url).json() == [kept.json()]
    shown = day.client.get(f"{url}/{body['id']}")
    assert shown.headers["content-type"] == "image/jpeg"
    with Image.open(io.BytesIO(shown.content)) as picture:
        assert not picture.getexif()
    other = day.client.post(url, json=body | {"id": str(uuid.uuid4()), "lot": "NOBODYS"})
    assert other.status_code == 404


@pytest.mark.parametrize("content", [b"", b"not a picture", b"\x89PNG\r\n\x1a\n" + b"\0" * 40, b"GIF89a"])
def test_what_is_no_picture_is_refused(content: bytes) -> None:
    """Truncated, foreign or empty: refused by name."""
    with pytest.raises(InvalidInput) as caught:
        clean(content, ProofKind.PHOTO)
    assert caught.value.faults[0].pointer == "/content"


def _photo() -> bytes:
    exif = Image.Exif()
    exif[0x0110] = "Phone of somebody"
    drawn = io.BytesIO()
    Image.new("RGB", (2400, 1200), "green").save(drawn, "JPEG", exif=exif)
    return drawn.getvalue()


def _published(day: Day, truck: str, lot: str) -> httpx.Response:
    from services.fleet.schemas import TRUCK
    from services.workers.planner import Planner

    day.client.post("/v1/trucks", json=TRUCK | {"code": truck}).raise_for_status()
    new = {
        "code": lot,
        "village": NEAR["code"],
        "commodity_id": "mangosteen",
        "weight_g": 300_000,
        "crates": 15,
        "value_satang": 3_000_000,
        "harvested_at": day.api.clock.now_ms - 2 * HOUR_MS,
    }
    day.client.post("/v1/lots", json=new).raise_for_status()
    asked = {"engine": "ortools", "seconds": 0.3, "lots": [lot], "trucks": [truck]}
    job = day.client.post("/v1/plans", json=asked).raise_for_status().json()
    assert Planner(day.api.database, day.api.clock, 0.3, machine_clock=day.api.clock).work_once()
    plan_id = day.client.get(f"/v1/plans/jobs/{job['id']}").json()["plan_id"]
    return day.client.post(f"/v1/plans/{plan_id}/publish").raise_for_status()
