"""A message from its row to its transport, and what becomes of it after a try."""

import json
from collections.abc import Callable
from dataclasses import dataclass

import httpx

from services.alarms import words
from services.alarms.channels import WEBHOOK
from services.alarms.outbox import Claimed
from services.alarms.sealed import Seal
from services.alarms.tables import Channel
from services.alarms.transports import AppriseTransport, Failed, Message, Transport, WebhookTransport
from services.clock import to_rfc3339

FIRST_RETRY_MS = 15_000
LONGEST_RETRY_MS = 3_600_000
GIVEN_UP_AFTER_MS = 24 * 3_600_000

Transports = Callable[[str, str, str | None], Transport]
"""Makes the transport of a channel's kind, address and secret."""


@dataclass(frozen=True, slots=True)
class Tried:
    """What becomes of a message after a try."""

    state: str
    answer: str
    due_at_ms: int
    sent_at_ms: int | None


def transports_over(client: httpx.Client, now_s: Callable[[], int]) -> Transports:
    """The real transports; webhooks go through ``client``, which decides what may be reached."""

    def make(kind: str, address: str, secret: str | None) -> Transport:
        if kind == WEBHOOK:
            return WebhookTransport(address, secret or "", client, now_s)
        return AppriseTransport(address)

    return make


def message_of(claimed: Claimed, public_url: str) -> Message:
    """The message in the channel's language, with the link to the alarm."""
    document = claimed.document
    link = f"{public_url}/app/alarms/{document['alarm_id']}" if public_url else ""
    told = {key: value for key, value in document.items() if not key.endswith("_at_ms")} | {
        "active_at": to_rfc3339(document["active_at_ms"]),
        "cleared_at": to_rfc3339(document["cleared_at_ms"]) if document["cleared_at_ms"] is not None else None,
        "link": link or None,
    }
    title = words.title(document, claimed.language)
    return Message(str(claimed.id), title, words.body(document, link), json.loads(json.dumps(told)))


def try_to_send(claimed: Claimed, transports: Transports, seal: Seal, public_url: str, now_ms: int) -> Tried:
    """Send a message once. A failure waits twice as long each time, up to an hour, and is given up after a day."""
    try:
        secret = seal.open(claimed.sealed_secret) if claimed.sealed_secret is not None else None
        transport = transports(claimed.channel_kind, seal.open(claimed.sealed_address), secret)
        return Tried("sent", transport.send(message_of(claimed, public_url)), now_ms, now_ms)
    except Failed as failure:
        wait_ms = min(FIRST_RETRY_MS * 2 ** (claimed.attempts - 1), LONGEST_RETRY_MS)
        over = now_ms + wait_ms - claimed.created_at_ms > GIVEN_UP_AFTER_MS
        return Tried("given_up" if over else "waiting", str(failure), now_ms + wait_ms, None)


def trial(channel: Channel, transports: Transports, seal: Seal, public_url: str, now_ms: int) -> Tried:
    """Send a message that says it is a trial, now, and tell how it went."""
    document = {
        "alarm_id": str(channel.id),
        "step": "raised",
        "kind": "channel.trial",
        "subject_kind": "channel",
        "subject": channel.name,
        "severity": "info",
        "state": "active",
        "summary": f"This is a trial of the channel {channel.name!r}; nothing is wrong.",
        "details": {},
        "active_at_ms": now_ms,
        "cleared_at_ms": None,
    }
    claimed = Claimed(
        0,
        channel.tenant_id,
        channel.id,
        channel.kind,
        channel.sealed_address,
        channel.sealed_secret,
        channel.language,
        document,
        1,
        now_ms,
    )
    return try_to_send(claimed, transports, seal, public_url, now_ms)
