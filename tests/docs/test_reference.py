"""The reference pages are what the code says: a new endpoint, setting, error or command must stand there."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from services.cli import COMMANDS
from services.errors import ColdchainError
from services.reference.api import documented_routes, roles_of
from services.reference.pages import PAGES
from services.settings import PREFIX, Settings

WRITE = """
import json
from services.reference.pages import PAGES
print(json.dumps({page.name: write() for page, write in PAGES.items()}))
"""


@pytest.fixture(scope="module")
def written() -> dict[str, str]:
    """What a fresh process writes: click remembers in a command how it was first called, by another test perhaps."""
    run = subprocess.run([sys.executable, "-c", WRITE], capture_output=True, text=True, encoding="utf-8", check=True)
    pages: dict[str, str] = json.loads(run.stdout)
    return pages


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_page_is_current(page: Path, written: dict[str, str]) -> None:
    """The file is what the code would write; `make docs` writes it."""
    assert page.read_text(encoding="utf-8") == written[page.name], "run `make docs` and look at the change"


def headings(name: str) -> set[str]:
    text = next(page for page in PAGES if page.name == name).read_text(encoding="utf-8")
    return {line.lstrip("# ") for line in text.splitlines() if line.startswith("##")}


def test_every_endpoint_setting_error_and_command_has_its_heading() -> None:
    """Whatever the pages are written by, nothing may be missing in them."""
    endpoints = {f"{method} {route.path_format}" for route in documented_routes() for method in route.methods or ()}
    assert len(endpoints) > 40
    assert endpoints <= headings("api.md")
    assert {PREFIX + name.upper() for name in Settings.model_fields} <= headings("settings.md")
    assert {error.code for error in ColdchainError.__subclasses__()} <= headings("errors.md")
    assert set(COMMANDS) <= {heading.split(" ")[0] for heading in headings("commands.md")}


def test_only_the_operation_endpoints_ask_for_no_key() -> None:
    """A route that forgets `require` is public: only these may be, by which people sign in or machines look after
    the installation."""
    public = {route.path_format for route in documented_routes() if roles_of(route) is None}
    signing_in = {f"/v1/session{part}" for part in ("", "/entry", "/password", "/password-reset")}
    assert public == {"/health", "/ready", "/metrics"} | signing_in
