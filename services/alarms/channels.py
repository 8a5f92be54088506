"""Channels: made, changed, tried out; and what was sent over them, which may be sent again."""

import secrets
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy.orm import Session

from services.alarms import store
from services.alarms.sealed import Seal
from services.alarms.tables import Channel, Delivery
from services.alarms.transports import SERVICES, notifier_of
from services.errors import Conflict, FieldFault, InvalidInput, NotFound

WEBHOOK = "webhook"
SERVICE = "service"
SECRET_PREFIX = "whsec_"  # noqa: S105  # the prefix, by which scanners find a secret that was published


@dataclass(frozen=True, slots=True)
class MadeChannel:
    """A channel, and the secret of a webhook, which is shown once."""

    channel: Channel
    secret: str | None


def add_channel(
    session: Session, tenant_id: uuid.UUID, kind: str, address: str, rules: Mapping[str, Any], seal: Seal, now_ms: int
) -> MadeChannel:
    """Make a channel. Raises InvalidInput for an address that can't be used, Conflict for a taken name."""
    if store.channel_named(session, tenant_id, rules["name"]) is not None:
        raise Conflict(f"There is a channel named {rules['name']!r} already; choose another name.")
    secret = SECRET_PREFIX + secrets.token_urlsafe(32) if kind == WEBHOOK else None
    channel = Channel(
        id=uuid.uuid4(),
        tenant_id=tenant_id,
        kind=kind,
        shown_address=shown(kind, address),
        sealed_address=seal.close(address),
        sealed_secret=seal.close(secret) if secret else None,
        created_at_ms=now_ms,
        version=1,
        **rules,
    )
    session.add(channel)
    session.flush()
    return MadeChannel(channel, secret)


def change_channel(
    session: Session, tenant_id: uuid.UUID, channel_id: uuid.UUID, changes: Mapping[str, Any]
) -> Channel:
    """Change what a channel wants to hear, or stop it. Raises NotFound, Conflict."""
    channel = found(session, tenant_id, channel_id)
    name = changes.get("name", channel.name)
    if name != channel.name and store.channel_named(session, tenant_id, name) is not None:
        raise Conflict(f"There is a channel named {name!r} already; choose another name.")
    for member, value in changes.items():
        setattr(channel, member, value)
    channel.version += 1
    session.flush()
    return channel


def found(session: Session, tenant_id: uuid.UUID, channel_id: uuid.UUID) -> Channel:
    """The channel of that id. Raises NotFound."""
    channel = store.channel(session, tenant_id, channel_id)
    if channel is None:
        raise NotFound("There is no such channel.")
    return channel


def replay(session: Session, tenant_id: uuid.UUID, delivery_id: int, now_ms: int) -> Delivery:
    """Send a message once more. Raises NotFound, or Conflict while it is still on its way."""
    delivery = store.delivery(session, tenant_id, delivery_id)
    if delivery is None:
        raise NotFound("There is no such delivery.")
    if delivery.state == "waiting":
        raise Conflict("The message is still on its way.")
    delivery.state, delivery.attempts, delivery.due_at_ms, delivery.created_at_ms = "waiting", 0, now_ms, now_ms
    session.flush()
    return delivery


def shown(kind: str, address: str) -> str:
    """What may be shown of an address: never a token. Raises InvalidInput for one that can't be used."""
    if kind == SERVICE:
        notifier_of(address)
        return SERVICES[urlsplit(address).scheme.lower()]
    parts = urlsplit(address)
    if parts.scheme not in {"https", "http"} or not parts.hostname or parts.username or parts.fragment:
        raise InvalidInput(
            "The address of the webhook can't be used.",
            faults=[
                FieldFault("/address", "is no plain https:// address.", "Give https://host/path without a password.")
            ],
        )
    return f"{parts.scheme}://{parts.netloc}{parts.path}"[:200]
