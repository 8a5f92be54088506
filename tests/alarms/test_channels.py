"""Channels over HTTP: made, tried out, changed; secrets never shown again."""

from services.alarms.logic import Cause, Severity, raise_alarm
from services.identity.logic import Role
from tests.support.api import NOON_MS, LiveApi
from tests.support.webhooks import hook


def test_a_webhook_is_made_tried_and_listed_without_its_secret(api: LiveApi) -> None:
    """The signing secret is in the first answer only; the trial tells what the other side said."""
    coordinator = api.client(Role.COORDINATOR)
    with hook() as listening:
        body = {"name": "office", "kind": "webhook", "address": listening.url + "?token=hush"}
        made = coordinator.post("/v1/channels", json=body)
        assert made.status_code == 201, made.text
        channel, secret = made.json()["channel"], made.json()["secret"]
        assert secret.startswith("whsec_")
        assert channel["address"] == listening.url
        listed = coordinator.get("/v1/channels")
        assert listed.json() == [channel]
        assert "hush" not in listed.text
        assert secret not in listed.text
        url = f"/v1/channels/{channel['id']}"
        listening.answers = [503]
        assert coordinator.post(f"{url}/trial").json() == {"arrived": False, "answer": "answered 503"}
        assert coordinator.post(f"{url}/trial").json() == {"arrived": True, "answer": "answered 200"}
    rules = {"name": "office", "quiet_from": "22:00", "quiet_until": "05:00", "language": "th"}
    changed = coordinator.put(url, json=rules).raise_for_status().json()
    assert (changed["quiet_from"], changed["language"]) == ("22:00", "th")
    half = coordinator.put(url, json={"name": "office", "quiet_from": "22:00"})
    assert half.status_code == 422
    assert api.client(Role.COORDINATOR, "other").put(url, json=rules).status_code == 404


def test_an_address_that_can_not_be_used_is_refused(api: LiveApi) -> None:
    """A wrong scheme or a password in the address: 422 at the address, and the address is not in the answer."""
    coordinator = api.client(Role.COORDINATOR)
    for kind, address in (("service", "file:///etc/passwd"), ("webhook", "https://me:hush@example.com/")):
        answer = coordinator.post("/v1/channels", json={"name": "x", "kind": kind, "address": address})
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/address")
        assert "hush" not in answer.text
    assert coordinator.get("/v1/channels").json() == []


def test_deliveries_are_listed_and_replayed(api: LiveApi) -> None:
    """A message on its way can't be replayed; the log belongs to its tenant."""
    coordinator = api.client(Role.COORDINATOR)
    body = {"name": "office", "kind": "webhook", "address": "https://hooks.example.com/a"}
    channel = coordinator.post("/v1/channels", json=body).json()["channel"]
    with api.database.write() as session:
        tenant_id = api.tenant_id(session)
        cause = Cause("gateway.silent", "gateway", "GW-7")
        raise_alarm(session, tenant_id, cause, severity=Severity.WARNING, summary="s", now_ms=NOON_MS)
    assert coordinator.get(f"/v1/channels/{channel['id']}/deliveries").json()["items"] == []
    assert coordinator.post("/v1/deliveries/999999/replay").status_code == 404
    assert api.client(Role.COORDINATOR, "other").get(f"/v1/channels/{channel['id']}/deliveries").status_code == 404
