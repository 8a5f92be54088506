"""Making a persistent MQTT session before its owner comes: from then on the broker keeps messages for it."""

import threading
from collections.abc import Sequence
from urllib.parse import urlsplit

from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion

WITHIN_S = 10.0


class SessionRefused(Exception):
    """The broker did not make the session."""


def make_session(url: str, username: str, password: str, client_id: str, subscriptions: Sequence[str]) -> None:
    """Connect as ``client_id``, subscribe at QoS 1, leave. An owner that is connected meanwhile is cut off.

    Raises:
        SessionRefused: no connection, or a subscription was refused.
    """
    parts = urlsplit(url)
    granted = threading.Event()
    refused: list[str] = []
    client = Client(CallbackAPIVersion.VERSION2, client_id=client_id, clean_session=False, reconnect_on_failure=False)
    client.username_pw_set(username, password)

    def on_connect(*arguments: object) -> None:
        client.subscribe([(topic, 1) for topic in subscriptions])

    def on_subscribe(_client: object, _data: object, _mid: int, reasons: Sequence[object], *_: object) -> None:
        refused.extend(str(reason) for reason in reasons if getattr(reason, "is_failure", True))
        granted.set()

    client.on_connect = on_connect
    client.on_subscribe = on_subscribe
    try:
        client.connect(parts.hostname or "127.0.0.1", parts.port or 1883)
        client.loop_start()
        if not granted.wait(WITHIN_S) or refused:
            raise SessionRefused(f"The broker {url} made no session for {client_id}: {refused or 'no answer'}.")
    except OSError as error:
        raise SessionRefused(f"The broker {url} can't be reached: {error}.") from error
    finally:
        client.disconnect()
        client.loop_stop()
