"""Tenancy: the code asks for the tenant first, and every route keeps tenants and roles apart."""

import ast
import uuid
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from services.identity.logic import Role
from services.reference.api import documented_routes, roles_of
from tests.support.api import NOON_MS
from tests.support.orchard import Orchard, created, plant

STORES = sorted(Path("services").glob("*/store.py"))

ACROSS_TENANTS = {
    "services/identity/store.py": {
        "tenant_by_slug": "finds the tenant by its name, for the command line",
        "tenant_slugs": "names the tenants, for the command line",
        "key_of_any_tenant": "a key says which tenant it is of",
        "session_with_user": "a session's token says which tenant it is of",
        "end_session": "a session's token says which tenant it is of",
        "take_ticket": "a ticket says which tenant it is of",
        "first_people": "names one person of each tenant, for the command line",
    },
}
"""Store functions that can't take the tenant, because it is what they are asked for."""


def store_functions() -> Iterator[tuple[str, ast.FunctionDef]]:
    for path in STORES:
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef) and any(arg.arg == "session" for arg in node.args.args):
                yield path.as_posix(), node


FUNCTIONS = list(store_functions())


def test_the_walk_finds_the_stores() -> None:
    """Ten features with dozens of functions: an empty walk would prove nothing."""
    assert len(STORES) >= 9
    assert len(FUNCTIONS) > 60


@pytest.mark.parametrize(("path", "function"), FUNCTIONS, ids=[f"{path}:{node.name}" for path, node in FUNCTIONS])
def test_a_store_function_takes_the_tenant_first(path: str, function: ast.FunctionDef) -> None:
    """`(session, tenant_id, ...)`, and the tenant is used; exceptions are named above with their reason."""
    if function.name in ACROSS_TENANTS.get(path, {}):
        return
    names = [argument.arg for argument in function.args.args]
    assert names[:2] == ["session", "tenant_id"], f"{path}:{function.lineno} {function.name}({', '.join(names)})"
    used = [node for node in ast.walk(function) if isinstance(node, ast.Name) and node.id == "tenant_id"]
    assert used, f"{path}:{function.lineno} {function.name} takes the tenant and never asks for it"


ROUTES = [(method, route) for route in documented_routes() for method in sorted(route.methods or ())]
NAMES = [f"{method} {route.path_format}" for method, route in ROUTES]


def ask(client: httpx.Client, method: str, path: str) -> httpx.Response:
    with client.stream(method, path, json={} if method in {"POST", "PATCH"} else None) as answer:
        if not answer.headers["content-type"].startswith("text/event-stream"):
            answer.read()
        return answer


def filled(path: str) -> str:
    """The address with ids that nobody has."""
    while "{" in path:
        before, _, rest = path.partition("{")
        name, _, after = rest.partition("}")
        value = "1" if name in {"position", "letter_id"} else str(uuid.uuid4())
        path = f"{before}{value}{after}"
    return path


@pytest.mark.parametrize("served", ["sqlite"], indirect=True)  # which database says nothing here, and it is much
def test_every_route_is_closed_to_the_wrong_role(orchard: Orchard) -> None:
    """Each role on each route: 403 exactly where the route does not name it, 401 without a key."""
    clients = {role: orchard.api.client(role, gateway="GW-1" if role is Role.GATEWAY else None) for role in Role}
    anonymous = orchard.api.anonymous()
    for (method, route), name in zip(ROUTES, NAMES, strict=True):
        roles = roles_of(route)
        path = filled(route.path_format)
        if roles is None:
            assert ask(anonymous, method, path).status_code != 401, name
            continue
        assert ask(anonymous, method, path).status_code == 401, name
        for role, client in clients.items():
            status = ask(client, method, path).status_code
            assert status < 500, f"{name} as {role}: {status}"
            assert (status == 403) == (role not in roles), f"{name} as {role}: {status}"


def test_another_tenants_things_are_as_if_they_never_were(orchard: Orchard) -> None:
    """Every route with a name in its address: the other tenant's answer is that for a thing that never was."""
    orchard.received("LOT-1")
    orchard.shipment("LOT-1")
    created(orchard.client.post("/v1/sensors", json={"name": "TH-1"}))
    created(orchard.client.post("/v1/gateways", json={"name": "GW-1"}))
    body = {"sensor": "TH-1", "subject_kind": "lot", "subject": "LOT-1", "position": "pulp", "from": NOON_MS}
    assignment = created(orchard.client.post("/v1/assignments", json=body))
    theirs = {
        "village": orchard.village["id"],
        "hub": orchard.hub["id"],
        "truck": orchard.truck["id"],
        "lot": "LOT-1",
        "shipment": "SHP-1",
        "sensor": "TH-1",
        "gateway": "GW-1",
        "assignment_id": assignment["id"],
    }
    stranger = orchard.api.client(Role.ADMIN, tenant="trat")
    seen = set()
    for (method, route), name in zip(ROUTES, NAMES, strict=True):
        used = [key for key in theirs if f"{{{key}}}" in route.path_format]
        if not used:
            continue
        payload = {"expected_interval_s": 60} if "sensor" in used else {"reason": "x"} if "withdraw" in name else {}
        payload = {"lots": ["LOT-1"]} if route.path_format.endswith("/lots") else payload
        json = payload if method in {"POST", "PATCH"} else None
        there = stranger.request(method, route.path_format.format(**theirs), json=json)
        never = stranger.request(method, filled(route.path_format), json=json)
        assert there.status_code == never.status_code == 404, f"{name}: {there.status_code}, {never.status_code}"
        if "gateway" not in used:  # a gateway's answer repeats the name that was asked for
            assert there.json() | {"request_id": ""} == never.json() | {"request_id": ""}, name
        seen |= set(used)
    assert seen == set(theirs)


def test_lists_and_counts_hold_only_the_own(orchard: Orchard) -> None:
    """Every list of the other tenant is empty although this one has something of each kind."""
    orchard.received("LOT-1")
    orchard.shipment("LOT-1")
    created(orchard.client.post("/v1/sensors", json={"name": "TH-1"}))
    stranger = orchard.api.client(Role.ADMIN, tenant="trat")
    for route in documented_routes():
        if route.methods != {"GET"} or "{" in route.path_format or roles_of(route) is None:
            continue
        if route.path_format in {"/v1/readings", "/v1/stream"}:  # ask for a sensor; is tested with the stream
            continue
        assert stranger.get(route.path_format).json()["items"] == [], route.path_format


def test_a_key_opens_one_tenant(orchard: Orchard) -> None:
    """The same codes in two tenants are two things."""
    other = plant(orchard.api, "trat")
    assert orchard.client.get("/v1/hubs/LCB").json()["id"] != other.client.get("/v1/hubs/LCB").json()["id"]
