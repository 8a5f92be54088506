"""Every route x every role x own and other tenant, generated from the routes themselves."""

import re
import shutil
import uuid
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi.routing import APIRoute

from services.db.engine import Database
from services.identity.logic import Role
from services.reference.access import own_roles_of, shared_roles_of
from services.reference.api import documented_routes, roles_of
from services.settings import Settings
from tests.security import world as worlds
from tests.security.world import LIMITS, OWN, World
from tests.support.api import serve

ROUTES = [(method, route) for route in documented_routes() for method in sorted(route.methods or ())]
PARTS = {"position": "1", "version": "1", "kind": "villages", "format": "chirpstack", "application": "x", "number": "1"}
PARTS |= {"commodity": "durian"}
"""Names in addresses that are parts of a thing, not things."""

NUMBERED = {"letter_id", "delivery_id"}
"""Things that are known by a number."""

ENDLESS = "/v1/stream"
"""Never ends in order; who may listen to what is tested with the stream."""

BODIES: dict[str, Any] = {
    "POST /v1/shipments/{shipment}/lots": {"lots": ["LOT-1"]},
}
"""What the documented example lacks to be right for this world."""


@pytest.fixture(scope="module")
def world(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    path = tmp_path_factory.mktemp("matrix") / "coldchain.db"
    shutil.copy(sqlite_template, path)
    database = Database(f"sqlite:///{path}")
    with serve(database, Settings(requests_per_s=100_000)) as api:
        yield worlds.build(api)
    database.close()


QUERIES = {"/v1/hubs/{hub}/loading-plan": "?commodity_id=durian&weight_g=1000&transit_h=24"}
"""Parameters without which the answer would be about them."""


def names_in(route: APIRoute) -> set[str]:
    return set(re.findall(r"{(\w+)", route.path_format))


def at(route: APIRoute, things: dict[str, str]) -> str:
    """The address with these things; with one that never was, in a tenant that has it not."""
    never = {name: "999999" if name in NUMBERED else str(uuid.uuid4()) for name in names_in(route)}
    return route.path_format.format(**never | PARTS | things) + QUERIES.get(route.path_format, "")


@cache
def openapi(client: httpx.Client) -> dict[str, Any]:
    return dict(client.get("/openapi.json").json())


def ask(world: World, method: str, path: str, headers: dict[str, str], body: Any = None) -> httpx.Response:
    return world.client.request(
        method, path, headers=headers, json=body if method in {"POST", "PATCH", "PUT"} else None
    )


def example_of(world: World, method: str, route: APIRoute) -> Any:
    """A right body, as the OpenAPI document shows it."""
    name = f"{method} {route.path_format}"
    document = openapi(world.client)
    operation = document["paths"][route.path_format][method.lower()]
    if name in BODIES or "requestBody" not in operation:
        return BODIES.get(name)
    content = next(iter(operation["requestBody"]["content"].values()))
    reference = content["schema"].get("$ref", "").rpartition("/")[2]
    return content.get("example") or document["components"]["schemas"].get(reference, {}).get("example")


def test_every_name_in_an_address_is_a_thing_of_this_world(world: World) -> None:
    """A new kind of thing is seeded in tests/security/world.py, or the matrix would say nothing of it."""
    named = set().union(*(names_in(route) for _, route in ROUTES))
    assert named - set(world.things) - set(PARTS) == set()


def test_without_a_key_only_what_says_so_is_open(world: World) -> None:
    """401 on each route that names roles; the others are few, and listed."""
    opened = {f"{method} {route.path_format}" for method, route in ROUTES if roles_of(route) is None}
    assert opened == {
        "GET /health",
        "GET /ready",
        "GET /metrics",
        "POST /v1/session",
        "POST /v1/session/entry",
        "POST /v1/session/password",
        "POST /v1/session/password-reset",
    }
    for method, route in ROUTES:
        if roles_of(route) is not None:
            refused = ask(world, method, at(route, world.things), {})
            assert refused.status_code == 401, f"{method} {route.path_format}"


@pytest.mark.parametrize("role", Role)
def test_own_tenant(world: World, role: Role) -> None:
    """403 exactly where the route does not name the role; what a permitted role reads of the own tenant is there."""
    whole = world.key(role)
    narrow = world.key(role, scope=LIMITS[role]) if role in LIMITS else None
    for method, route in ROUTES:
        roles, name = roles_of(route), f"{method} {route.path_format} as {role}"
        if roles is None:
            continue
        if role not in roles:
            assert ask(world, method, at(route, world.things), whole).status_code == 403, name
        elif route.path_format != ENDLESS:
            status = ask(world, method, at(route, {}), whole).status_code
            assert status not in {401, 403} or "/v1/session" in name or "/v1/account" in name, f"{name}: {status}"
            assert status < 500, name
        if narrow is None or role not in roles or route.path_format == ENDLESS:
            continue
        let_in = role in own_roles_of(route) | shared_roles_of(route)
        status = ask(world, method, at(route, {}), narrow).status_code
        if "/v1/session" not in name and "/v1/account" not in name:
            assert (status == 403) != let_in, f"{name}, limited: {status}"


@pytest.mark.parametrize("role", OWN)
def test_own_records_and_those_of_others_in_one_tenant(world: World, role: Role) -> None:
    """Who sees own records reads them, and another's are as if they never were, in lists and one by one."""
    mine, other = world.key(role, scope=OWN[role]), world.key(role, scope=LIMITS[role])
    seen = 0
    for method, route in ROUTES:
        if method != "GET" or role not in own_roles_of(route) or route.path_format == ENDLESS:
            continue
        name = f"{route.path_format} as {role}"
        things = world.things | ({"lot": "LOT-2"} if role is Role.EXPORTER else {})
        theirs = ask(world, method, at(route, things), mine)
        hidden = ask(world, method, at(route, things), other)
        assert theirs.status_code == 200, f"{name}: {theirs.text}"
        if names_in(route):
            never = ask(world, method, at(route, {}), other)
            assert hidden.status_code == never.status_code == 404, f"{name}: {hidden.status_code}"
            assert hidden.json() | {"request_id": ""} == never.json() | {"request_id": ""}, name
            seen += 1
        elif "items" in hidden.json():
            assert hidden.json()["items"] == [], name
            seen += bool(theirs.json()["items"])
    assert seen >= 2


@pytest.mark.parametrize("role", Role)
def test_other_tenant(world: World, role: Role) -> None:
    """With a true name of another tenant's thing, the answer is word for word the 404 for what never was."""
    stranger = world.key(role, tenant="trat")
    for method, route in ROUTES:
        roles, name = roles_of(route), f"{method} {route.path_format} as {role} of another tenant"
        things = {key: value for key, value in world.things.items() if key in names_in(route)}
        if not things or roles is None or role not in roles:
            continue
        body = example_of(world, method, route)
        there = ask(world, method, at(route, things), stranger, body)
        never = ask(world, method, at(route, {}), stranger, body)
        assert there.status_code == never.status_code, f"{name}: {there.text}, {never.text}"
        assert there.status_code == 404, f"{name}: {there.text}, {never.text}"
        assert _words(there, things) == _words(never, {}), name


OWN_ANYWAY = {"/v1/users", "/v1/keys", "/v1/audit", "/v1/commodities", "/v1/calibration"}
"""Lists in which the asker itself stands, or the catalogue that everybody has."""


def test_lists_hold_only_the_own(world: World) -> None:
    """Every list of the other tenant is empty although this one has something of each kind; so are the counts."""
    stranger, checked = world.key(Role.ADMIN, tenant="trat"), 0
    for method, route in ROUTES:
        if method != "GET" or names_in(route) or roles_of(route) is None or Role.ADMIN not in roles_of(route):
            continue
        if route.path_format in OWN_ANYWAY | {ENDLESS}:
            continue
        answer = ask(world, "GET", route.path_format, stranger)
        if answer.status_code != 200 or not answer.headers["content-type"].startswith("application/json"):
            continue
        document = answer.json()
        for value in world.things.values():
            assert len(value) < 3 or value not in answer.text, f"{route.path_format}: {value}"
        if isinstance(document, dict) and "items" in document:
            assert document["items"] == [], route.path_format
            checked += 1
    assert checked >= 12


def _words(answer: httpx.Response, things: dict[str, str]) -> str:
    """What is said, without the names that the asker gave."""
    text = re.sub(r"[0-9a-f-]{36}|999999", "…", answer.json()["detail"])
    for value in things.values():
        text = text.replace(value, "…")
    return text
