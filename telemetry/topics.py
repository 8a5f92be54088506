"""The topic grammar: which tenant, gateway and payload format an MQTT topic speaks of.

Our own topics are ``coldchain/v1/{tenant}/{gateway}/up[/{format}]``, ``.../status`` and ``.../receipt``. A LoRaWAN
network server keeps its own topics; those parse to a *bridge* address that names application and device, and a bridge
record maps it to a tenant later. Every level matches ``[A-Za-z0-9_-]{1,64}``, so that it is also a plain NATS subject
token.
"""

import re
from enum import StrEnum
from functools import lru_cache

import msgspec

LEVEL = r"[A-Za-z0-9_-]{1,64}"
"""One level of a topic of ours."""

SUBSCRIPTIONS = (
    "coldchain/v1/+/+/up",
    "coldchain/v1/+/+/up/+",
    "coldchain/v1/+/+/status",
    "application/+/device/+/event/up",
    "v3/+/devices/+/up",
)
"""The filters ingest subscribes to; together they cover every topic that parses, save receipts, which we send."""

NATIVE = "native"
"""The format of ``.../up`` without a format level."""

TOPIC_MAX = 512
"""No topic of the grammar is longer; a longer one is refused before it is looked at."""

_OWN = re.compile(rf"coldchain/v1/({LEVEL})/({LEVEL})/(?:up(?:/({LEVEL}))?|(status|receipt))")
_CHIRPSTACK = re.compile(rf"application/({LEVEL})/device/([0-9A-Fa-f]{{16}})/event/up")
_THINGS_STACK = re.compile(rf"v3/({LEVEL}(?:@{LEVEL})?)/devices/({LEVEL})/up")
_LEVEL = re.compile(LEVEL)


class Kind(StrEnum):
    """What a message on a topic is."""

    UP = "up"
    STATUS = "status"
    RECEIPT = "receipt"
    BRIDGE = "bridge"


class Address(msgspec.Struct, frozen=True):
    """Where a message comes from or goes to. A field that the topic does not carry is an empty string.

    ``tenant`` and ``gateway`` stand in our own topics; ``application`` and ``device`` in a network server's
    (``device`` is the DevEUI for ChirpStack, the device id for The Things Stack; ``application`` there is
    ``app@tenant``).
    """

    tenant: str
    gateway: str
    kind: Kind
    format: str = NATIVE
    application: str = ""
    device: str = ""


class TopicError(ValueError):
    """The topic is outside the grammar; the message says which level and what to send instead."""


@lru_cache(maxsize=8192)
def parse_topic(topic: str) -> Address:
    """Read a topic.

    Raises:
        TopicError: the topic is not in the grammar.
    """
    if len(topic) > TOPIC_MAX:
        raise TopicError(f"the topic has {len(topic)} characters; shorten it to at most {TOPIC_MAX}")
    if own := _OWN.fullmatch(topic):
        tenant, gateway, format_name, other = own.groups()
        return Address(tenant, gateway, Kind(other or Kind.UP), format_name or NATIVE)
    if uplink := _CHIRPSTACK.fullmatch(topic):
        return Address("", "", Kind.BRIDGE, "chirpstack", *uplink.groups())
    if uplink := _THINGS_STACK.fullmatch(topic):
        return Address("", "", Kind.BRIDGE, "tts", *uplink.groups())
    raise TopicError(_why_not(topic))


def format_topic(address: Address) -> str:
    """The topic of an address; ``parse_topic`` reads it back to an equal address.

    Raises:
        TopicError: a field of the address can't stand in a topic.
    """
    if address.kind is Kind.BRIDGE:
        if address.format == "chirpstack":
            topic = f"application/{address.application}/device/{address.device}/event/up"
        else:
            topic = f"v3/{address.application}/devices/{address.device}/up"
    else:
        topic = f"coldchain/v1/{address.tenant}/{address.gateway}/{address.kind}"
        if address.kind is Kind.UP and address.format != NATIVE:
            topic += f"/{address.format}"
    if parse_topic(topic) != address:
        raise TopicError(f"{address} has no topic: {topic!r} would be read as another address")
    return topic


def bridge_filter(format_name: str, application: str) -> str:
    """The topic filter of all uplinks of a network server's application.

    Raises:
        TopicError: there is no such bridge, or the application's name can't stand in its topics.
    """
    filters = {"chirpstack": f"application/{application}/device/+/event/up", "tts": f"v3/{application}/devices/+/up"}
    found = filters.get(format_name)
    if found is None:
        raise TopicError(f"there is no bridge from {format_name!r}; use one of {', '.join(filters)}")
    parse_topic(found.replace("+", "0" * 16))
    return found


def _why_not(topic: str) -> str:
    """One sentence on what keeps ``topic`` out of the grammar."""
    levels = topic.split("/")
    if levels[:2] != ["coldchain", "v1"]:
        return (
            f"the topic {topic!r} is not one we read; publish on coldchain/v1/{{tenant}}/{{gateway}}/up, or let "
            "ChirpStack or "
            "The Things Stack publish its uplinks on its own topics"
        )
    for name, level in zip(("tenant", "gateway", "kind", "format"), levels[2:], strict=False):
        if not _LEVEL.fullmatch(level):
            return f"the {name} level {level!r} of the topic is invalid; use 1 to 64 of the characters A-Z a-z 0-9 _ -"
    return (
        f"the topic {topic!r} is not one we read; after coldchain/v1/{{tenant}}/{{gateway}}/ comes up, up/{{format}}, "
        "status or receipt"
    )
