"""The demo as a newcomer starts it: a whole day, services killed under way, and an end that leaves nothing behind."""

import fcntl
import json
import os
import pty
import re
import select
import signal
import sqlite3
import struct
import subprocess
import sys
import termios
import threading
import time
from pathlib import Path

import psutil
import pytest

COMMAND = [sys.executable, "-c", "from services.cli import main; main()", "demo"]
ENVIRONMENT = {
    **{name: value for name, value in os.environ.items() if not name.startswith(("COLDCHAIN_", "COLUMNS", "LINES"))},
    "COLDCHAIN_API_PORT": "0",
    "COLDCHAIN_BROKER_PORT": "0",
}
KILL_AFTER = ("is cut off", "The plan is published", "shipments leave")
BOARD_WITHIN_S = 90.0
END_WITHIN_S = 30.0


def _left_behind(directory: Path) -> list[str]:
    """Processes that work on the directory, with what they run."""
    found = []
    for process in psutil.process_iter(["pid", "cmdline"]):
        try:
            words = " ".join(process.info["cmdline"] or [])
            if str(directory) in words or process.environ().get("COLDCHAIN_DATA_DIR") == str(directory):
                found.append(f"{process.pid} {words}")
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
    return found


def _kill_ingest(demo: psutil.Process) -> bool:
    for child in demo.children():
        if child.cmdline()[-1:] == ["ingest"]:
            child.send_signal(signal.SIGKILL)
            return True
    return False


@pytest.mark.timeout(300)
def test_a_whole_day_loses_nothing_though_ingest_is_killed_three_times(tmp_path: Path) -> None:
    """kill -9 while gateways publish; the summary must agree with the database, which is counted here once more."""
    keep = tmp_path / "kept"
    command = [*COMMAND, "--once", "--json", "--speed", "3600", "--plan-seconds", "2", "--keep", str(keep)]
    demo = subprocess.Popen(
        command, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8"
    )
    told: list[str] = []
    kills: list[str] = []

    def watch() -> None:
        for line in demo.stderr or ():
            told.append(line)
            occasion = next((words for words in KILL_AFTER if words in line and words not in kills), None)
            if occasion and _kill_ingest(psutil.Process(demo.pid)):
                kills.append(occasion)

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    with demo:
        output = demo.stdout.read() if demo.stdout else ""
        assert demo.wait(30) == 0, "".join(told)
        watcher.join(10)
    assert kills == list(KILL_AFTER)
    assert sum("ingest ended with -9" in line for line in told) == len(KILL_AFTER)

    summary = json.loads(output)
    assert summary["faults"] == []
    assert summary["readings_lost"] == 0
    assert summary["runs_planned"] > 0
    assert summary["lots_harvested"] == 90
    assert summary["lots_collected"] + len(summary["lots_left_behind"]) == 90
    assert any("truck" in reason for reason in summary["lots_left_behind"].values()), "one lot is more than a truck"
    assert summary["readings_repeated"] > 0
    assert summary["readings_late"] > 0
    assert summary["repair_seconds"] is not None, "the lot in the sun broke the plan"
    told = "\n".join(summary["story"])
    for word in ("Sourcing", "Changed plan", "Receiving", "Border", "Arrival", "Trace", "/t/"):
        assert word in told
    with sqlite3.connect(keep / "coldchain.db") as database:

        def count(query: str) -> int:
            return int(database.execute(query).fetchone()[0])

        assert count("SELECT count(*) FROM reading") == summary["readings_unique"] == summary["readings_stored"]
        assert count("SELECT sum(seen) FROM dead_letter") == sum(summary["dead_letters"].values()) == 1
        assert count("SELECT count(*) FROM run") == summary["runs_planned"]
        assert count("SELECT count(*) FROM run WHERE state NOT IN ('delivered', 'cancelled')") == 0
        assert count("SELECT count(*) FROM repair WHERE state = 'applied'") == 1
        assert count("SELECT count(*) FROM sourcing_line WHERE state = 'accepted'") > 0
        assert count("SELECT count(*) FROM shipment WHERE demand_id IS NOT NULL") > 0
        assert count("SELECT count(*) FROM lot_receipt WHERE decision = 'partly'") == 1
        assert count("SELECT count(*) FROM handover") == 1
        assert count("SELECT count(*) FROM inspection") > 0
        assert count("SELECT count(*) FROM lot WHERE state = 'received'") == summary["lots_collected"]
        verdicts = dict(
            database.execute(
                "SELECT verdict, count(*) FROM freshness_status WHERE subject_kind = 'shipment' GROUP BY 1"
            )
        )
        assert verdicts == summary["shipments_by_verdict"]
        assert verdicts["unknown"] >= 1, "a shipment whose probe fell silent is never called fresh"
    assert _left_behind(keep) == []


@pytest.mark.timeout(240)
def test_ctrl_c_in_a_terminal_ends_everything(tmp_path: Path) -> None:
    """The board fits even the smallest usual terminal; Ctrl-C ends every process and says so."""
    keep = tmp_path / "kept"
    pid, terminal = pty.fork()
    if pid == 0:
        fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        os.execve(COMMAND[0], [*COMMAND, "--keep", str(keep)], {**ENVIRONMENT, "TERM": "xterm-256color"})
    shown = _read_until(terminal, "What happened", BOARD_WITHIN_S)
    assert "What happened" in shown
    assert len(_left_behind(keep)) >= 5
    os.write(terminal, b"\x03")
    assert "Nothing is left running" in _read_until(terminal, "Nothing is left running", END_WITHIN_S)
    _, status = os.waitpid(pid, 0)
    os.close(terminal)
    assert os.waitstatus_to_exitcode(status) == 0
    assert _left_behind(keep) == []


def _read_until(terminal: int, words: str, within_s: float) -> str:
    """What the terminal shows, without its colours, up to some words or the end."""
    raw, deadline_s = b"", time.monotonic() + within_s
    while time.monotonic() < deadline_s:
        ready, _, _ = select.select([terminal], [], [], 0.2)
        if ready:
            try:
                raw += os.read(terminal, 65_536)
            except OSError:  # the other end has closed
                break
        text = re.sub(rb"\x1b\[[0-9;?]*[A-Za-z]", b"", raw).decode(errors="replace")
        if words in text:
            return text
    return re.sub(rb"\x1b\[[0-9;?]*[A-Za-z]", b"", raw).decode(errors="replace")


def test_a_directory_that_holds_something_is_refused(tmp_path: Path) -> None:
    (tmp_path / "precious").touch()
    refused = subprocess.run(
        [*COMMAND, "--once", "--keep", str(tmp_path)], env=ENVIRONMENT, capture_output=True, text=True, check=False
    )
    assert refused.returncode == 2
    assert "is not empty" in refused.stderr
    assert list(tmp_path.iterdir()) == [tmp_path / "precious"]
