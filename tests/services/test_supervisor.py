"""The supervisor keeps its children running, and leaves none behind."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from services.errors import Unavailable
from services.supervisor import Service, Supervisor
from tests.support.waiting import wait_until


@pytest.fixture
def fake_commands(tmp_path: Path) -> dict[str, str]:
    """An environment in which `services.cli` is a script that writes its ready file and then blocks."""
    package = tmp_path / "shadow" / "services"
    package.mkdir(parents=True)
    for name in ("child.py",):
        (package / name).write_text((Path("services") / name).read_text())
    (package / "__init__.py").write_text("")
    (package / "cli.py").write_text(
        "import os, sys, signal, pathlib\n"
        "def main():\n"
        "    if sys.argv[1] == 'fails':\n"
        "        print('no such port'); sys.exit(3)\n"
        "    pathlib.Path(os.environ['COLDCHAIN_DATA_DIR'], sys.argv[1] + '.json').write_text('{}')\n"
        "    signal.pause()\n"
    )
    return {**os.environ, "PYTHONPATH": str(tmp_path / "shadow"), "PYTHONSAFEPATH": "1"}


def test_killed_child_is_started_again(tmp_path: Path, fake_commands: dict[str, str]) -> None:
    """A child that is killed comes back under a new process id, and the restart is counted."""
    with Supervisor(tmp_path, services=[Service("worker", "worker.json")], environment=fake_commands) as supervisor:
        first = supervisor.pid("worker")
        os.kill(first, signal.SIGKILL)
        wait_until(lambda: supervisor.restarts("worker") == 1)
        assert supervisor.pid("worker") != first


def test_stop_leaves_no_process(tmp_path: Path, fake_commands: dict[str, str]) -> None:
    """After the block ends, both children are gone."""
    services = [Service("one", "one.json"), Service("two", "two.json")]
    with Supervisor(tmp_path, services=services, environment=fake_commands) as supervisor:
        pids = [supervisor.pid("one"), supervisor.pid("two")]
        assert all(psutil.pid_exists(pid) for pid in pids)
    assert not any(psutil.pid_exists(pid) for pid in pids)


def test_child_that_cannot_start_is_named_with_its_log(tmp_path: Path, fake_commands: dict[str, str]) -> None:
    """The error says which command failed, its exit code and what it printed."""
    supervisor = Supervisor(
        tmp_path, services=[Service("fails", "fails.json")], environment=fake_commands, log_dir=tmp_path / "logs"
    )
    with pytest.raises(Unavailable, match="`coldchain fails` ended with exit code 3") as caught:
        supervisor.start()
    assert "no such port" in caught.value.detail


def test_children_end_when_the_supervisor_is_killed(tmp_path: Path, fake_commands: dict[str, str]) -> None:
    """kill -9 of the supervising process takes its children along."""
    script = (
        "import os; from pathlib import Path\n"
        "from services.supervisor import Service, Supervisor\n"
        f"shadow = {{**os.environ, 'PYTHONPATH': {fake_commands['PYTHONPATH']!r}, 'PYTHONSAFEPATH': '1'}}\n"
        f"s = Supervisor(Path({str(tmp_path)!r}), services=[Service('one', 'one.json')], environment=shadow)\n"
        "s.start(); print(s.pid('one'), flush=True); s.wait()\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE)
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    parent.stdout.close()
    wait_until(lambda: not psutil.pid_exists(child) or psutil.Process(child).status() == psutil.STATUS_ZOMBIE)
