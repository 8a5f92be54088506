"""`/v1/audit` as an auditor uses it."""

import json

from services.audit.checkpoint import read_checkpoint
from services.identity.logic import Role
from tests.support.orchard import Orchard


def test_an_auditor_follows_a_change(orchard: Orchard) -> None:
    """Who renamed the hub, from what to what, in which request; found by object, actor, time, and page by page."""
    hub = orchard.hub["id"]
    renamed = orchard.client.patch(f"/v1/hubs/{hub}", json={"name": "Harbour"}, headers={"X-Request-Id": "rename-0001"})
    assert renamed.status_code == 200, renamed.text
    auditor = orchard.api.client(Role.AUDITOR)
    found = auditor.get("/v1/audit", params={"object_kind": "hub", "object_id": hub}).json()["items"]
    assert [entry["operation"] for entry in found] == ["update", "insert"]
    entry = found[0]
    assert (entry["before"]["name"], entry["after"]["name"]) == (orchard.hub["name"], "Harbour")
    assert (entry["request_id"], entry["address"]) == ("rename-0001", "127.0.0.1")
    assert entry["actor"].startswith("key ")
    assert auditor.get("/v1/audit", params={"request_id": "rename-0001"}).json()["items"] == [entry]
    assert auditor.get("/v1/audit", params={"to": 0}).json()["items"] == []
    numbers, cursor = [], None
    while True:
        page = auditor.get("/v1/audit", params={"limit": 2} | ({"cursor": cursor} if cursor else {})).json()
        numbers += [one["number"] for one in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert numbers == list(range(len(numbers), 0, -1))
    assert len(numbers) > 4
    assert "secret" in json.dumps(auditor.get("/v1/audit", params={"object_kind": "api_key"}).json())


def test_the_journal_is_the_own_tenants(orchard: Orchard) -> None:
    """Another tenant's auditor sees nothing of it; a coordinator may not look."""
    assert orchard.client.get("/v1/audit").status_code == 403
    stranger = orchard.api.client(Role.AUDITOR, tenant="trat")
    params = {"object_id": orchard.hub["id"]}
    assert stranger.get("/v1/audit", params=params).json()["items"] == []


def test_a_checkpoint_is_signed_and_of_the_own_chains(orchard: Orchard) -> None:
    """The signature holds under the key that it names, and the number is the newest entry's."""
    auditor = orchard.api.client(Role.AUDITOR)
    answer = auditor.get("/v1/audit/checkpoint")
    assert answer.status_code == 200, answer.text
    checkpoint = read_checkpoint(answer.content, answer.json()["public_key"])
    assert {(state.tenant_id, str(state.chain)) for state in checkpoint.states} == {
        (orchard.tenant_id, "changes"),
        (orchard.tenant_id, "readings"),
    }
    newest = auditor.get("/v1/audit", params={"limit": 1}).json()["items"][0]
    signed = checkpoint.signed(orchard.tenant_id, checkpoint.states[0].chain)
    assert signed[newest["number"]].hex() == newest["link"]
