"""A gateway's first message, to see the whole way work: connect, publish, receipt."""

import json
import ssl
import threading
from urllib.parse import unquote, urlsplit

from paho.mqtt.client import Client, ConnectFlags, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

ASK = b'{"seq": 0, "readings": []}'
"""No reading and no number: it changes nothing, and has a receipt all the same."""


class TrialFailed(Exception):
    """The way is broken; the message says where and what to look at."""


class BrokerAway(TrialFailed):
    """There is no broker at that address."""


def trial(url: str, tenant: str, gateway: str, within_s: float = 10.0) -> dict[str, object]:
    """Send a message without readings as this gateway; answers the receipt.

    Raises:
        BrokerAway: no connection to the address.
        TrialFailed: the credentials were refused, or no receipt came.
    """
    parts = urlsplit(url)
    answered, receipts, refusals = threading.Event(), list[dict[str, object]](), list[str]()
    topic = f"coldchain/v1/{tenant}/{gateway}"
    client = Client(
        CallbackAPIVersion.VERSION2, client_id=f"{gateway}-trial", clean_session=True, reconnect_on_failure=False
    )
    client.username_pw_set(unquote(parts.username or ""), unquote(parts.password or ""))
    if parts.scheme == "mqtts":
        client.tls_set_context(ssl.create_default_context())

    def on_connect(
        _client: Client, _data: object, _flags: ConnectFlags, reason: ReasonCode, _properties: Properties | None
    ) -> None:
        if reason.is_failure:
            refusals.append(f"the broker refused {unquote(parts.username or '')}: {reason}; check user and password")
            answered.set()
        else:
            client.subscribe(f"{topic}/receipt", 1)

    def on_subscribe(*_: object) -> None:
        client.publish(f"{topic}/up", ASK, 1)

    def on_message(_client: Client, _data: object, message: MQTTMessage) -> None:
        receipts.append(json.loads(message.payload))
        answered.set()

    client.on_connect = on_connect
    client.on_subscribe = on_subscribe
    client.on_message = on_message
    try:
        client.connect(parts.hostname or "127.0.0.1", parts.port or (8883 if parts.scheme == "mqtts" else 1883))
        client.loop_start()
        answered.wait(within_s)
    except OSError as error:
        raise BrokerAway(f"the broker {parts.hostname}:{parts.port} can't be reached: {error}") from error
    finally:
        client.disconnect()
        client.loop_stop()
    if refusals:
        raise TrialFailed(refusals[0])
    if not receipts:
        raise TrialFailed(
            f"the message was sent, and no receipt came in {within_s:g} s; is `coldchain ingest` running, and is"
            f" {gateway} a gateway of {tenant}? Look at the dead letters too"
        )
    return receipts[0]
