"""The second factor: begun, confirmed, asked for at sign-in, used once a step, replaced by a recovery code."""

import pyotp
import pytest

from services.identity import totp
from tests.support.api import LiveApi
from tests.support.people import NOK, PASSWORD


def test_from_the_secret_to_signing_in_with_a_code_and_without_the_phone(api: LiveApi, nok: dict[str, str]) -> None:
    """A code works once; a recovery code works once; the password alone no more, and is told from a wrong one."""
    client = api.anonymous()
    client.headers["X-CSRF-Token"] = client.post("/v1/session", json=nok).json()["csrf_token"]
    wrong = client.post("/v1/account/totp", json={"password": "not it"})
    assert wrong.json()["errors"][0]["pointer"] == "/password"
    begun = client.post("/v1/account/totp", json={"password": PASSWORD}).json()
    assert begun["uri"].startswith("otpauth://totp/")
    app = pyotp.TOTP(begun["secret"])

    def code(steps: int = 0) -> str:
        return app.at(api.clock.now_ms // 1000 + 30 * steps)

    assert client.post("/v1/session", json=nok).status_code == 200  # not in force before a code is confirmed
    client.headers["X-CSRF-Token"] = client.get("/v1/session").json()["csrf_token"]
    assert client.post("/v1/account/totp/confirm", json={"code": "000000"}).status_code == 422
    confirmed = client.post("/v1/account/totp/confirm", json={"code": code()})
    codes = confirmed.json()["recovery_codes"]
    assert len(set(codes)) == totp.RECOVERY_CODES
    assert client.post("/v1/account/totp", json={"password": PASSWORD}).status_code == 409

    def sign_in(**more: str) -> tuple[int, str]:
        answer = api.anonymous().post("/v1/session", json=nok | more)
        return answer.status_code, answer.json().get("type", "")

    assert sign_in() == (401, "urn:coldchain:error:second-factor-needed")
    assert sign_in(password="wrong", totp=code())[1].endswith("unauthenticated")
    assert sign_in(totp=code())[0] == 401  # the step in which it was confirmed is used up
    assert sign_in(totp=code(1))[0] == 200  # a phone half a minute ahead
    assert sign_in(totp=code(1))[0] == 401
    api.clock.now_ms += 10 * 30_000
    assert sign_in(totp=code(-2))[0] == 401
    assert sign_in(totp=code(-1))[0] == 200
    assert sign_in(totp=code()[:3] + " " + code()[3:])[0] == 200
    assert sign_in(totp=codes[3].lower())[0] == 200
    assert sign_in(totp=codes[3])[0] == 401
    removed = client.post("/v1/account/totp/remove", json={"password": PASSWORD})
    assert removed.status_code == 204
    assert sign_in()[0] == 200
    assert NOK


def test_the_secret_is_kept_encrypted(api: LiveApi, nok: dict[str, str]) -> None:
    """Whoever reads the tables can't make codes."""
    client = api.anonymous()
    client.headers["X-CSRF-Token"] = client.post("/v1/session", json=nok).json()["csrf_token"]
    secret = client.post("/v1/account/totp", json={"password": PASSWORD}).json()["secret"]
    with api.database.read() as session:
        from services.identity import users

        user = users.with_address(session, nok["tenant"], NOK)
    assert user is not None
    assert secret.encode() not in (user.totp_encrypted or b"")
    with pytest.raises(totp.Unavailable):
        totp._is_current(user, "000000", "another secret key", api.clock())


def test_a_key_has_no_account(api: LiveApi) -> None:
    """What changes how one signs in is for people."""
    for path, body in (("", {"password": PASSWORD}), ("/confirm", {"code": "123456"})):
        assert api.client().post(f"/v1/account/totp{path}", json=body).status_code == 401
