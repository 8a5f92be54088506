"""Signing in with a browser: the cookie, its token against forged requests, and how a session ends."""

import httpx
import pytest

from services.identity import sessions, store, users
from services.identity.logic import Role
from services.identity.users import Purpose
from tests.support.api import LiveApi
from tests.support.people import NOK, PASSWORD, browser, person
from tests.support.waiting import wait_until


def test_signing_in_asking_and_signing_out(api: LiveApi, nok: dict[str, str]) -> None:
    """The answer says who is signed in; no script reaches the cookie, which is worth nothing after sign-out."""
    client = api.anonymous()
    answer = client.post("/v1/session", json=nok)
    assert answer.status_code == 200, answer.text
    document = answer.json()
    assert document["user"]["email"] == NOK
    assert document["tenant"] == {"slug": nok["tenant"], "name": "Klaeng"}
    assert (document["role"], document["locale"]) == ("coordinator", "en")
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Secure" not in cookie  # the public URL of this server is not https
    assert client.get("/v1/session").json() == document
    assert client.get("/v1/villages").status_code == 200
    assert client.delete("/v1/session", headers={"X-CSRF-Token": document["csrf_token"]}).status_code == 204
    assert client.get("/v1/session").status_code == 401
    client.cookies.set("coldchain_session", answer.cookies["coldchain_session"])
    assert client.get("/v1/villages").status_code == 401


def test_a_change_with_the_cookie_needs_the_token_of_its_session(api: LiveApi) -> None:
    """Without it, or with another session's, nothing is changed; reading needs none; a key needs none."""
    client, other = browser(api, Role.COORDINATOR), browser(api, Role.COORDINATOR)
    token = client.headers.pop("X-CSRF-Token")
    body = {"slug": "x"}
    for wrong in (None, "", "x", other.headers["X-CSRF-Token"], "é"):
        headers = {} if wrong is None else {"X-CSRF-Token": wrong.encode()}
        refused = client.post("/v1/villages", json=body, headers=headers)
        assert refused.status_code == 403
        assert "X-CSRF-Token" in refused.json()["detail"]
    assert client.get("/v1/villages").status_code == 200
    assert client.post("/v1/villages", json=body, headers={"X-CSRF-Token": token}).status_code == 422
    assert api.client().post("/v1/villages", json=body).status_code == 422


@pytest.mark.parametrize(
    "wrong", [{"tenant": "nobody"}, {"email": "nobody@klaeng.example"}, {"password": PASSWORD + "s"}, {"totp": "1"}]
)
def test_every_wrong_part_is_answered_alike(api: LiveApi, nok: dict[str, str], wrong: dict[str, str]) -> None:
    """Neither tenants nor accounts can be found out; a code where none is asked for is no fault."""
    answer = api.anonymous().post("/v1/session", json=nok | wrong)
    if "totp" in wrong:
        assert answer.status_code == 200
        return
    assert answer.status_code == 401
    assert answer.json()["detail"] == "The tenant, mail address, password or code is not right."
    assert "set-cookie" not in answer.headers


def test_sign_in_makes_a_new_session_and_ends_the_one_before(api: LiveApi, nok: dict[str, str]) -> None:
    """A session that somebody planted in the browser is not the one that becomes signed in."""
    client = browser(api, Role.AUDITOR)
    before = client.cookies["coldchain_session"]
    after = client.post("/v1/session", json=nok).cookies["coldchain_session"]
    assert before != after
    stale = api.anonymous()
    stale.cookies.set("coldchain_session", before)
    assert stale.get("/v1/session").status_code == 401


