"""What every answer carries, whom the server believes, and what production does not start with."""

import logging
from collections.abc import Iterator

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import URL

from routing.files import sheets as plan_sheets
from services.db.engine import Database
from services.errors import InvalidInput
from services.http.edges import TrustedHosts, TrustedProxies, host_of, names, networks
from services.http.sheets import FORMULA_STARTS, plain_cell
from services.settings import Settings, load_settings
from tests.support.api import LiveApi, serve

SECURE = {
    "COLDCHAIN_MODE": "production",
    "COLDCHAIN_SECRET_KEY": "Vq3R0xq0H1m0b7mYtD5nS2kz8pJwLe4f",
    "COLDCHAIN_PUBLIC_URL": "https://coldchain.example.org",
    "COLDCHAIN_BROKER_URL": "mqtt://ingest:secret@brokers:1883",
}


@pytest.fixture
def public(sqlite_url: URL) -> Iterator[LiveApi]:
    """Served as behind a proxy on this machine, under a public name."""
    settings = Settings(
        public_url="https://coldchain.example.org",
        trusted_hosts="coldchain.example.org, *.village.example",
        trusted_proxies="127.0.0.1",
    )
    database = Database(sqlite_url)
    with serve(database, settings) as api:
        yield api
    database.close()


@pytest.mark.parametrize(
    "path", ["/health", "/v1/lots", "/nothing", "/openapi.json", "/enter?t=x", "/g/x", "/assets/x"]
)
def test_every_answer_forbids_what_pages_need_not(public: LiveApi, path: str) -> None:
    """JSON, errors, pages and assets: no inline script, no framing, no sniffing, TLS for a year."""
    headers = public.anonymous().get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert "geolocation=(self)" in headers["permissions-policy"]
    assert headers["strict-transport-security"].startswith("max-age=31536000")
    assert "server" not in headers or "uvicorn" in headers["server"]  # the command turns it off, tests do not


def test_without_tls_none_is_promised(api: LiveApi) -> None:
    assert "strict-transport-security" not in api.anonymous().get("/health").headers


@pytest.mark.parametrize(
    ("host", "is_ours"),
    [
        ("coldchain.example.org", True),
        ("COLDCHAIN.example.org:8000", True),
        ("a.village.example", True),
        ("localhost:1", True),
        ("village.example", False),
        ("coldchain.example.org.evil.example", False),
        ("evil.example", False),
    ],
)
def test_only_own_names_are_answered_to(public: LiveApi, host: str, is_ours: bool) -> None:
    """No link is ever made of a stranger's Host."""
    answer = public.anonymous().get("/health", headers={"Host": host})
    assert (answer.status_code == 200) == is_ours
    if not is_ours:
        assert answer.json()["type"] == "urn:coldchain:error:invalid-input"


def sender(trusted: str, peer: str, *forwarded: str) -> str:
    """Whom the application takes for the sender."""
    seen: list[str] = []

    async def app(scope, receive, send) -> None:
        seen.append(scope["client"][0])

    async def nothing(*_: object) -> None:
        raise AssertionError

    scope = {
        "type": "http",
        "client": (peer, 5),
        "scheme": "http",
        "headers": [(b"x-forwarded-for", value.encode()) for value in forwarded],
    }
    coroutine = TrustedProxies(app, networks(trusted))(scope, nothing, nothing)
    with pytest.raises(StopIteration):
        coroutine.send(None)
    return seen[0]


@pytest.mark.parametrize(
    ("trusted", "peer", "forwarded", "expected"),
    [
        ("", "203.0.113.9", ["1.2.3.4"], "203.0.113.9"),
        ("10.0.0.0/8", "203.0.113.9", ["1.2.3.4"], "203.0.113.9"),
        ("10.0.0.0/8", "10.0.0.1", ["1.2.3.4"], "1.2.3.4"),
        ("10.0.0.0/8", "10.0.0.1", ["9.9.9.9, 1.2.3.4, 10.0.0.7"], "1.2.3.4"),  # 9.9.9.9 is only 1.2.3.4's word
        ("10.0.0.0/8", "10.0.0.1", ["9.9.9.9", "1.2.3.4"], "1.2.3.4"),
        ("10.0.0.0/8", "10.0.0.1", ["nonsense"], "10.0.0.1"),
        ("10.0.0.0/8", "10.0.0.1", [], "10.0.0.1"),
        ("2001:db8::/32", "2001:db8::1", ["2001:4860::7"], "2001:4860::7"),
    ],
)
def test_the_sender_is_believed_of_trusted_proxies_alone(
    trusted: str, peer: str, forwarded: list[str], expected: str
) -> None:
    """Limits by address can't be dodged by a header."""
    assert sender(trusted, peer, *forwarded) == expected


