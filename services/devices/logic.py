"""Gateways: how one is let in and shut out, and what its installer needs to know."""

import re
import secrets
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import bcrypt
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from services.devices import store
from services.devices.tables import Bridge, Gateway, Sensor
from services.errors import Conflict, FieldFault, Forbidden, InvalidInput, NotFound
from telemetry.topics import TopicError, bridge_filter

NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
"""A level of an MQTT topic, which a gateway's name becomes."""

BRIDGES = ("chirpstack", "tts")
"""The network servers whose own topics we read: ChirpStack v4 and The Things Stack v3."""

APPLICATION_REMEDY = {
    "chirpstack": "Give the application's id, as in the topic application/ID/device/...",
    "tts": "Give application@tenant, as in the topic v3/APPLICATION@TENANT/devices/...",
}

BCRYPT_ROUNDS = 6
"""Enough for secrets of 192 random bits, and cheap enough that 1,000 gateways may reconnect at once."""


@dataclass(frozen=True, slots=True)
class IssuedGateway:
    """A gateway as handed to its installer: ``password`` is shown once and kept nowhere."""

    gateway: Gateway
    username: str
    password: str


def bcrypt_of(password: str) -> str:
    """The hash under which the broker keeps a password."""
    return bcrypt.hashpw(password.encode(), bcrypt.gensalt(BCRYPT_ROUNDS)).decode()


def add_gateway(session: Session, tenant_id: uuid.UUID, tenant: str, name: str, now_ms: int) -> IssuedGateway:
    """Let a gateway in; a revoked one of that name is let in again, with a new password.

    Raises:
        InvalidInput: the name can't be part of a topic.
        Conflict: there is such a gateway already.
    """
    _check_name(name)
    gateway = store.gateway_named(session, tenant_id, name)
    if gateway is not None and gateway.revoked_at_ms is None:
        raise Conflict(f"There is a gateway {name!r} already; revoke it first, or choose another name.")
    password = secrets.token_urlsafe(24)
    if gateway is None:
        gateway = Gateway(id=uuid.uuid4(), tenant_id=tenant_id, name=name, created_at_ms=now_ms)
        session.add(gateway)
    gateway.password_bcrypt = bcrypt_of(password)
    gateway.revoked_at_ms = None
    session.flush()
    return IssuedGateway(gateway, f"{tenant}/{name}", password)


def revoke_gateway(session: Session, tenant_id: uuid.UUID, name: str, now_ms: int) -> Gateway:
    """Shut a gateway out; the broker cuts its connection within seconds. Raises NotFound."""
    gateway = gateway_named(session, tenant_id, name)
    if gateway.revoked_at_ms is None:
        gateway.revoked_at_ms = now_ms
        gateway.password_bcrypt = None
    return gateway


def gateway_named(session: Session, tenant_id: uuid.UUID, name: str) -> Gateway:
    """The gateway of that name. Raises NotFound, naming some that there are."""
    gateway = store.gateway_named(session, tenant_id, name)
    if gateway is None:
        known = [known.name for known in store.gateways(session, tenant_id, limit=5)]
        some = f" There are: {', '.join(known)}." if known else " Add it with `coldchain gateway add`."
        raise NotFound(f"There is no gateway {name!r}.{some}")
    return gateway


def sensors(
    session: Session, tenant_id: uuid.UUID, *, gateway: str | None, after_name: str, limit: int
) -> Sequence[Sensor]:
    """Sensors by name, of one gateway if named, from the one after ``after_name``. Raises NotFound for the gateway."""
    gateway_id = None if gateway is None else gateway_named(session, tenant_id, gateway).id
    return store.sensors(session, tenant_id, gateway_id=gateway_id, after_external_id=after_name, limit=limit)


def sensor_named(session: Session, tenant_id: uuid.UUID, name: str) -> Sensor:
    """The sensor of that name. Raises NotFound."""
    sensor = store.sensors_named(session, tenant_id, [name]).get(name)
    if sensor is None:
        raise NotFound("There is no such sensor.")
    return sensor


