"""Who may send for whom: gateways, bridges and sensors as ingest knows them, read once and kept for a while."""

import time
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import Select, select, tuple_
from sqlalchemy.orm import Session

from services.db.upsert import insert_into
from services.devices.tables import Bridge, Gateway, Sensor
from services.identity.tables import Tenant
from telemetry.topics import Address, Kind

KEPT_FOR_S = 5.0
"""How long a gateway is believed to be as it was; one that is not known is asked for each time."""

SENSORS_KEPT_MAX = 200_000
ROWS_A_QUERY = 500

Key = tuple[str, str]
"""Tenant and gateway of our own topics, or format and application of a bridge."""


@dataclass(frozen=True, slots=True)
class Sender:
    """The gateway that a topic speaks of; ``tenant`` and ``gateway`` are its names, for receipts."""

    tenant_id: uuid.UUID
    gateway_id: uuid.UUID
    tenant: str
    gateway: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """A topic of nobody; the tenant where at least that is known."""

    reason: str
    detail: str
    tenant_id: uuid.UUID | None = None


class Directory:
    """A cache over gateways and sensors. What a transaction adds stays only if `keep` is called after its commit."""

    def __init__(self) -> None:
        self._senders: dict[Key, Sender] = {}
        self._read_at_s = 0.0
        self._sensors: dict[uuid.UUID, dict[str, int]] = {}

    def senders(self, session: Session, addresses: Iterable[Address]) -> Mapping[Key, Sender | Unknown]:
        """Who is behind each address."""
        if time.monotonic() - self._read_at_s > KEPT_FOR_S:
            self._senders.clear()
            self._read_at_s = time.monotonic()
        wanted = {key_of(address): address for address in addresses}
        missing = [key for key in wanted if key not in self._senders]
        found: dict[Key, Sender | Unknown] = {key: self._senders[key] for key in wanted if key in self._senders}
        for start in range(0, len(missing), ROWS_A_QUERY):
            part = missing[start : start + ROWS_A_QUERY]
            own = [key for key in part if wanted[key].kind is not Kind.BRIDGE]
            bridged = [key for key in part if wanted[key].kind is Kind.BRIDGE]
            if own:
                found.update(self._read_gateways(session, own))
            if bridged:
                found.update(self._read_bridges(session, bridged))
        self._senders.update({key: found[key] for key in missing if isinstance(found[key], Sender)})  # type: ignore[misc]
        return found

    def _read_gateways(self, session: Session, keys: list[Key]) -> dict[Key, Sender | Unknown]:
        found: dict[Key, Sender | Unknown] = {}
        rows = session.execute(_gateways().where(tuple_(Tenant.slug, Gateway.name).in_(keys))).all()
        for gateway_id, gateway, revoked_at_ms, tenant_id, tenant in rows:
            found[tenant, gateway] = (
                Sender(tenant_id, gateway_id, tenant, gateway)
                if revoked_at_ms is None
                else Unknown("revoked-gateway", f"The gateway {gateway} of {tenant} has been revoked.", tenant_id)
            )
        absent = [key for key in keys if key not in found]
        if absent:
            slugs = {slug for slug, _ in absent}
            tenants = dict(session.execute(select(Tenant.slug, Tenant.id).where(Tenant.slug.in_(slugs))).all())
            for tenant, gateway in absent:
                found[tenant, gateway] = (
                    Unknown(
                        "unknown-gateway",
                        f"The tenant {tenant} has no gateway {gateway}; add it with `coldchain gateway add`.",
                        tenants[tenant],
                    )
                    if tenant in tenants
                    else Unknown("unknown-tenant", f"There is no tenant {tenant}; check the topic's third level.")
                )
        return found

    def _read_bridges(self, session: Session, keys: list[Key]) -> dict[Key, Sender | Unknown]:
        query = (
            _gateways()
            .add_columns(Bridge.format, Bridge.application)
            .join(Bridge, Bridge.gateway_id == Gateway.id)
            .where(tuple_(Bridge.format, Bridge.application).in_(keys), Gateway.revoked_at_ms.is_(None))
        )
        found: dict[Key, Sender | Unknown] = {
            (row.format, row.application): Sender(row.tenant_id, row.id, row.slug, row.name)
            for row in session.execute(query)
        }
        for key in keys:
            found.setdefault(
                key, Unknown("unknown-bridge", f"No bridge maps the application {key[1]} of {key[0]} to a gateway.")
            )
        return found

    def sensor_ids(
        self, session: Session, wanted: Mapping[uuid.UUID, Mapping[str, uuid.UUID]], now_ms: int
    ) -> dict[uuid.UUID, dict[str, int]]:
        """The ids of the wanted sensors (tenant -> name -> gateway), registering those that are new."""
        ids: dict[uuid.UUID, dict[str, int]] = {}
        for tenant_id, names in wanted.items():
            kept = self._sensors.get(tenant_id, {})
            ids[tenant_id] = mine = {name: kept[name] for name in names if name in kept}
            missing = sorted(name for name in names if name not in kept)
            for start in range(0, len(missing), ROWS_A_QUERY):
                part = missing[start : start + ROWS_A_QUERY]
                mine.update(_read_sensors(session, tenant_id, part))
                new = [name for name in part if name not in mine]
                if new:
                    _register_sensors(session, tenant_id, {name: names[name] for name in new}, now_ms)
                    mine.update(_read_sensors(session, tenant_id, new))
        return ids

    def known(self, tenant_id: uuid.UUID) -> Mapping[str, int]:
        """The ids of the tenant's sensors that need not be asked for."""
        return self._sensors.get(tenant_id, {})

    def keep(self, ids: Mapping[uuid.UUID, Mapping[str, int]]) -> None:
        """Remember sensors whose registration is committed."""
        if sum(map(len, self._sensors.values())) > SENSORS_KEPT_MAX:
            self._sensors.clear()
        for tenant_id, names in ids.items():
            self._sensors.setdefault(tenant_id, {}).update(names)


def key_of(address: Address) -> Key:
    """What the directory looks an address up by."""
    if address.kind is Kind.BRIDGE:
        return address.format, address.application
    return address.tenant, address.gateway


def _gateways() -> Select[uuid.UUID, str, int | None, uuid.UUID, str]:
    return select(Gateway.id, Gateway.name, Gateway.revoked_at_ms, Gateway.tenant_id, Tenant.slug).join(
        Tenant, Tenant.id == Gateway.tenant_id
    )


def _read_sensors(session: Session, tenant_id: uuid.UUID, names: list[str]) -> dict[str, int]:
    query = select(Sensor.external_id, Sensor.id).where(Sensor.tenant_id == tenant_id, Sensor.external_id.in_(names))
    return dict(session.execute(query).all())


def _register_sensors(session: Session, tenant_id: uuid.UUID, names: Mapping[str, uuid.UUID], now_ms: int) -> None:
    # sorted by the caller: two processes that register the same sensors wait for each other instead of deadlocking
    session.execute(
        insert_into(session, Sensor)
        .values(
            [
                {"tenant_id": tenant_id, "external_id": name, "gateway_id": gateway_id, "created_at_ms": now_ms}
                for name, gateway_id in names.items()
            ]
        )
        .on_conflict_do_nothing()
    )
