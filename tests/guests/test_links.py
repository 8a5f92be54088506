"""A link shows one shipment to whoever holds it, for a time, and tells how often it was opened."""

from services.guests.logic import DAY_MS, LIFE_MS
from services.identity.logic import Role
from services.identity.scope import Scope
from tests.support.api import LiveApi
from tests.support.orchard import Orchard, created


def test_from_making_a_link_to_its_end(orchard: Orchard) -> None:
    """The page shows this shipment and no other; each opening is counted; after its end and after revoking: nothing."""
    orchard.received("LOT-1", "LOT-2")
    orchard.shipment("LOT-1")
    orchard.shipment("LOT-2", code="SHP-2")
    links = "/v1/shipments/SHP-1/links"
    first = created(orchard.client.post(links, json={"name": "buyer"}))
    second = created(orchard.client.post(links, json={"name": "insurer", "expires_at": orchard.api.clock() + DAY_MS}))
    guest = orchard.api.anonymous()
    path = first["url"].removeprefix(orchard.api.url)
    page = guest.get(path)
    assert page.status_code == 200
    assert "SHP-1" in page.text
    for secret in ("SHP-2", "LOT-2", "buyer", first["id"]):
        assert secret not in page.text
    assert "set-cookie" not in page.headers
    assert "unsafe" not in page.headers["content-security-policy"]
    assert guest.get(path, headers={"If-None-Match": page.headers["etag"]}).status_code == 304
    guest.get(path)
    listed = {link["name"]: link for link in orchard.client.get(links).json()["items"]}
    assert (listed["buyer"]["opened"], listed["insurer"]["opened"]) == (2, 0)
    assert first["url"].rpartition("/")[2] not in orchard.client.get(links).text
    for _ in range(2):
        assert orchard.client.delete(f"{links}/{second['id']}").status_code == 204
    orchard.api.clock.now_ms += LIFE_MS
    answers = [guest.get(address) for address in (path, second["url"], "/g/unknown")]
    assert {(answer.status_code, answer.text) for answer in answers} == {(404, answers[2].text)}
    states = {link["name"]: link["state"] for link in orchard.client.get(links).json()["items"]}
    assert states == {"buyer": "expired", "insurer": "revoked"}


def test_a_link_opens_nothing_but_its_page(orchard: Orchard) -> None:
    """Its token is no key, no session and no ticket."""
    orchard.received("LOT-1")
    orchard.shipment("LOT-1")
    made = created(orchard.client.post("/v1/shipments/SHP-1/links", json={"name": "buyer"}))
    token = made["url"].rpartition("/")[2]
    assert orchard.api.with_key(token).get("/v1/shipments/SHP-1").status_code == 401
    browser = orchard.api.anonymous()
    browser.cookies.set("coldchain_session", token)
    assert browser.get("/v1/shipments/SHP-1").status_code == 401
    assert browser.post("/v1/session/entry", json={"ticket": token}).status_code == 401


def test_only_own_shipments_are_shared_and_only_for_a_time(api: LiveApi, orchard: Orchard) -> None:
    """Another exporter's shipment is not there; a link without an end in sight is refused."""
    orchard.received("LOT-1")
    orchard.shipment("LOT-1", exporter="Siam")
    links = "/v1/shipments/SHP-1/links"
    other = api.client(Role.EXPORTER, scope=Scope(exporter="Other"))
    assert other.post(links, json={"name": "x"}).status_code == 404
    assert other.get(links).status_code == 404
    own = api.client(Role.EXPORTER, scope=Scope(exporter="Siam"))
    for wrong_ms in (api.clock(), api.clock() + 400 * DAY_MS):
        refused = own.post(links, json={"name": "x", "expires_at": wrong_ms})
        assert refused.json()["errors"][0]["pointer"] == "/expires_at"
    created(own.post(links, json={"name": "x"}))