@given(st.text(max_size=60))
def test_any_host_header_is_read(header: str) -> None:
    """Whatever is sent, there is a name to compare."""
    assert TrustedHosts(None, names("a.example"))._is_ours(host_of(header)) in {True, False}  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"COLDCHAIN_SECRET_KEY": ""}, "COLDCHAIN_SECRET_KEY"),
        ({"COLDCHAIN_SECRET_KEY": "short"}, "COLDCHAIN_SECRET_KEY"),
        ({"COLDCHAIN_SECRET_KEY": "k" * 40}, "COLDCHAIN_SECRET_KEY"),
        ({"COLDCHAIN_PUBLIC_URL": ""}, "COLDCHAIN_PUBLIC_URL"),
        ({"COLDCHAIN_PUBLIC_URL": "http://coldchain.example.org"}, "COLDCHAIN_PUBLIC_URL"),
        ({"COLDCHAIN_TRUSTED_PROXIES": "proxy"}, "COLDCHAIN_TRUSTED_PROXIES"),
        ({"COLDCHAIN_BROKER_URL": "mqtt://u:p@broker.example"}, "COLDCHAIN_BROKER_URL"),
        ({"COLDCHAIN_BROKER_URL": "mqtts://broker.example"}, "COLDCHAIN_BROKER_URL"),
        ({"COLDCHAIN_METRICS_KEY": "x"}, "COLDCHAIN_METRICS_KEY"),
        ({"COLDCHAIN_BROKER_PASSWORD": "x"}, "COLDCHAIN_BROKER_PASSWORD"),
        ({"COLDCHAIN_CLOCK": "simulated"}, "COLDCHAIN_CLOCK"),
        ({"COLDCHAIN_SMTP_URL": "http://x"}, "COLDCHAIN_SMTP_URL"),
        ({"COLDCHAIN_SMTP_URL": "smtp://x"}, "COLDCHAIN_MAIL_FROM"),
    ],
)
def test_production_names_each_weak_setting(change: dict[str, str], named: str) -> None:
    """One missing or weak setting, and it does not start; its value is not repeated."""
    settings = load_settings(SECURE)
    assert settings.resolved_trusted_hosts() == "coldchain.example.org"
    with pytest.raises(InvalidInput) as refused:
        load_settings(SECURE | change)
    told = " ".join(str(fault) for fault in refused.value.faults)
    assert named in told
    assert "u:p" not in told


def test_all_weak_settings_are_named_at_once() -> None:
    """Nobody mends them one start at a time."""
    with pytest.raises(InvalidInput) as refused:
        load_settings({"COLDCHAIN_MODE": "production"})
    told = " ".join(str(fault) for fault in refused.value.faults)
    for name in ("COLDCHAIN_SECRET_KEY", "COLDCHAIN_PUBLIC_URL"):
        assert name in told


@given(st.sampled_from(FORMULA_STARTS), st.text(max_size=20), st.sampled_from(["", " ", "  "]))
def test_no_cell_begins_a_formula(start: str, rest: str, space: str) -> None:
    """Whatever is exported, a spreadsheet shows it; numbers stay numbers."""
    shown = plain_cell(f"{space}{start}{rest}")
    assert isinstance(shown, str)
    try:
        float(shown)
    except ValueError:
        assert shown.startswith("'")
        assert shown[1:] == f"{space}{start}{rest}"


@given(
    st.text(max_size=20) | st.sampled_from(FORMULA_STARTS).flatmap(lambda start: st.text(max_size=5).map(start.__add__))
)
def test_plans_have_the_same_rule(text: str) -> None:
    """`routing` imports nothing of the services, and writes the spreadsheets of plans by itself."""
    assert plan_sheets.plain_cell(text) == plain_cell(text)


@pytest.mark.parametrize("value", ["LOT-1", "", "-12.5", "+7", -3, 2.5, None, "ทุเรียน", "a=b"])
def test_plain_cells_stay_as_they_are(value: object) -> None:
    assert plain_cell(value) == value  # type: ignore[type-var]


def test_what_opens_something_never_reaches_the_log(api: LiveApi, caplog: pytest.LogCaptureFixture) -> None:
    """Tickets, cookies, guests' links and passwords, right or wrong."""
    with caplog.at_level(logging.DEBUG):
        client = api.anonymous()
        client.get("/g/guest-token-7f3a")
        client.get("/enter?t=entry-ticket-7f3a")
        client.post("/v1/session/entry", json={"ticket": "posted-ticket-7f3a"})
        client.post("/v1/session", json={"tenant": "x", "email": "a@b", "password": "password-7f3a", "totp": "1-7f3a"})
        client.get("/v1/lots", headers={"Cookie": "coldchain_session=cookie-7f3a"})
        client.get("/set-password?t=set-7f3a")
    assert "/g/…" in caplog.text
    own = "\n".join(record.getMessage() for record in caplog.records if record.name.startswith("services"))
    assert "7f3a" not in own


def test_a_forged_line_stays_inside_its_line(api: LiveApi, caplog: pytest.LogCaptureFixture) -> None:
    """An account's name with line breaks is written out."""
    with caplog.at_level(logging.INFO):
        body = {"tenant": "x", "email": "a@b\nERROR forged", "password": "y"}
        api.anonymous().post("/v1/session", json=body)
    (line,) = [record.getMessage() for record in caplog.records if "sign-in refused" in record.getMessage()]
    assert "\n" not in line


def test_a_hundred_guesses_a_second_are_slowed_down(public: LiveApi) -> None:
    """Keys, passwords of one account from many addresses, and passwords from one address: 429 with Retry-After."""

    def guess(number: int, address: str, email: str) -> httpx.Response:
        body = {"tenant": "klaeng", "email": email, "password": f"guess {number}"}
        return client.post("/v1/session", json=body, headers={"X-Forwarded-For": address})

    client = public.anonymous()
    one_account = [guess(number, f"198.51.100.{number}", "nok@a.example") for number in range(15)]
    assert [answer.status_code for answer in one_account] == [401] * 10 + [429] * 5
    assert int(one_account[-1].headers["retry-after"]) >= 1
    tried = range(20)
    one_address = [guess(number, "203.0.113.1", f"user{number}@a.example").status_code for number in tried]
    assert one_address == [401] * len(tried)
    # each guess takes its time for argon2id, in which the address earns some of its next one
    assert any(guess(number, "203.0.113.1", f"more{number}@a.example").status_code == 429 for number in range(40))
    keys = [
        client.get(
            "/v1/lots", headers={"Authorization": f"Bearer cc_0123456789ab_{number}", "X-Forwarded-For": "203.0.113.2"}
        ).status_code
        for number in range(100)
    ]
    assert keys[:20] == [401] * 20
    assert 429 in keys
