"""LoRaWAN network servers: their own topics, an account that may publish just those, and where the readings land."""

import json
from pathlib import Path
from uuid import uuid4

import pytest

from services.db.engine import Database
from services.devices.accounts import broker_users
from services.devices.logic import add_bridge, bridges, gateway_named, remove_bridge
from services.errors import Conflict, InvalidInput, NotFound
from services.identity.logic import Role
from telemetry.accounts import users_configuration
from telemetry.broker import EmbeddedBroker
from telemetry.consumer import Consumer
from telemetry.intake import Intake
from telemetry.memory import MemoryReadingStore
from tests.readings.world import add_demo, take
from tests.support.api import LiveApi
from tests.support.messages import NOW_MS, message, native
from tests.support.nats import PASSWORD_BCRYPT, TestBroker
from tests.support.publisher import Publisher
from tests.support.waiting import wait_until
from tests.telemetry.formats.samples import SAMPLES

CHIRPSTACK = "application/7b2f/device/0102030405060708/event/up"


def test_bridged_application_publishes_with_its_gateways_account(database: Database) -> None:
    """Its topics are added to what the account may publish, as NATS subjects, and taken away with the bridge."""
    tenant_id = add_demo(database, gateways=("lora",))
    with database.write() as session:
        gateway = gateway_named(session, tenant_id, "lora")
        add_bridge(session, tenant_id, gateway, "tts", "orchard@ttn", NOW_MS)
        add_bridge(session, tenant_id, gateway, "chirpstack", "7b2f", NOW_MS)
        (_, user) = broker_users(session, "x")
    assert user.publish[-2:] == ("application.7b2f.device.*.event.up", "v3.orchard@ttn.devices.*.up")
    assert '"v3.orchard@ttn.devices.*.up"' in users_configuration([user])
    with database.write() as session:
        remove_bridge(session, tenant_id, "lora", "tts", "orchard@ttn")
        assert [one.application for one in bridges(session, tenant_id, "lora")] == ["7b2f"]


def test_uplink_counts_for_the_gateway_it_is_bridged_to(database: Database) -> None:
    """Before there is a bridge it is a dead letter that says so."""
    tenant_id = add_demo(database, gateways=("lora",))
    assert take(database, message(SAMPLES["chirpstack"], topic=CHIRPSTACK)).dead_letters == 1
    with database.write() as session:
        add_bridge(session, tenant_id, gateway_named(session, tenant_id, "lora"), "chirpstack", "7b2f", NOW_MS)
    assert take(database, message(SAMPLES["chirpstack"], topic=CHIRPSTACK)).readings > 0


@pytest.mark.parametrize(
    ("format_name", "application", "field"),
    [("zigbee", "1", "/format"), ("chirpstack", "a/b", "/application"), ("chirpstack", "#", "/application")],
)
def test_what_has_no_topic_is_refused(database: Database, format_name: str, application: str, field: str) -> None:
    """With the field and what to give instead."""
    tenant_id = add_demo(database)
    with pytest.raises(InvalidInput) as refused, database.write() as session:
        add_bridge(session, tenant_id, gateway_named(session, tenant_id, "gw-1"), format_name, application, NOW_MS)
    assert refused.value.faults[0].pointer == field


def test_application_belongs_to_one_tenant(database: Database) -> None:
    """Its topics name no tenant."""
    tenant_id, other_id = add_demo(database), add_demo(database, slug="other")
    with database.write() as session:
        add_bridge(session, tenant_id, gateway_named(session, tenant_id, "gw-1"), "chirpstack", "7b2f", NOW_MS)
    with pytest.raises(Conflict), database.write() as session:
        add_bridge(session, other_id, gateway_named(session, other_id, "gw-1"), "chirpstack", "7b2f", NOW_MS)
    with pytest.raises(NotFound), database.write() as session:
        remove_bridge(session, other_id, "gw-1", "chirpstack", "7b2f")


def test_broker_lets_a_network_server_publish_its_application_and_no_other(sqlite_url: object, tmp_path: Path) -> None:
    """Over a real broker with the accounts that the database holds."""
    database = Database(sqlite_url)  # type: ignore[arg-type]
    tenant_id = add_demo(database, gateways=("lora",))
    with database.write() as session:
        gateway = gateway_named(session, tenant_id, "lora")
        gateway.password_bcrypt = PASSWORD_BCRYPT
        add_bridge(session, tenant_id, gateway, "chirpstack", "7b2f", NOW_MS)
        users = broker_users(session, PASSWORD_BCRYPT)
    store = MemoryReadingStore(("demo", "lora"))
    seen: list[str] = []
    intake = Intake(store)
    with EmbeddedBroker(tmp_path / "broker", "127.0.0.1", 0, users) as broker:
        known = TestBroker(broker.url)
        consumer = Consumer(known.ingest_url, "ingest", intake, lambda: NOW_MS)
        consumer.start()
        assert consumer.subscribed.wait(20)
        server = Publisher(known.url_of("demo/lora"), "network-server")
        server.publish("application/other/device/0102030405060708/event/up", SAMPLES["chirpstack"])
        server.publish(CHIRPSTACK, SAMPLES["chirpstack"])
        server.publish("coldchain/v1/demo/lora/up", native())
        wait_until(lambda: bool(store.readings))
        server.close()
        consumer.stop()
        assert consumer.wait(20)
    seen = [letter.topic for letter in store.dead_letters]
    assert CHIRPSTACK in seen, "the store in memory knows no bridges, and keeps what came as a dead letter"
    assert not any("other" in topic for topic in seen)
    database.close()


def test_bridges_over_http(api: LiveApi) -> None:
    """Added, listed, refused twice, taken away."""
    office = api.client(Role.COORDINATOR)
    assert office.post("/v1/gateways", json={"name": "lora"}).status_code == 201
    wanted = {"format": "tts", "application": f"{uuid4().hex}@ttn"}
    added = office.post("/v1/gateways/lora/bridges", json=wanted)
    assert added.status_code == 201, added.text
    assert added.json()["topic"] == f"v3/{wanted['application']}/devices/+/up"
    assert office.post("/v1/gateways/lora/bridges", json=wanted).status_code == 409
    assert [one["application"] for one in office.get("/v1/gateways/lora/bridges").json()] == [wanted["application"]]
    assert office.post("/v1/gateways/lora/bridges", json=wanted | {"application": "a/b"}).status_code == 422
    path = f"/v1/gateways/lora/bridges/tts/{wanted['application']}"
    assert office.delete(path).status_code == 204
    assert office.delete(path).status_code == 404
    assert json.loads(office.get("/v1/gateways/lora/bridges").text) == []
