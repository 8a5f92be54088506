"""People and keys by the API and by the command line."""

import json

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import URL

from services.cli import cli
from services.errors import Conflict, InvalidInput, NotFound
from services.identity.logic import Role
from tests.support.api import LiveApi
from tests.support.people import PASSWORD, browser


def test_an_admin_invites_changes_resets_and_disables(api: LiveApi) -> None:
    """The whole life of an account; each change holds from the next request on."""
    admin = browser(api, Role.ADMIN)
    new = {"email": "Mei@Siam.example", "name": "Mei", "role": "exporter", "scope": {"exporter": "Siam"}}
    assert admin.post("/v1/users", json=new | {"scope": {}}).json()["errors"][0]["pointer"] == "/exporter"
    assert admin.post("/v1/users", json=new | {"role": "gateway"}).status_code == 422
    made = admin.post("/v1/users", json=new)
    assert made.status_code == 201, made.text
    assert admin.post("/v1/users", json=new).status_code == 409
    user = made.json()
    ticket = user["set_password_url"].partition("?t=")[2]
    mei = api.anonymous()
    assert mei.post("/v1/session/password", json={"ticket": ticket, "password": PASSWORD}).status_code == 204
    login = {"tenant": f"klaeng-{api.suffix}", "email": "mei@siam.example", "password": PASSWORD}
    assert mei.post("/v1/session", json=login).json()["role"] == "exporter"
    assert mei.get("/v1/shipments").status_code == 200
    assert mei.get("/v1/lots").status_code == 403
    path = f"/v1/users/{user['id']}"
    assert admin.patch(path, json={"role": "auditor"}).status_code == 422
    assert admin.patch(path, json={"role": "auditor", "scope": {}}).json()["scope"] == {}
    assert mei.get("/v1/lots").status_code == 200
    assert admin.get(path).json()["last_sign_in_at"]
    assert admin.get("/v1/users").json()["items"][-1]["email"] == "mei@siam.example"
    link = admin.post(f"{path}/reset").json()["set_password_url"]
    assert "/set-password?t=" in link
    assert mei.get("/v1/session").status_code == 401
    assert admin.post(f"{path}/disable").json()["disabled"]
    spent = {"ticket": link.partition("?t=")[2], "password": PASSWORD}
    assert api.anonymous().post("/v1/session/password", json=spent).status_code == 401


def test_keys_are_made_shown_once_and_revoked(api: LiveApi) -> None:
    """A key for a role that sees own records says whose; the secret is in one answer only."""
    admin = browser(api, Role.ADMIN)
    refused = admin.post("/v1/keys", json={"name": "truck", "role": "driver"})
    assert refused.json()["errors"][0]["pointer"] == "/trucks"
    made = admin.post("/v1/keys", json={"name": "truck", "role": "driver", "scope": {"trucks": ["T-1"]}}).json()
    client = api.with_key(made["key"])
    assert client.get("/v1/runs").status_code == 200
    assert made["key"] not in admin.get("/v1/keys").text
    assert admin.post(f"/v1/keys/{made['id']}/revoke").json()["state"] == "revoked"
    assert client.get("/v1/runs").status_code == 401
    assert browser(api, Role.ADMIN, "trat").post(f"/v1/keys/{made['id']}/revoke").status_code == 404
    assert browser(api, Role.COORDINATOR).get("/v1/keys").status_code == 403


@pytest.fixture
def run(sqlite_url: URL, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("COLDCHAIN_DATABASE_URL", str(sqlite_url))

    def run(*arguments: str, stdin: str = "") -> Result:
        return CliRunner().invoke(cli, arguments, input=stdin)

    return run


def test_people_by_the_command_line(run) -> None:
    """Added with a password or a link, listed, let in, reset and disabled; each mistake names the option."""
    run("tenant", "add", "klaeng")
    nok = ("--tenant", "klaeng", "--email", "nok@klaeng.example", "--name", "Nok")
    missing = run("user", "add", *nok, "--role", "grower").exception
    assert isinstance(missing, InvalidInput)
    assert missing.faults[0].pointer == "--village"
    weak = run("user", "add", *nok, "--role", "admin", "--password", stdin="short\n").exception
    assert isinstance(weak, InvalidInput)
    added = run("user", "add", *nok, "--role", "admin", "--password", stdin=f"{PASSWORD}\n")
    assert added.exit_code == 0, added.output
    assert "set-password" not in added.output
    assert isinstance(run("user", "add", *nok, "--role", "admin").exception, Conflict)
    mei = ("--tenant", "klaeng", "--email", "mei@siam.example", "--name", "Mei", "--role", "exporter")
    invited = json.loads(run("user", "add", *mei, "--exporter", "Siam Fresh", "--json").stdout)
    assert "/set-password?t=" in invited["set_password_url"]
    listed = run("user", "list", "--tenant", "klaeng").output
    assert "Siam Fresh" in listed
    assert "the whole tenant" in listed
    assert "/enter?t=" in run("user", "enter", "nok@klaeng.example", "--tenant", "klaeng").output
    assert "/set-password?t=" in run("user", "reset", "nok@klaeng.example", "--tenant", "klaeng").output
    assert "Disabled" in run("user", "disable", "nok@klaeng.example", "--tenant", "klaeng").output
    assert "disabled" in run("user", "list", "--tenant", "klaeng").output
    assert isinstance(run("user", "disable", "nobody@x", "--tenant", "klaeng").exception, NotFound)
