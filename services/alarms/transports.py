"""How a message leaves the house: by a chat, mail or SMS service through Apprise, or as a signed webhook.

The webhook's signature is an HMAC-SHA256 (RFC 2104) over `<timestamp>.<body>` with the channel's secret, sent as
`Coldchain-Signature: t=<seconds>,v1=<hex>`; `Coldchain-Delivery` stays the same when a delivery is repeated.
"""

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import urlsplit

import apprise
import httpx

from services.errors import FieldFault, InvalidInput

WEBHOOK_TIMEOUT_S = 10.0

SERVICES: Mapping[str, str] = {
    "line": "LINE Messaging API",
    "wecombot": "WeCom group robot",
    "tgram": "Telegram",
    "mailto": "mail",
    "mailtos": "mail over TLS",
    "twilio": "SMS by Twilio",
    "vonage": "SMS by Vonage",
    "clicksend": "SMS by ClickSend",
    "bulksms": "SMS by BulkSMS",
    "d7sms": "SMS by D7 Networks",
    "slack": "Slack",
    "msteams": "Microsoft Teams",
    "discord": "Discord",
}
"""Schemes of Apprise addresses that are taken: those that speak to one public service, and mail."""


@dataclass(frozen=True, slots=True)
class Message:
    """What is told: to people in words, to machines as a document. ``delivery_id`` stays the same when repeated."""

    delivery_id: str
    title: str
    body: str
    document: Mapping[str, Any]


class Failed(Exception):
    """A try that did not arrive; the text goes into the delivery log and names no secret."""


class Transport(Protocol):
    """A way out of the house."""

    def send(self, message: Message) -> str:
        """Send, and answer what the other side said. Raises Failed."""
        ...


class AppriseTransport:
    """Chat, mail and SMS services by their Apprise address."""

    def __init__(self, address: str) -> None:
        self._notifier = notifier_of(address)

    def send(self, message: Message) -> str:
        # what the library says of a failure may quote the address with its token, so it is not repeated
        if not self._notifier.notify(title=message.title, body=message.body):
            raise Failed("the service did not take it; check token and addressee")
        return "taken"


class WebhookTransport:
    """A signed POST to one address; ``client`` decides which addresses may be reached."""

    def __init__(self, url: str, secret: str, client: httpx.Client, now_s: Callable[[], int]) -> None:
        self._url = url
        self._secret = secret
        self._client = client
        self._now_s = now_s

    def send(self, message: Message) -> str:
        payload = json.dumps(message.document, separators=(",", ":"), ensure_ascii=False).encode()
        stamp = self._now_s()
        headers = {
            "Content-Type": "application/json",
            "Coldchain-Delivery": message.delivery_id,
            "Coldchain-Signature": f"t={stamp},v1={signature(self._secret, stamp, payload)}",
        }
        try:
            answer = self._client.post(self._url, content=payload, headers=headers, timeout=WEBHOOK_TIMEOUT_S)
        except httpx.HTTPError as error:
            raise Failed(f"{type(error).__name__}: {str(error).strip() or 'no answer'}") from error
        if not answer.is_success:
            raise Failed(f"answered {answer.status_code}")
        return f"answered {answer.status_code}"


def signature(secret: str, stamp_s: int, payload: bytes) -> str:
    """The hexadecimal HMAC-SHA256 of ``payload`` sent at ``stamp_s``."""
    return hmac.new(secret.encode(), f"{stamp_s}.".encode() + payload, hashlib.sha256).hexdigest()


def notifier_of(address: str) -> apprise.Apprise:
    """The service behind an Apprise address. Raises InvalidInput naming what is taken."""
    scheme = urlsplit(address).scheme.lower()
    notifier = apprise.Apprise()
    if scheme not in SERVICES or not notifier.add(address):
        taken = ", ".join(f"{name}:// ({service})" for name, service in SERVICES.items())
        raise InvalidInput(
            "The address of the channel can't be used.",
            faults=[
                FieldFault("/address", f"is no address of a service that is known ({scheme}://).", f"Give {taken}.")
            ],
        )
    return notifier
