"""Errors at the HTTP edge: one shape for all of them, with the place, the value and the remedy."""

import logging
import socket

import httpx
import pytest
from sqlalchemy import URL, update

from services.app import MAX_BODY_BYTES
from services.db.engine import Database
from services.identity.logic import Role
from services.identity.tables import ApiKey
from tests.support.api import LiveApi, serve


def assert_problem(answer: httpx.Response, status: int, code: str) -> dict:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    document = answer.json()
    assert document["type"] == f"urn:coldchain:error:{code}"
    assert document["status"] == status
    assert document["request_id"] == answer.headers["x-request-id"]
    return document


def test_unknown_address(api: LiveApi) -> None:
    """An address that does not exist is a problem document too."""
    assert_problem(api.anonymous().get("/v1/nothing"), 404, "not-found")


def test_wrong_method_names_the_right_ones(api: LiveApi) -> None:
    """The answer lists every method of the address, in the header as well."""
    answer = api.client().put("/v1/villages")
    document = assert_problem(answer, 405, "method-not-allowed")
    assert answer.headers["allow"] == "GET, POST"
    assert "GET, POST" in document["detail"]


def test_no_key(api: LiveApi) -> None:
    """Without a key the answer says how to send one."""
    answer = api.anonymous().get("/v1/villages")
    assert_problem(answer, 401, "unauthenticated")
    assert answer.headers["www-authenticate"].startswith("Bearer")


def test_wrong_role_names_the_roles_that_may(api: LiveApi) -> None:
    """A driver's key may not add a village; the answer names who may."""
    document = assert_problem(api.client(Role.DRIVER).post("/v1/villages", json={}), 403, "forbidden")
    assert "admin, coordinator" in document["detail"]


def test_every_wrong_field_is_named(api: LiveApi) -> None:
    """Missing, wrong and misspelt members each get a JSON pointer, the value and a remedy."""
    body = {"code": "A B", "name": "x", "latitude": 91, "longitude": 101.5, "opens": "6am", "closes": "18:00", "lat": 1}
    document = assert_problem(api.client().post("/v1/villages", json=body), 422, "invalid-input")
    faults = {fault["pointer"]: fault for fault in document["errors"]}
    assert set(faults) == {"/code", "/latitude", "/opens", "/lat"}
    assert faults["/latitude"]["detail"] == "is 91: must be less than or equal to 90."
    assert "'6am'" in faults["/opens"]["detail"]
    assert "HH:MM" in faults["/opens"]["detail"]
    assert faults["/lat"]["remedy"]


def test_broken_json_says_where(api: LiveApi) -> None:
    """The position of the fault is named."""
    headers = {"content-type": "application/json"}
    document = assert_problem(
        api.client().post("/v1/villages", content=b'{"code": ', headers=headers), 422, "invalid-input"
    )
    assert "character 9" in document["errors"][0]["detail"]


def test_wrong_query_parameter(api: LiveApi) -> None:
    """A parameter of the address has its own pointer."""
    document = assert_problem(api.client().get("/v1/villages?limit=0"), 422, "invalid-input")
    assert document["errors"][0]["pointer"] == "/query/limit"


def test_large_body_is_refused_by_its_header(api: LiveApi) -> None:
    """A body that announces its size is refused before it is read, whoever sends it."""
    answer = api.anonymous().post("/v1/villages", content=b" " * (MAX_BODY_BYTES + 1))
    assert_problem(answer, 413, "too-large")


def test_large_body_is_refused_while_it_comes(api: LiveApi) -> None:
    """A chunked body is cut off at the same limit."""
    piece = b" " * 65_536

    def pieces():
        for _ in range(MAX_BODY_BYTES // len(piece) + 2):
            yield piece

    headers = {"content-type": "application/json"}
    assert_problem(api.client().post("/v1/villages", content=pieces(), headers=headers), 413, "too-large")


def test_unreachable_database(postgres_url: URL) -> None:
    """Without its database the API answers 503 and when to come back, and keeps the password to itself."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        gone = Database(postgres_url.set(host="127.0.0.1", port=free.getsockname()[1], password="hunter2", query={}))
        with serve(gone) as api:
            answer = api.with_key("cc_000000000000_x").get("/v1/villages")
    assert_problem(answer, 503, "unavailable")
    assert answer.headers["retry-after"] == "5"
    assert "hunter2" not in answer.text
    assert "127.0.0.1" not in answer.text
    gone.close()


def test_unexpected_error_leaks_nothing(api: LiveApi, caplog: pytest.LogCaptureFixture) -> None:
    """The answer has an id and no text of ours; the log has the error under that id."""
    key = api.key(Role.ADMIN)
    with api.database.write() as session:
        session.execute(
            update(ApiKey).where(ApiKey.id == key.split("_")[1]).values(role="emperor")
        )  # what no code of ours writes
    with caplog.at_level(logging.ERROR):
        answer = api.with_key(key).get("/v1/villages", headers={"X-Request-Id": "test-request-1"})
    document = assert_problem(answer, 500, "internal")
    assert "emperor" not in answer.text
    assert document["request_id"] == "test-request-1"
    assert any("unexpected error" in record.message for record in caplog.records)


def test_a_forged_request_id_is_replaced(api: LiveApi) -> None:
    """An id that could break a log line is not taken over."""
    answer = api.anonymous().get("/v1/nothing", headers={"X-Request-Id": "x" * 500})
    assert answer.headers["x-request-id"] != "x" * 500
