"""Whatever is sent, the answer is an answer: no 5xx, and a problem document for every refusal."""

import copy
import json
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.app import create_app
from services.db.engine import Database
from services.identity.logic import Role
from services.settings import Settings
from tests.support.orchard import Orchard

DOCUMENT: dict[str, Any] = create_app(Settings(), Database("sqlite://")).openapi()
SCHEMAS = DOCUMENT["components"]["schemas"]
NASTY_TEXT = [
    "",
    " ",
    "\x00",
    "a\x00b",
    "ก" * 70,
    "💥",
    "' OR 1=1 --",
    "../..",
    "%00",
    "x" * 300,
    "\ud7ff",
    "null",
    "-1",
]
NASTY_NUMBERS = ["0", "-1", "9223372036854775808", "1e400", "NaN", "1.5", "9" * 400]
NASTY = [*NASTY_TEXT, *NASTY_NUMBERS, None, True, [], {}, -1, 2**63, 2**70, 1e308, 0.1, [None], {"a": {"b": []}}]

OPERATIONS = [
    (method, path, operation)
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
    if path != "/v1/stream"
]


def example_of(operation: dict[str, Any]) -> Any:
    content = operation["requestBody"]["content"]["application/json"]
    if "example" in content:
        return content["example"]
    return SCHEMAS[content["schema"]["$ref"].rpartition("/")[2]]["example"]


def check(answer: httpx.Response, what: str) -> None:
    assert answer.status_code < 500, f"{what}: {answer.status_code} {answer.text}"
    if answer.status_code >= 400:
        assert answer.headers["content-type"] == "application/problem+json", what
        assert answer.json()["status"] == answer.status_code


@pytest.fixture
def clients(orchard: Orchard) -> dict[str, httpx.Client]:
    """A client that may do everything, and one that may post readings."""
    orchard.received("LOT-20261123-017")
    return {
        "anyone": orchard.api.client(Role.ADMIN),
        "/v1/readings": orchard.api.client(Role.GATEWAY, gateway="GW-1"),
    }


def client_for(clients: dict[str, httpx.Client], method: str, path: str) -> httpx.Client:
    return clients["/v1/readings"] if (method, path) == ("post", "/v1/readings") else clients["anyone"]


def test_nasty_addresses_and_parameters(clients: dict[str, httpx.Client]) -> None:
    """Every name in an address and every parameter, with what breaks parsers and databases."""
    values = (*NASTY_TEXT, *NASTY_NUMBERS)
    for turn, (method, path, operation) in enumerate(OPERATIONS):
        parameters = operation.get("parameters", [])
        named = [parameter["name"] for parameter in parameters if parameter["in"] == "path"]
        asked = [parameter["name"] for parameter in parameters if parameter["in"] == "query"]
        body = {"json": example_of(operation)} if "requestBody" in operation else {}
        # a third of the values each, so that a few routes of one kind see all of them
        for value in values[turn % 3 :: 3]:
            filled = path.format(**dict.fromkeys(named, quote(value, safe="") or "%20"))
            if named:
                check(client_for(clients, method, path).request(method, filled, **body), f"{method} {filled}")
            for name in asked if method == "get" else ():
                query = f"{path.format(**dict.fromkeys(named, 'x'))}?{name}={quote(value, safe='')}"
                check(clients["anyone"].get(query), query)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_bodies_that_are_almost_right(clients: dict[str, httpx.Client], data: st.DataObject) -> None:
    """A true example with one member replaced, removed or added."""
    with_bodies = [one for one in OPERATIONS if "requestBody" in one[2]]
    method, path, operation = data.draw(st.sampled_from(with_bodies))
    body = copy.deepcopy(example_of(operation))
    name = data.draw(st.sampled_from([*body, "extra"]))
    value = data.draw(st.sampled_from(NASTY) | st.text(max_size=5) | st.integers() | st.floats())
    if data.draw(st.booleans()):
        body[name] = value
    else:
        body.pop(name, None)
    refs = {parameter["name"]: "x" for parameter in operation.get("parameters", []) if parameter["in"] == "path"}
    headers = {"content-type": "application/json"}
    content = json.dumps(body).encode("utf-8", "surrogatepass")
    client = client_for(clients, method, path)
    check(client.request(method, path.format(**refs), content=content, headers=headers), f"{method} {path} {body!r}")


@pytest.mark.parametrize("content", [b"", b"\xff", b"nul", b"[" * 100_000, b'{"a":' * 5_000, b"1e999", b'"\\ud800"'])
def test_bodies_that_are_no_json(clients: dict[str, httpx.Client], content: bytes) -> None:
    """Broken, deep and odd JSON for every endpoint that takes a body."""
    for method, path, operation in OPERATIONS:
        if "requestBody" in operation:
            refs = {
                parameter["name"]: "x" for parameter in operation.get("parameters", []) if parameter["in"] == "path"
            }
            answer = client_for(clients, method, path).request(
                method, path.format(**refs), content=content, headers={"content-type": "application/json"}
            )
            check(answer, f"{method} {path} {content[:20]!r}")
            assert answer.status_code >= 400
