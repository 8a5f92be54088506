"""Villages, hubs and trucks over HTTP."""

import uuid
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from services.fleet.schemas import HUB, TRUCK, VILLAGE
from services.identity.logic import Role
from tests.support.api import LiveApi


@pytest.fixture
def client(api: LiveApi) -> httpx.Client:
    return api.client()


def created(answer: httpx.Response) -> dict:
    assert answer.status_code == 201, answer.text
    return answer.json()


def test_a_village_reads_back_as_it_was_sent(client: httpx.Client) -> None:
    """Names, places and opening hours survive; the answer adds the id and when it was made."""
    village = created(client.post("/v1/villages", json=VILLAGE))
    assert village.items() >= VILLAGE.items()
    assert village["created_at"] == "2026-11-23T05:00:00Z"
    assert client.get(f"/v1/villages/{village['id']}").json() == village


def test_a_hub_may_be_open_all_day(client: httpx.Client) -> None:
    """24:00 is a closing hour, as is 26:00 for two in the night."""
    assert created(client.post("/v1/hubs", json=HUB))["closes"] == "24:00"
    assert created(client.post("/v1/hubs", json=HUB | {"code": "MTP", "closes": "26:00"}))["closes"] == "26:00"


def test_a_truck_names_its_home_hub_by_code(client: httpx.Client) -> None:
    """The hub must be there; the truck reads back with its range in °C."""
    refused = client.post("/v1/trucks", json=TRUCK)
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["pointer"] == "/home_hub"
    client.post("/v1/hubs", json=HUB)
    truck = created(client.post("/v1/trucks", json=TRUCK))
    assert truck.items() >= TRUCK.items()
    assert client.get("/v1/trucks").json()["items"] == [truck]


@pytest.mark.parametrize(
    ("change", "pointer", "hint"),
    [
        ({"min_temperature_c": None}, "", "both"),
        ({"min_temperature_c": 20}, "", "above"),
        ({"shift_ends": "04:00"}, "", "before"),
        ({"capacity_g": 0}, "/capacity_g", "greater than 0"),
        ({"max_temperature_c": "warm"}, "/max_temperature_c", "number"),
        ({"max_temperature_c": 1e308}, "/max_temperature_c", "80"),
        ({"shift_starts": "5"}, "/shift_starts", "HH:MM"),
        ({"code": "ก"}, "/code", "match"),
    ],
)
def test_a_truck_that_can_not_be(client: httpx.Client, change: dict, pointer: str, hint: str) -> None:
    """Each fault has its place and says what is wanted."""
    client.post("/v1/hubs", json=HUB)
    answer = client.post("/v1/trucks", json=TRUCK | change)
    assert answer.status_code == 422
    (fault,) = answer.json()["errors"]
    assert fault["pointer"] == pointer
    assert hint in fault["detail"]


def test_a_code_is_there_once_in_a_tenant(api: LiveApi, client: httpx.Client) -> None:
    """A second village of one code is a conflict; another tenant may have it too."""
    created(client.post("/v1/villages", json=VILLAGE))
    answer = client.post("/v1/villages", json=VILLAGE)
    assert answer.status_code == 409
    assert "KLG-01" in answer.json()["detail"]
    created(api.client(tenant="trat").post("/v1/villages", json=VILLAGE))


def test_a_change_leaves_the_rest_alone(client: httpx.Client) -> None:
    """Members left out stay; null empties what may be empty and is refused elsewhere."""
    village = created(client.post("/v1/villages", json=VILLAGE))
    address = f"/v1/villages/{village['id']}"
    changed = client.patch(address, json={"closes": "20:00", "province": None}).json()
    assert changed == village | {"closes": "20:00", "province": None}
    refused = client.patch(address, json={"name": None})
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["pointer"] == "/name"
    assert client.patch(address, json={"opens": "21:00"}).status_code == 422
    assert client.get(address).json() == changed


def test_a_change_can_not_take_anothers_code(client: httpx.Client) -> None:
    """Renaming onto an existing code is a conflict and changes nothing."""
    created(client.post("/v1/hubs", json=HUB))
    other = created(client.post("/v1/hubs", json=HUB | {"code": "MTP"}))
    assert client.patch(f"/v1/hubs/{other['id']}", json={"code": "LCB"}).status_code == 409
    assert client.get(f"/v1/hubs/{other['id']}").json()["code"] == "MTP"


def test_a_change_is_refused_when_another_was_quicker(client: httpx.Client) -> None:
    """With If-Match, the second of two changes made from one view gets 412, and its tag from a new reading works."""
    village = created(client.post("/v1/villages", json=VILLAGE))
    address = f"/v1/villages/{village['id']}"
    tag = client.get(address).headers["etag"]
    first = client.patch(address, json={"closes": "19:00"}, headers={"If-Match": tag})
    assert first.status_code == 200
    late = client.patch(address, json={"closes": "17:00"}, headers={"If-Match": tag})
    assert late.status_code == 412
    again = client.patch(address, json={"closes": "17:00"}, headers={"If-Match": f'"x", {first.headers["etag"]}'})
    assert again.status_code == 200
    assert client.delete(address, headers={"If-Match": tag}).status_code == 412
    assert client.delete(address, headers={"If-Match": "*"}).status_code == 204