def test_a_session_ends_when_idle_and_at_last(api: LiveApi) -> None:
    """Used each hour it lives for its week and not longer; unused it ends after half a day."""
    client, idle = browser(api, Role.AUDITOR), browser(api, Role.AUDITOR)
    start_ms = api.clock.now_ms
    token_sha256 = users.digest(client.cookies["coldchain_session"])

    def seen_at_ms() -> int:
        with api.database.read() as session:
            found = store.session_with_user(session, token_sha256)
            assert found is not None
            return found[0].last_seen_at_ms

    step_ms = sessions.IDLE_MS - 1
    while api.clock.now_ms + step_ms < start_ms + sessions.ABSOLUTE_MS:
        api.clock.now_ms += step_ms
        assert client.get("/v1/session").status_code == 200
        wait_until(lambda: seen_at_ms() == api.clock.now_ms)
        if step_ms == sessions.IDLE_MS - 1:
            api.clock.now_ms += 1
            assert idle.get("/v1/session").status_code == 401
            step_ms = 11 * 3_600_000
    api.clock.now_ms = start_ms + sessions.ABSOLUTE_MS
    assert client.get("/v1/session").status_code == 401


def test_a_disabled_user_is_out_with_the_next_request(api: LiveApi) -> None:
    """The session ends with the account."""
    client = browser(api, Role.COORDINATOR)
    user_id = client.get("/v1/session").json()["user"]["id"]
    with api.database.write() as session:
        users.disable(session, store.users(session, api.tenant_id(session))[0], api.clock())
    assert user_id
    assert client.get("/v1/villages").status_code == 401


def test_the_database_holds_no_token(api: LiveApi) -> None:
    """Whoever reads the tables can't take a session over."""
    token = browser(api, Role.AUDITOR).cookies["coldchain_session"]
    assert len(token) == 43  # 256 bits
    with api.database.read() as session:
        row, _ = store.session_with_user(session, users.digest(token)) or pytest.fail("not found")
    assert token.encode() not in row.token_sha256


def test_an_entry_ticket_works_once_and_for_a_time(api: LiveApi) -> None:
    """The second use and a late use are refused alike; a ticket for a password lets nobody in."""
    with api.database.write() as session:
        tenant_id = api.tenant_id(session)
    user_id = person(api.database, tenant_id, Role.AUDITOR)

    def ticket(purpose: Purpose = Purpose.ENTRY) -> str:
        with api.database.write() as session:
            return users.issue_ticket(session, users.found(session, tenant_id, user_id), purpose, api.clock())

    def enter(text: str) -> httpx.Response:
        return api.anonymous().post("/v1/session/entry", json={"ticket": text})

    once, late, other = ticket(), ticket(), ticket(Purpose.PASSWORD)
    assert enter(once).status_code == 200
    assert enter(once).status_code == 401
    assert enter(other).status_code == 401
    api.clock.now_ms += users.TICKET_LIFE_MS[Purpose.ENTRY]
    assert enter(late).status_code == 401


def test_a_password_is_set_once_by_its_ticket_and_signs_everybody_out(api: LiveApi, nok: dict[str, str]) -> None:
    """A weak one is refused with the reason and leaves the ticket good; the new one signs in, the old one no more."""
    client = api.anonymous()
    client.post("/v1/session", json=nok)
    with api.database.write() as session:
        user = users.found(session, api.tenant_id(session), NOK)
        ticket = users.issue_ticket(session, user, Purpose.PASSWORD, api.clock())
    for weak in ("short", "aaaaaaaaaaaaaaaa", f"{NOK}12"):
        refused = api.anonymous().post("/v1/session/password", json={"ticket": ticket, "password": weak})
        assert refused.status_code == 422
        assert refused.json()["errors"][0]["pointer"] == "/password"
        assert weak not in refused.json()["errors"][0]["detail"]
    new = {"ticket": ticket, "password": "  three ripe rambutans "}
    assert api.anonymous().post("/v1/session/password", json=new).status_code == 204
    assert api.anonymous().post("/v1/session/password", json=new).status_code == 401
    assert client.get("/v1/session").status_code == 401
    assert api.anonymous().post("/v1/session", json=nok).status_code == 401
    assert api.anonymous().post("/v1/session", json=nok | {"password": new["password"]}).status_code == 200
