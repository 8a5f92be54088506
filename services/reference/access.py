"""Who may do what, in one table: every endpoint with every role, as the routes themselves declare it."""

from collections.abc import Iterator

from fastapi.routing import APIRoute

from services.identity.logic import Role
from services.reference import NOTE
from services.reference.api import dependants_of, documented_routes, roles_of

OPENING = """# Who may do what

Each endpoint names its roles where it is declared (`require(...)` in `services/identity/access.py`); this table is made
of those declarations, the checks in front of each endpoint are those declarations, and `tests/security` asks every
endpoint as every role of the own and of another tenant.

- **●** may, for all records of the own tenant.
- **own** may, for own records: an exporter for demands and shipments that bear its name, a driver for today's runs of
  the own truck, a grower for lots and declarations of the own village. Others' are not found, in the words for what
  never was. A machine's key made with `--whole-tenant` is not limited so.
- **shared** may: what everybody of the tenant may know, such as where villages and hubs are.
- A blank is refused with 403; another tenant's record is not found (404) for everybody, with the same words as one that
  never was; without key or session everything but the open endpoints is 401.

An auditor reads and changes nothing but the own account. A gateway's key writes the readings of its gateway and does
nothing else. A browser's session needs the `X-CSRF-Token` of its session for every change.
"""

OPEN = "open"


def access_page() -> str:
    """The table as a page of documentation."""
    header = f"| endpoint | {' | '.join(Role)} |"
    rule = f"|---|{'---|' * len(Role)}"
    return "\n".join([NOTE, "", OPENING, header, rule, *_rows()]) + "\n"


def own_roles_of(route: APIRoute) -> frozenset[Role]:
    """The roles that the route keeps to own records."""
    return _declared(route, "own")


def shared_roles_of(route: APIRoute) -> frozenset[Role]:
    """The roles that see own records elsewhere, and here what everybody of the tenant may know."""
    return _declared(route, "shared")


def _declared(route: APIRoute, name: str) -> frozenset[Role]:
    for dependant in dependants_of(route.dependant):
        found = getattr(dependant.call, name, None)
        if found is not None:
            return frozenset(found)
    return frozenset()


def _rows() -> Iterator[str]:
    for route in documented_routes():
        roles, own, shared = roles_of(route), own_roles_of(route), shared_roles_of(route)
        for method in sorted(route.methods or ()):
            cells = [
                OPEN
                if roles is None
                else ""
                if role not in roles
                else "own"
                if role in own
                else "shared"
                if role in shared
                else "●"
                for role in Role
            ]
            yield f"| `{method} {route.path_format}` | {' | '.join(cells)} |"