def test_what_is_in_use_stays(client: httpx.Client) -> None:
    """A hub that is a truck's home can't be removed before the truck."""
    hub = created(client.post("/v1/hubs", json=HUB))
    truck = created(client.post("/v1/trucks", json=TRUCK))
    assert client.delete(f"/v1/hubs/{hub['id']}").status_code == 409
    assert client.delete(f"/v1/trucks/{truck['id']}").status_code == 204
    assert client.delete(f"/v1/hubs/{hub['id']}").status_code == 204
    assert client.get(f"/v1/hubs/{hub['id']}").status_code == 404


def test_pages_follow_the_link(client: httpx.Client) -> None:
    """Following `Link` shows every village once, in order, also when one is added on the way."""
    codes = [f"V-{number:02}" for number in range(7)]
    for code in reversed(codes):
        created(client.post("/v1/villages", json=VILLAGE | {"code": code}))
    answer, seen = client.get("/v1/villages?limit=3"), []
    for _ in range(10):
        seen += [village["code"] for village in answer.json()["items"]]
        if "next" not in answer.links:
            break
        created(client.post("/v1/villages", json=VILLAGE | {"code": f"A-{len(seen)}"}))
        answer = client.get(answer.links["next"]["url"])
    assert seen == codes
    assert answer.json()["next_cursor"] is None


@pytest.mark.parametrize("cursor", ["x", "W10", "eyJhIjoxfQ", "é", "WyJhIiwiYiJd", "A" * 999])
def test_a_made_up_cursor_is_refused(client: httpx.Client, cursor: str) -> None:
    """Text that no page gave out is named as such."""
    answer = client.get("/v1/villages", params={"cursor": cursor})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/query/cursor"


def test_one_code_can_be_looked_up(client: httpx.Client) -> None:
    """The filter finds the one or none."""
    created(client.post("/v1/villages", json=VILLAGE))
    assert len(client.get("/v1/villages?code=KLG-01").json()["items"]) == 1
    assert client.get("/v1/villages?code=KLG-02").json() == {"items": [], "next_cursor": None}


def test_other_tenants_places_are_not_there(api: LiveApi, client: httpx.Client) -> None:
    """Reading, changing and removing another's village answer as for one that never was."""
    village = created(client.post("/v1/villages", json=VILLAGE))
    stranger = api.client(Role.ADMIN, tenant="trat")
    never = f"/v1/villages/{uuid.uuid4()}"
    for method in ("GET", "PATCH", "DELETE"):
        body = {"json": {"name": "x"}} if method == "PATCH" else {}
        theirs = stranger.request(method, f"/v1/villages/{village['id']}", **body)
        none = stranger.request(method, never, **body)
        assert theirs.status_code == none.status_code == 404
        assert theirs.json() | {"request_id": ""} == none.json() | {"request_id": ""}
    assert stranger.get("/v1/villages").json()["items"] == []
    assert client.get(f"/v1/villages/{village['id']}").status_code == 200


def test_one_idempotency_key_makes_one_village(api: LiveApi, client: httpx.Client) -> None:
    """Fifty posts at once with one key add one village, and each gets the same answer."""
    headers = {"Idempotency-Key": "post-1"}

    def post(_: int) -> httpx.Response:
        return client.post("/v1/villages", json=VILLAGE, headers=headers)

    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(post, range(50)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert sum("idempotency-replayed" in answer.headers for answer in answers) == 49
    assert len(client.get("/v1/villages").json()["items"]) == 1


def test_an_idempotency_key_is_for_one_request(client: httpx.Client) -> None:
    """The same key with another body is refused, and a refused creation does not use the key up."""
    headers = {"Idempotency-Key": "post-1"}
    assert client.post("/v1/trucks", json=TRUCK, headers=headers).status_code == 422
    client.post("/v1/hubs", json=HUB)
    assert client.post("/v1/trucks", json=TRUCK, headers=headers).status_code == 201
    answer = client.post("/v1/trucks", json=TRUCK | {"code": "TRK-8"}, headers=headers)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/header/idempotency-key"


def test_a_day_later_the_key_is_free_again(api: LiveApi, client: httpx.Client) -> None:
    """Kept answers go after a day."""
    headers = {"Idempotency-Key": "post-1"}
    created(client.post("/v1/villages", json=VILLAGE, headers=headers))
    api.clock.now_ms += 24 * 3_600_000 + 1
    created(client.post("/v1/villages", json=VILLAGE | {"code": "KLG-02"}, headers=headers))
