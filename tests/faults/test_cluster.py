"""Three NATS nodes on loopback: one is killed under load, and nothing that was acknowledged is lost."""

import socket
import time
from contextlib import ExitStack
from pathlib import Path

import pytest

from telemetry.accounts import gateway_user, ingest_user
from telemetry.broker import Cluster, EmbeddedBroker
from telemetry.consumer import Consumer
from telemetry.intake import Intake
from telemetry.memory import MemoryReadingStore
from telemetry.session import SessionRefused, make_session
from telemetry.topics import SUBSCRIPTIONS
from tests.support.messages import NOW_MS, native
from tests.support.nats import CLIENT_ID, PASSWORD, PASSWORD_BCRYPT, TestBroker
from tests.support.publisher import Publisher
from tests.support.waiting import wait_until

UP = "coldchain/v1/demo/gw-1/up"


def free_ports(count: int) -> list[int]:
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]


def session_made(node: EmbeddedBroker) -> bool:
    """Whether the ingest session is there; while the nodes elect a leader it can't be made."""
    try:
        make_session(node.url, "ingest", PASSWORD, CLIENT_ID, SUBSCRIPTIONS)
    except SessionRefused:
        return False
    return True


@pytest.mark.slow
def test_killing_a_node_under_load_loses_nothing(tmp_path: Path) -> None:
    """Ingest and gateway are on two nodes; the third is killed between them, comes back, and all is stored."""
    ports = free_ports(3)
    routes = tuple(f"nats://127.0.0.1:{port}" for port in ports)
    users = [ingest_user(PASSWORD_BCRYPT), gateway_user("demo", "gw-1", PASSWORD_BCRYPT)]
    nodes = [
        EmbeddedBroker(
            tmp_path / f"node-{place}",
            "127.0.0.1",
            0,
            users,
            ack_wait_s=2,
            cluster=Cluster("coldchain", f"node-{place}", port, routes, password="a%secret"),
        )
        for place, port in enumerate(ports)
    ]
    store = MemoryReadingStore(("demo", "gw-1"))
    with ExitStack() as stack:
        for node in nodes:
            stack.enter_context(node)
        for node in nodes:
            node.await_cluster(60)
        wait_until(lambda: session_made(nodes[0]), 60)
        consumer = Consumer(TestBroker(nodes[0].url).ingest_url, CLIENT_ID, Intake(store), lambda: NOW_MS)
        consumer.start()
        gateway = Publisher(TestBroker(nodes[1].url).url_of("demo/gw-1"))
        published = 0
        for kill in (True, False):
            for _ in range(400):
                published += 1
                gateway.publish(UP, native(at_ms=NOW_MS - published), published)
            if kill:
                wait_until(lambda: len(store.readings) > 50, 60)
                nodes[2].kill()
                time.sleep(0.5)
        nodes[2].start()
        gateway.wait_acknowledged(90)
        wait_until(lambda: len(store.readings) == published, 90)
        gateway.close()
        consumer.stop()
        assert consumer.wait(20)
