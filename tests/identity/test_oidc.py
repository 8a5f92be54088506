"""Signing in at an identity provider, and every way in which its answer can be false."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from joserfc.jwk import ECKey
from sqlalchemy import URL

from services.db.engine import Database
from services.identity import store, users
from services.identity.logic import Role, add_tenant
from services.settings import Settings
from tests.support.api import NOON_MS, LiveApi, serve
from tests.support.oidc import CLIENT_ID, CLIENT_SECRET, OidcProvider, oidc_provider
from tests.support.people import person

PERSON = {"email": "Nok@klaeng.example", "email_verified": True, "name": "Nok", "groups": ["staff", "desk"]}


@pytest.fixture
def provider() -> Iterator[OidcProvider]:
    with oidc_provider() as found:
        found.now_s = NOON_MS // 1000
        found.claims = dict(PERSON)
        yield found


@pytest.fixture
def live(sqlite_url: URL, provider: OidcProvider, tmp_path: Path) -> Iterator[LiveApi]:
    settings = Settings(
        data_dir=tmp_path,
        public_url="http://localhost",
        oidc_issuer=provider.issuer,
        oidc_client_id=CLIENT_ID,
        oidc_client_secret=CLIENT_SECRET,
        oidc_tenant="klaeng",
        oidc_roles="ops=admin, desk=coordinator, buyers=exporter",
    )
    database = Database(sqlite_url)
    with database.write() as session:
        add_tenant(session, "klaeng", "Klaeng", NOON_MS)
    with serve(database, settings) as api:
        yield api
    database.close()


def sign_in(live: LiveApi, provider: OidcProvider, client: httpx.Client | None = None, **change: Any) -> httpx.Response:
    """From the first redirect to the answer on coming back."""
    client = client or live.anonymous()
    begun = client.get("/v1/session/oidc")
    assert begun.status_code == 303, begun.text
    return client.get("/v1/session/oidc/return", params=provider.consent(begun.headers["location"]) | change)


def test_a_person_is_added_with_the_role_of_the_group_and_known_again(live: LiveApi, provider: OidcProvider) -> None:
    """The second sign-in finds the same account by its subject, with the role that its groups then give."""
    client = live.anonymous()
    assert sign_in(live, provider, client).status_code == 303
    first = client.get("/v1/session").json()
    assert (first["role"], first["user"]["email"]) == ("coordinator", "nok@klaeng.example")
    provider.claims |= {"email": "new@klaeng.example", "groups": ["ops"]}
    assert sign_in(live, provider, client).status_code == 303
    again = client.get("/v1/session").json()
    assert (again["role"], again["user"]["id"]) == ("admin", first["user"]["id"])


@pytest.mark.parametrize(
    "false",
    [
        {"iss": "https://evil.example"},
        {"aud": "another client"},
        {"nonce": "another nonce"},
        {"exp": NOON_MS // 1000 - 120},
        {"iat": NOON_MS // 1000 + 3600},
        {"azp": "another client"},
    ],
)
def test_a_false_token_lets_nobody_in(live: LiveApi, provider: OidcProvider, false: dict[str, Any]) -> None:
    """Issuer, audience, nonce, times and authorized party are each checked."""
    provider.spoil = false
    refused = sign_in(live, provider)
    assert refused.status_code == 401, refused.text
    assert "coldchain_session" not in refused.cookies


def test_a_token_of_another_key_lets_nobody_in(live: LiveApi, provider: OidcProvider) -> None:
    """Even one of the same name; a provider's new key is found without a restart."""
    assert sign_in(live, provider).status_code == 303
    stranger = ECKey.generate_key("P-256", {"kid": "one", "alg": "ES256"})
    provider.signing_key = stranger
    assert sign_in(live, provider).status_code == 401
    provider.key = stranger
    assert sign_in(live, provider).status_code == 303


def test_state_belongs_to_one_browser_and_one_use(live: LiveApi, provider: OidcProvider) -> None:
    """A link to come back by, sent to a victim, signs nobody in; nor does it twice, or late."""
    attacker = live.anonymous()
    answer = provider.consent(attacker.get("/v1/session/oidc").headers["location"])
    assert live.anonymous().get("/v1/session/oidc/return", params=answer).status_code == 401
    assert sign_in(live, provider, state="x").status_code == 401
    client = live.anonymous()
    late = provider.consent(client.get("/v1/session/oidc").headers["location"])
    live.clock.now_ms += 11 * 60_000
    assert client.get("/v1/session/oidc/return", params=late).status_code == 401


def test_who_is_in_no_group_or_needs_a_scope_is_told(live: LiveApi, provider: OidcProvider) -> None:
    """Roles that see own records are given by an admin; an unverified address takes nobody's account over."""
    provider.claims |= {"groups": ["staff"]}
    assert sign_in(live, provider).status_code == 403
    provider.claims |= {"groups": ["buyers"]}
    assert "added by an admin" in sign_in(live, provider).json()["detail"]
    with live.database.read() as session:
        tenant = store.tenant_by_slug(session, "klaeng")
    assert tenant is not None
    person(live.database, tenant.id, Role.COORDINATOR, email="nok@klaeng.example")
    provider.claims |= {"groups": ["desk"], "email_verified": False}
    assert sign_in(live, provider).status_code == 403
    provider.claims |= {"email_verified": True}
    assert sign_in(live, provider).status_code == 303
    with live.database.write() as session:
        users.disable(session, users.found(session, tenant.id, "nok@klaeng.example"), NOON_MS)
    assert sign_in(live, provider).status_code == 403


def test_without_a_provider_there_is_no_such_way(api: LiveApi) -> None:
    assert api.anonymous().get("/v1/session/oidc").status_code == 404
