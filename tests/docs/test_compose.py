"""docker-compose.yml starts commands that exist with settings that exist, and no secret has a default."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from services.cli import COMMANDS
from services.errors import InvalidInput
from services.settings import PREFIX, Settings
from services.workers.broker import cluster_of

COMPOSE = yaml.safe_load(Path("docker-compose.yml").read_text())
SERVICES: dict[str, Any] = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if service.get("image") == "village-coldchain"}


@pytest.mark.parametrize("name", OURS)
def test_service_runs_a_command_that_exists(name: str) -> None:
    """Each of our services runs a subcommand of `coldchain`."""
    assert OURS[name]["command"][0] in COMMANDS


@pytest.mark.parametrize("name", OURS)
def test_service_sets_only_settings_that_exist(name: str) -> None:
    """An unknown setting would be refused at start; here it is found before."""
    known = {PREFIX + field.upper() for field in Settings.model_fields}
    assert {key for key in OURS[name]["environment"] if key.startswith(PREFIX)} <= known


@pytest.mark.parametrize("name", OURS)
def test_service_has_least_privilege(name: str) -> None:
    """No capability, no new privileges, a root file system that can't be written."""
    assert OURS[name]["cap_drop"] == ["ALL"]
    assert OURS[name]["read_only"] is True
    assert "no-new-privileges:true" in OURS[name]["security_opt"]


def test_no_secret_has_a_default() -> None:
    """Whatever is named a key or password comes from the environment and is demanded (`:?`)."""
    text = Path("docker-compose.yml").read_text()
    secrets = re.findall(r"\$\{(\w*(?:PASSWORD|SECRET)\w*)([^}]*)\}", text)
    assert secrets
    assert all(rest.startswith(":?") for _, rest in secrets)


def test_image_does_not_run_as_root() -> None:
    """The last stage switches to an unprivileged user before it says what to run."""
    lines = Path(".ci/Dockerfile").read_text().splitlines()
    assert lines.index("USER coldchain") < next(i for i, line in enumerate(lines) if line.startswith("ENTRYPOINT"))


def test_brokers_of_the_cluster_are_told_apart() -> None:
    """Each node has its own name and volume and stands in the nodes that the guide gives; one alias leads to all."""
    nodes = {name: service for name, service in OURS.items() if service["command"] == ["broker"]}
    assert len(nodes) == 3
    assert all(service["environment"]["COLDCHAIN_BROKER_NODE"] == name for name, service in nodes.items())
    assert len({service["volumes"][0] for service in nodes.values()}) == 3
    assert all(service["networks"]["default"]["aliases"] == ["brokers"] for service in nodes.values())
    given = re.search(r"^BROKER_NODES=(.*)$", Path("docs/how-to/deploy.md").read_text(), re.MULTILINE)
    assert given
    settings = Settings(broker_nodes=given[1], broker_node="broker-2")
    cluster = cluster_of(settings, "secret")
    assert cluster is not None
    assert [route.split("//")[1].split(":")[0] for route in cluster.routes] == list(nodes)
    with pytest.raises(InvalidInput):
        cluster_of(Settings(broker_nodes=given[1], broker_node="broker-9"), "secret")
