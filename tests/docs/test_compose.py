"""docker-compose.yml starts commands that exist with settings that exist, and no secret has a default."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from services.cli import COMMANDS
from services.settings import PREFIX, Settings

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