def add_sensor(session: Session, tenant_id: uuid.UUID, name: str, expected_interval_s: int, now_ms: int) -> Sensor:
    """Register a sensor before it sends. Raises Conflict when it is known."""
    if store.sensors_named(session, tenant_id, [name]):
        raise Conflict(f"There is a sensor {name!r} already; change it instead.")
    sensor = Sensor(
        tenant_id=tenant_id, external_id=name, expected_interval_s=expected_interval_s, created_at_ms=now_ms
    )
    session.add(sensor)
    session.flush()
    return sensor


def gateway_names(session: Session, tenant_id: uuid.UUID, ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, str]:
    """The names of those gateways."""
    found = (store.gateway(session, tenant_id, gateway_id) for gateway_id in set(ids))
    return {gateway.id: gateway.name for gateway in found if gateway is not None}


def add_bridge(
    session: Session, tenant_id: uuid.UUID, gateway: Gateway, format_name: str, application: str, now_ms: int
) -> Bridge:
    """Let the uplinks of a network server's application count as those of ``gateway``, which may publish them.

    Raises:
        InvalidInput: the format has no bridge, or the application's name can't stand in its topics.
        Conflict: the application counts as some gateway's already.
    """
    try:
        bridge_filter(format_name, application)
    except TopicError as error:
        known = format_name in BRIDGES
        pointer, value = ("/application", application) if known else ("/format", format_name)
        remedy = APPLICATION_REMEDY.get(format_name, f"Use one of {', '.join(BRIDGES)}.")
        fault = FieldFault(pointer, f"is {value!r}.", remedy)
        raise InvalidInput("The application can't be bridged.", faults=[fault]) from error
    bridge = Bridge(
        id=uuid.uuid4(),
        tenant_id=tenant_id,
        gateway_id=gateway.id,
        format=format_name,
        application=application,
        created_at_ms=now_ms,
    )
    session.add(bridge)
    try:
        session.flush()
    except IntegrityError as error:
        # topics of network servers carry no tenant, so an application can be one tenant's only
        raise Conflict(
            f"The application {application!r} of {format_name} is bridged already; remove that bridge first."
        ) from error
    return bridge


def bridges(session: Session, tenant_id: uuid.UUID, gateway: str) -> Sequence[Bridge]:
    """The bridges of a gateway, by format and application. Raises NotFound."""
    gateway_id = gateway_named(session, tenant_id, gateway).id
    return [bridge for bridge in store.bridges(session, tenant_id) if bridge.gateway_id == gateway_id]


def remove_bridge(session: Session, tenant_id: uuid.UUID, gateway: str, format_name: str, application: str) -> None:
    """Take a bridge away; its uplinks become dead letters from then on. Raises NotFound."""
    for bridge in bridges(session, tenant_id, gateway):
        if (bridge.format, bridge.application) == (format_name, application):
            session.delete(bridge)
            session.flush()
            return
    raise NotFound(f"The gateway {gateway!r} has no bridge to the application {application!r} of {format_name}.")


def sender_named(session: Session, tenant_id: uuid.UUID, name: str, now_ms: int) -> str:
    """The slug of the tenant, once its gateway ``name`` is there: one that only speaks HTTP is added unasked.

    Raises:
        Forbidden: the gateway has been revoked.
        InvalidInput: the name can't be part of a topic.
    """
    gateway = store.gateway_named(session, tenant_id, name)
    if gateway is None:
        _check_name(name)
        store.add_gateway(session, tenant_id, name, now_ms)
    elif gateway.revoked_at_ms is not None:
        raise Forbidden(f"The gateway {name!r} has been revoked.")
    return store.tenant_slug(session, tenant_id)


def _check_name(name: str) -> None:
    if not NAME.fullmatch(name):
        fault = FieldFault("/name", f"is {name!r}.", "Use 1 to 64 letters, digits, `_` and `-`.")
        raise InvalidInput("The gateway's name can't be part of a topic.", faults=[fault])
