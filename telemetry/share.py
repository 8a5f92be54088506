"""Whether a broker really delivers shared subscriptions (`$share`), before anyone relies on it.

NATS and others grant the subscription and deliver nothing: readings would wait for ever without an error anywhere.
"""

import secrets
import ssl
import threading
from urllib.parse import unquote, urlsplit

from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion

WITHIN_S = 5.0


def shared(topics: tuple[str, ...], group: str) -> tuple[str, ...]:
    """The filters of a shared subscription; every member of ``group`` gets part of the messages."""
    return tuple(f"$share/{group}/{topic}" for topic in topics)


def delivers_shared(url: str, within_s: float = WITHIN_S) -> bool:
    """Send a canary through a shared subscription of its own; whether it came out again.

    The user of ``url`` must be allowed to publish receipts and, as a shared subscription, to read them. Raises OSError
    when the broker can't be reached.
    """
    parts = urlsplit(url)
    name = f"canary-{secrets.token_hex(8)}"
    topic = f"coldchain/v1/{name}/{name}/receipt"
    came = threading.Event()
    client = Client(CallbackAPIVersion.VERSION2, client_id=name, clean_session=True, reconnect_on_failure=False)
    if parts.username is not None:
        client.username_pw_set(unquote(parts.username), unquote(parts.password or ""))
    if parts.scheme == "mqtts":
        client.tls_set_context(ssl.create_default_context())

    def on_connect(*_: object) -> None:
        client.subscribe(shared((topic,), name)[0], 1)

    def on_subscribe(*_: object) -> None:
        client.publish(topic, b"canary", 1)

    def on_message(*_: object) -> None:
        came.set()

    client.on_connect = on_connect
    client.on_subscribe = on_subscribe
    client.on_message = on_message
    client.connect(parts.hostname or "127.0.0.1", parts.port or (8883 if parts.scheme == "mqtts" else 1883))
    client.loop_start()
    try:
        return came.wait(within_s)
    finally:
        client.disconnect()
        client.loop_stop()
