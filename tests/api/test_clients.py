"""The clients that are generated from the OpenAPI document work."""

import importlib
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.orchard import Orchard


@pytest.mark.slow
@pytest.mark.parametrize("served", ["sqlite"], indirect=True)
def test_the_python_client_reads_a_village(orchard: Orchard, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Generated as for a release, it is typed, imports, signs in with a key and gets what is there."""
    made = subprocess.run([".ci/clients", str(tmp_path)], capture_output=True, text=True, check=False, timeout=300)
    assert made.returncode == 0, made.stderr
    assert "Failure to process schema" not in made.stdout + made.stderr
    monkeypatch.syspath_prepend(str(tmp_path / "python-client"))
    package = importlib.import_module("village_cold_chain_client")
    get_village = importlib.import_module("village_cold_chain_client.api.fleet.get_village_v1_villages_village_get")
    key = orchard.client.headers["Authorization"].partition(" ")[2]
    client = package.AuthenticatedClient(base_url=orchard.api.url, token=key)
    found = get_village.sync(orchard.village["code"], client=client)
    assert found.code == orchard.village["code"]
    for name in [name for name in sys.modules if name.startswith("village_cold_chain_client")]:
        del sys.modules[name]
