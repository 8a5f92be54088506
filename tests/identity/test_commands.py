"""`coldchain tenant`, `key` and `api` as a person uses them."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner, Result
from sqlalchemy import URL

from services.cli import cli
from services.errors import Conflict, InvalidInput, NotFound
from tests.support.waiting import wait_until


@pytest.fixture
def run(sqlite_url: URL, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("COLDCHAIN_DATABASE_URL", str(sqlite_url))

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(cli, arguments)

    return run


def test_a_tenant_and_its_keys(run) -> None:
    """Added, listed without the secret, revoked; each mistake says what to do instead."""
    assert "Added tenant klaeng" in run("tenant", "add", "klaeng", "--name", "Klaeng growers").output
    assert isinstance(run("tenant", "add", "klaeng").exception, Conflict)
    assert isinstance(run("tenant", "add", "a/b").exception, InvalidInput)
    issued = json.loads(run("key", "add", "desk", "--tenant", "klaeng", "--role", "coordinator", "--json").output)
    assert issued["key"].startswith(f"cc_{issued['id']}_")
    unknown = run("key", "add", "desk", "--tenant", "trat", "--role", "coordinator").exception
    assert isinstance(unknown, NotFound)
    assert "klaeng" in unknown.detail
    listed = run("key", "list", "--tenant", "klaeng").output
    assert "desk" in listed
    assert "in force" in listed
    assert issued["key"] not in listed
    assert run("key", "revoke", issued["id"], "--tenant", "klaeng").output == f"Revoked {issued['id']}.\n"
    assert "revoked" in run("key", "list", "--tenant", "klaeng").output
    assert isinstance(run("key", "revoke", "nothing", "--tenant", "klaeng").exception, NotFound)


def test_the_api_says_where_it_listens_and_ends_in_order(sqlite_url: URL, tmp_path: Path) -> None:
    """api.json appears when it answers, and is gone after SIGTERM, which ends it with 0; a taken port is exit 3."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COLDCHAIN_")} | {
        "COLDCHAIN_DATABASE_URL": str(sqlite_url),
        "COLDCHAIN_DATA_DIR": str(tmp_path),
        "COLDCHAIN_API_PORT": "0",
    }
    command = [sys.executable, "-c", "from services.cli import main; main()", "api"]
    ready = tmp_path / "api.json"
    with subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL) as process:
        try:
            wait_until(ready.exists)
            url = json.loads(ready.read_text())["url"]
            wait_until(lambda: httpx.get(f"{url}/health").status_code == 200)
            taken = environment | {"COLDCHAIN_API_PORT": url.rpartition(":")[2], "COLDCHAIN_DATA_DIR": f"{tmp_path}/b"}
            second = subprocess.run(command, env=taken, capture_output=True, text=True, check=False, timeout=60)
            assert second.returncode == 3
            assert "COLDCHAIN_API_PORT" in second.stderr
        finally:
            process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
    assert not ready.exists()
