"""Sets the demo up and takes it down: database, services, tenant, gateways, and the day on top."""

import json
import os
import socket
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from services.clock import CLOCK_FILE, SimulatedClock, wall_clock_ms
from services.db.engine import Database
from services.db.migrate import upgrade
from services.demo.day import Day
from services.demo.excursion import Books
from services.demo.gateways import FieldGateway
from services.demo.network import Network
from services.demo.office import Office
from services.demo.people import Entry, admit_people
from services.demo.scenario import STARTS_S, last_whole_day, make_scenario
from services.demo.truth import Truth
from services.devices.logic import add_gateway
from services.errors import Unavailable
from services.identity.logic import Role, add_key, add_tenant
from services.settings import EMBEDDED, ClockSource, Settings, load_settings
from services.supervisor import SERVICES, Supervisor
from telemetry.freshness.commodities import load_catalogue

TENANT = "east"
TENANT_NAME = "Eastern Orchards (demo)"
OWN_GATEWAY = "my-gateway"


@dataclass(frozen=True, slots=True)
class OwnGateway:
    """A gateway for whoever watches, to publish with by hand."""

    broker_url: str
    username: str
    password: str

    def command(self) -> str:
        """A line for the shell that publishes one reading of now."""
        host, _, port = self.broker_url.removeprefix("mqtt://").partition(":")
        topic = f"coldchain/v1/{TENANT}/{OWN_GATEWAY}/up"
        message = '{"readings": [{"sensor": "MY-1", "temperature_c": 21.5}]}'
        return (
            f"mosquitto_pub -h {host} -p {port or 1883} -q 1 -i {OWN_GATEWAY} -u {self.username} "
            f"-P {self.password} -t {topic} -m '{message}'"
        )


@dataclass(frozen=True, slots=True)
class Stage:
    """A demo that has been set up."""

    day: Day
    truth: Truth
    network: Network
    office: Office
    database: Database
    clock: SimulatedClock
    supervisor: Supervisor
    tenant_id: uuid.UUID
    base_url: str
    page_url: str
    entries: tuple[Entry, ...]
    own_gateway: OwnGateway


@contextmanager
def stage(
    data_dir: Path,
    *,
    speed: float,
    seed: int,
    plan_seconds: float,
    note: Callable[[int, str], None],
    say: Callable[[str], None],
    environment: Mapping[str, str] = os.environ,
) -> Iterator[Stage]:
    """A demo over ``data_dir``; at its end no process of it is left. Raises Unavailable, InvalidInput."""
    settings = _settings(data_dir, environment)
    scenario = make_scenario(seed, last_whole_day(wall_clock_ms()))
    clock = SimulatedClock(data_dir / CLOCK_FILE)
    with ExitStack() as cleanup:
        database = Database(settings.resolved_database_url())
        cleanup.callback(database.close)
        say("Preparing the database")
        upgrade(database)
        clock.set_pace(0, scenario.at(STARTS_S))
        say("Starting broker, ingest, freshness, planner and API")
        supervisor = Supervisor(
            data_dir,
            services=[service for service in SERVICES if service.command != "broker" or _embedded(settings)],
            environment=_environment(settings, environment),
            log_dir=data_dir / "logs",
            on_restart=lambda command, code: note(clock(), f"{command} ended with {code} and is started again"),
        )
        cleanup.enter_context(supervisor)
        api_url = _ready(data_dir / "api.json")
        broker_url, shared_login = _broker(settings)
        tenant_id, key = _admit_tenant(database, clock())
        office = Office(api_url, key)
        cleanup.callback(office.close)
        truth = Truth()

        def make_gateway(name: str) -> FieldGateway:
            with database.write() as session:
                issued = add_gateway(session, tenant_id, TENANT, name, clock())
            login = shared_login or (issued.username, issued.password)
            return FieldGateway(broker_url, TENANT, name, login, truth, data_dir / "gateways" / f"{name}.db")

        network = Network(make_gateway, seed)
        cleanup.callback(network.close)
        with database.write() as session:
            own = add_gateway(session, tenant_id, TENANT, OWN_GATEWAY, clock())
        day = Day(
            scenario,
            office,
            network,
            clock,
            Books(database, tenant_id, load_catalogue()),
            speed=speed,
            plan_seconds=plan_seconds,
            note=note,
        )
        say("Entering villages, hubs and trucks; connecting gateways")
        day.prepare()
        entries = admit_people(database, tenant_id, scenario, settings.public_url or api_url)
        yield Stage(
            day=day,
            truth=truth,
            network=network,
            office=office,
            database=database,
            clock=clock,
            supervisor=supervisor,
            tenant_id=tenant_id,
            base_url=settings.public_url or api_url,
            page_url=entries[0].url,
            entries=entries,
            own_gateway=OwnGateway(broker_url, *(shared_login or (own.username, own.password))),
        )


def _admit_tenant(database: Database, now_ms: int) -> tuple[uuid.UUID, str]:
    with database.write() as session:
        tenant = add_tenant(session, TENANT, TENANT_NAME, now_ms)
        key = add_key(session, tenant.id, name="demo coordinator", role=Role.COORDINATOR, now_ms=now_ms)
        return tenant.id, key.text


def _settings(data_dir: Path, environment: Mapping[str, str]) -> Settings:
    """The settings of the services: what the environment says, on the demo's directory, clock and free ports."""
    given = dict(environment) | {"COLDCHAIN_DATA_DIR": str(data_dir), "COLDCHAIN_CLOCK": ClockSource.SIMULATED}
    settings = load_settings(given)
    for name, host, port in (
        ("COLDCHAIN_API_PORT", settings.api_host, settings.api_port),
        ("COLDCHAIN_BROKER_PORT", settings.broker_host, settings.broker_port),
    ):
        if name not in environment and not _is_free(host, port):
            given[name] = "0"
    return load_settings(given)


def _environment(settings: Settings, environment: Mapping[str, str]) -> dict[str, str]:
    return dict(environment) | {
        "COLDCHAIN_DATA_DIR": str(settings.data_dir),
        "COLDCHAIN_CLOCK": settings.clock,
        "COLDCHAIN_API_PORT": str(settings.api_port),
        "COLDCHAIN_BROKER_PORT": str(settings.broker_port),
    }


def _broker(settings: Settings) -> tuple[str, tuple[str, str] | None]:
    """The broker's address; for one of somebody else's also the login of its URL, which all gateways then share."""
    if _embedded(settings):
        return _ready(settings.data_dir / "broker.json"), None
    url = urlsplit(settings.broker_url.get_secret_value())
    return f"{url.scheme}://{url.hostname}:{url.port or 1883}", (
        unquote(url.username or ""),
        unquote(url.password or ""),
    )


def _embedded(settings: Settings) -> bool:
    return settings.broker_url.get_secret_value() == EMBEDDED


def _is_free(host: str, port: int) -> bool:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
        return True


def _ready(path: Path) -> str:
    try:
        return str(json.loads(path.read_text(encoding="ascii"))["url"])
    except (FileNotFoundError, ValueError, KeyError) as error:
        raise Unavailable(
            f"A service did not say where it listens ({path.name}); see {path.parent / 'logs'}."
        ) from error
