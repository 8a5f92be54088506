"""Accounts on the embedded broker: who may publish and subscribe to what.

Every client has its own. A gateway may publish its own topics and read its own receipts, and nothing else; what it
publishes elsewhere is dropped by NATS though PUBACKed, which is why a gateway trusts receipts only.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from telemetry.topics import SUBSCRIPTIONS

INGEST_USER = "ingest"


@dataclass(frozen=True, slots=True)
class BrokerUser:
    """An account on the broker; ``publish`` and ``subscribe`` are NATS subjects, where MQTT's `/` is `.`."""

    name: str
    password_bcrypt: str
    publish: tuple[str, ...]
    subscribe: tuple[str, ...]


def ingest_user(password_bcrypt: str, name: str = INGEST_USER) -> BrokerUser:
    """The account of ingest: reads all that gateways send, writes receipts, and can't pose as a gateway."""
    return BrokerUser(
        name,
        password_bcrypt,
        publish=("coldchain.v1.*.*.receipt",),
        subscribe=tuple(_subject(topic) for topic in SUBSCRIPTIONS),
    )


def gateway_user(tenant: str, gateway: str, password_bcrypt: str, bridged: Sequence[str] = ()) -> BrokerUser:
    """The account of one gateway, named `tenant/gateway`: its own readings and status out, its own receipts in.

    ``bridged`` are the topics (MQTT filters) of network servers' applications that count as this gateway's.
    """
    own = f"coldchain.v1.{tenant}.{gateway}"
    return BrokerUser(
        f"{tenant}/{gateway}",
        password_bcrypt,
        publish=(f"{own}.up", f"{own}.up.*", f"{own}.status", *map(_subject, bridged)),
        subscribe=(f"{own}.receipt",),
    )


def users_configuration(users: Sequence[BrokerUser]) -> str:
    """The `authorization` block of a NATS configuration; passwords stand in it as bcrypt only."""
    entries = []
    for user in users:
        publish = ", ".join(json.dumps(subject) for subject in user.publish)
        # without this inbox NATS delivers nothing at QoS 1
        subscribe = ", ".join(json.dumps(subject) for subject in (*user.subscribe, "$MQTT.sub.>"))
        entries.append(
            f"    {{ user: {json.dumps(user.name)}, password: {json.dumps(user.password_bcrypt)},\n"
            f'      allowed_connection_types: ["MQTT"],\n'
            f"      permissions: {{ publish: [{publish}], subscribe: [{subscribe}] }} }}\n"
        )
    return "authorization {\n  timeout: 5\n  users: [\n" + "".join(entries) + "  ]\n}\n"


def _subject(topic_filter: str) -> str:
    """An MQTT topic filter as a NATS subject."""
    return topic_filter.replace("/", ".").replace("+", "*").replace("#", ">")
