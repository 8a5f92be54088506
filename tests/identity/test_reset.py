"""A forgotten password: a link by mail, and the same answer whoever asks."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import URL

from services.db.engine import Database
from services.errors import Unavailable
from services.identity import users
from services.identity.logic import Role
from services.identity.mail import KeptMail, Mail, SmtpMail
from services.settings import Settings
from tests.support.api import LiveApi, serve
from tests.support.people import NOK, PASSWORD, person
from tests.support.smtp import MailServer, mail_server
from tests.support.waiting import wait_until


@pytest.fixture
def post() -> Iterator[MailServer]:
    with mail_server() as server:
        yield server


@pytest.mark.parametrize("kind", ["smtp", "kept"])
def test_a_message_arrives_whole(post: MailServer, kind: str) -> None:
    """The real server and the kept mail of tests: addressee, subject and every letter of the text."""
    kept = KeptMail()
    mail: Mail = SmtpMail(post.url, "coldchain@example.org") if kind == "smtp" else kept
    mail.send(NOK, "Set a new password", "สวัสดี\n\nhttps://example.org/set-password?t=abc\n")
    if kind == "kept":
        assert kept.sent == [(NOK, "Set a new password", "สวัสดี\n\nhttps://example.org/set-password?t=abc\n")]
        return
    ((to, message),) = post.taken
    assert (to, message["Subject"], message["From"]) == (NOK, "Set a new password", "coldchain@example.org")
    assert message.get_content().splitlines()[0] == "สวัสดี"


def test_a_server_that_is_away_is_named_without_its_password() -> None:
    """The log learns the host; neither login nor addressee."""
    with pytest.raises(Unavailable, match=r"127\.0\.0\.1") as caught:
        SmtpMail("smtp://nok:hunter2@127.0.0.1:1", "a@example.org").send(NOK, "x", "y")
    assert "hunter2" not in caught.value.detail


@pytest.fixture
def live(sqlite_url: URL, post: MailServer, tmp_path: Path) -> Iterator[LiveApi]:
    settings = Settings(
        data_dir=tmp_path, smtp_url=post.url, mail_from="coldchain@example.org", public_url="https://example.org"
    )
    database = Database(sqlite_url)
    with serve(database, settings) as api:
        yield api
    database.close()


def test_a_reset_is_mailed_and_nobody_learns_whether_there_is_an_account(live: LiveApi, post: MailServer) -> None:
    """The link sets a password once; strangers, other tenants and disabled people get the same answer and no mail."""
    with live.database.write() as session:
        tenant_id = live.tenant_id(session)
    person(live.database, tenant_id, Role.COORDINATOR, email=NOK)
    gone = person(live.database, tenant_id, Role.AUDITOR, email="gone@klaeng.example")
    with live.database.write() as session:
        users.disable(session, users.found(session, tenant_id, gone), live.clock())
    tenant, client = f"klaeng-{live.suffix}", live.anonymous()
    answers = [
        client.post("/v1/session/password-reset", json={"tenant": in_tenant, "email": address})
        for in_tenant, address in (
            (tenant, "gone@klaeng.example"),
            (tenant, "nobody@klaeng.example"),
            ("trat", NOK),
            (tenant, NOK.upper()),
        )
    ]
    assert {(answer.status_code, answer.text) for answer in answers} == {(202, "null")}
    wait_until(lambda: len(post.taken) == 1)
    ((to, message),) = post.taken
    assert to == NOK
    found = re.search(r"https://example\.org/set-password\?t=(\S+)", message.get_content())
    assert found
    page = client.get(f"/set-password?t={found[1]}")
    assert page.status_code == 200
    assert found[1] in page.text
    weak = client.post("/set-password", data={"ticket": found[1], "password": "short"})
    assert weak.status_code == 422
    assert "12 are the least" in weak.text
    assert client.post("/set-password", data={"ticket": found[1], "password": PASSWORD}).status_code == 200
    assert client.post("/set-password", data={"ticket": found[1], "password": PASSWORD}).status_code == 401
    signed_in = client.post("/v1/session", json={"tenant": tenant, "email": NOK, "password": PASSWORD})
    assert signed_in.status_code == 200
    assert "Secure" in signed_in.headers["set-cookie"]  # the public URL is https
    assert client.post("/v1/session/password-reset", json={"tenant": tenant, "email": NOK}).status_code == 202
    assert client.post("/v1/session/password-reset", json={"tenant": tenant, "email": NOK}).status_code == 429


def test_without_a_mail_server_the_answer_says_what_to_do(api: LiveApi) -> None:
    """503, the same for everybody."""
    answer = api.anonymous().post("/v1/session/password-reset", json={"tenant": "x", "email": NOK})
    assert answer.status_code == 503
