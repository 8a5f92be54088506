"""The demo's people, one for each way of looking at the day, and the links that let a browser in as each of them."""

import uuid
from collections import Counter
from dataclasses import dataclass, replace

from services.clock import wall_clock_ms
from services.db.engine import Database
from services.demo.places import trucks
from services.demo.scenario import Scenario
from services.demo.voyages import BY_ROAD
from services.identity.logic import Role
from services.identity.scope import WHOLE_TENANT, Scope
from services.identity.users import add_user
from services.web.session import entry_path


@dataclass(frozen=True, slots=True)
class Entry:
    """A link that lets one browser in as a demo person, once."""

    role: Role
    user_id: uuid.UUID
    url: str


def admit_people(database: Database, tenant_id: uuid.UUID, scenario: Scenario, base_url: str) -> tuple[Entry, ...]:
    """Add a coordinator, an exporter, a driver and a grower; the coordinator's link comes first."""
    village = Counter(lot.village for lot in scenario.lots).most_common(1)[0][0]
    people = (
        ("Krit Wongsa", Role.COORDINATOR, WHOLE_TENANT),
        ("Mei Chen", Role.EXPORTER, Scope(exporter=BY_ROAD.exporter)),
        ("Somchai Dee", Role.DRIVER, Scope(trucks=frozenset({trucks()[0].code}))),
        ("Nok Srisai", Role.GROWER, Scope(villages=frozenset({village}))),
    )
    now_ms = wall_clock_ms()
    entries = []
    with database.write() as session:
        for name, role, scope in people:
            email = f"{name.split()[0].lower()}@demo.example"
            user = add_user(session, tenant_id, email=email, name=name, role=role, now_ms=now_ms, scope=scope)
            entries.append(Entry(role, user.id, base_url + entry_path(session, tenant_id, user.id, now_ms)))
    return tuple(entries)


def again(database: Database, tenant_id: uuid.UUID, entries: tuple[Entry, ...], base_url: str) -> tuple[Entry, ...]:
    """New links for the same people: each lets in once, and the first ones may have been used."""
    now_ms = wall_clock_ms()
    with database.write() as session:
        return tuple(
            replace(entry, url=base_url + entry_path(session, tenant_id, entry.user_id, now_ms)) for entry in entries
        )
