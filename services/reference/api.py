"""The API reference: every endpoint with its purpose, who may use it, and what it takes."""

from collections.abc import Iterable, Iterator
from typing import Any

from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from services.app import ROUTERS, create_app
from services.db.engine import Database
from services.identity.logic import Role
from services.reference import NOTE
from services.settings import Settings

OPENING = """# HTTP API

JSON over HTTP under `/v1`. The whole description with every schema and example is at `/openapi.json`; who may do what
stands in one table in [access](../access.md).

**Signing in.** Machines send `Authorization: Bearer cc_<id>_<secret>`: `coldchain key add` makes a key and shows it
once. Browsers sign in with `POST /v1/session`, keep its cookie, and send its `csrf_token` as `X-CSRF-Token` with every
change. A key or person belongs to one tenant and has one role; below, each endpoint lists the roles that may use it.

**Errors** are `application/problem+json` (RFC 9457): see [errors](errors.md). Another tenant's things are not found,
in the same words as things that never were.

**Names.** Villages, hubs, trucks, lots and shipments are addressed by their id or by their code.

**Times** are RFC 3339 with an offset, or integer epoch milliseconds, on the way in; RFC 3339 in UTC on the way out.
Times of day are local, `HH:MM`; `26:00` is 02:00 on the next day. Weights are grams, money is satang.

**Lists** come in pages: `limit`, and `cursor` from `next_cursor` of the page before; the `Link` header has the
address of the next page.

**Changes.** `PATCH` takes the members to change (JSON Merge Patch, RFC 7396). Send the `ETag` of what you read as
`If-Match`, and a change that would overwrite somebody else's is refused with 412.

**Repeating.** A creating `POST` with an `Idempotency-Key` of yours creates one thing however often it is sent within a
day; a repeated answer has `Idempotency-Replayed: true`.

**Limits.** A body has at most 1 MiB (256 KiB for readings). Guessing keys and flooding are answered with 429 and
`Retry-After`.
"""


def api_page() -> str:
    """Every endpoint, by topic."""
    document = create_app(Settings(), Database("sqlite://"))
    paths: dict[str, Any] = document.openapi()["paths"]
    lines = [NOTE, "", OPENING]
    tag = ""
    for route in sorted(documented_routes(), key=lambda one: _tags().index(_tag(one))):
        if _tag(route) != tag:
            tag = _tag(route)
            lines += [f"## {tag}", ""]
        for method in sorted(route.methods or ()):
            lines += [*_endpoint(method, route, paths[route.path_format][method.lower()]), ""]
    return "\n".join(lines).rstrip() + "\n"


def documented_routes() -> Iterator[APIRoute]:
    """Every route that stands in the OpenAPI document."""
    for router in ROUTERS:
        for route in router.routes:
            if isinstance(route, APIRoute) and route.include_in_schema and router.include_in_schema:
                yield route


def roles_of(route: APIRoute) -> frozenset[Role] | None:
    """The roles that may use the route; None when it asks for no key."""
    for dependant in dependants_of(route.dependant):
        roles = getattr(dependant.call, "roles", None)
        if roles is not None:
            return frozenset(roles)
    return None


def dependants_of(dependant: Dependant) -> Iterator[Dependant]:
    """The dependency and all that it depends on."""
    yield dependant
    for inner in dependant.dependencies:
        yield from dependants_of(inner)


def _tags() -> list[str]:
    return list(dict.fromkeys(_tag(route) for route in documented_routes()))


def _tag(route: APIRoute) -> str:
    return str(route.tags[0])


def _endpoint(method: str, route: APIRoute, operation: dict[str, Any]) -> Iterable[str]:
    yield f"### {method} {route.path_format}"
    yield ""
    yield str(operation.get("description", operation["summary"]))
    yield ""
    roles = roles_of(route)
    yield "Roles: " + ("no key needed." if roles is None else ", ".join(role for role in Role if role in roles) + ".")
    query = [parameter for parameter in operation.get("parameters", ()) if parameter["in"] in {"query", "header"}]
    if query:
        yield ""
        for parameter in query:
            meaning = parameter.get("description", "").rstrip(".")
            required = " (required)" if parameter.get("required") else ""
            yield f"- `{parameter['name']}`{required}{': ' + meaning if meaning else ''}"
